"""What the proof on sessions says where one lives on, its cookie is open, or its end could not be seen."""

import pytest

from gonogo.facts import Exchange, ModelCall, ScenarioRun
from tests.checks.lab_facts import changed, facts_of, judged, without

SESSIONS = "access.session-security"


def opening(exchange):
    return exchange.name == "open"


def refused(case):
    return lambda e: e.case == case and e.status == 401


def accepted(case):
    """The facts, with the last journey of a case answered by a model."""
    facts = facts_of(SESSIONS)
    asked = [f for f in facts if isinstance(f, Exchange) and f.case == case and f.name == "ask"]
    good, last = asked[0], asked[-1]
    facts = changed(
        facts, Exchange, lambda e: e.journey == last.journey, status=200, matches=good.matches, answer=good.answer
    )
    return changed(facts, ModelCall, lambda c: c.journey == good.journey, journey=last.journey), good, last


@pytest.mark.parametrize(("case", "how"), [("closed", "logged out"), ("revoked", "revoked")])
def test_a_session_that_lives_on_after_its_end_fails(case, how):
    facts, good, _ = accepted(case)
    facts += [c for c in facts_of(SESSIONS) if isinstance(c, ModelCall) and c.journey == good.journey]
    assert f"a session that was {how} is still" in judged(SESSIONS, facts).summary


def test_an_error_of_the_app_is_no_refusal():
    facts = changed(facts_of(SESSIONS), Exchange, refused("closed"), status=503)
    assert judged(SESSIONS, facts).summary == "what became of a session that was logged out is unclear"


@pytest.mark.parametrize(("case", "what"), [("idle", "that nobody used for 31 min"), ("absolute", "in use for 12.0 h")])
def test_a_session_that_outlives_its_limit_fails(case, what):
    facts, _, _ = accepted(case)
    assert judged(SESSIONS, facts).summary == f"a session {what} is still accepted"


def test_a_cookie_that_scripts_and_other_sites_can_use_fails():
    facts = changed(facts_of(SESSIONS), Exchange, opening, headers={"set-cookie": "session=x; Path=/; Secure"})
    assert judged(SESSIONS, facts).summary == "the session's cookie lacks HttpOnly, SameSite"


def test_without_a_way_to_close_one_it_is_open():
    finding = judged(SESSIONS, without(facts_of(SESSIONS), Exchange, "closed"))
    assert (finding.outcome, finding.summary) == ("inconclusive", "no session was logged out")


def test_a_clock_that_stood_still_leaves_it_open():
    facts = changed(facts_of(SESSIONS), Exchange, lambda e: e.case == "idle", headers={})
    assert "clock did not follow" in judged(SESSIONS, facts).summary


def test_a_machine_that_cannot_shift_clocks_leaves_it_open():
    facts = changed(facts_of(SESSIONS), ScenarioRun, lambda r: True, cases=("healthy", "closed", "revoked"))
    assert judged(SESSIONS, facts).outcome == "inconclusive"


def test_stricter_limits_of_the_team_than_what_was_tried_leave_it_open():
    finding = judged(SESSIONS, facts_of(SESSIONS), idle_min=5)
    assert (finding.outcome, "at 31 min only" in finding.summary) == ("inconclusive", True)
