"""What the proofs of access say where something is not declared, cannot be told, or went wrong in another way."""

import msgspec
import pytest

from gonogo.facts import AppLog, Exchange, ModelCall
from tests.checks.lab_facts import changed, declared, facts_of, judged

AUTHENTICATION, AUTHORIZATION, ADMIN = "access.authentication", "access.authorization", "access.admin-protected"


def exchanges(facts, chosen, **fields):
    return changed(facts, Exchange, chosen, **fields)


def test_a_route_that_refuses_everybody_proves_nothing():
    finding = judged(AUTHENTICATION, exchanges(facts_of(AUTHENTICATION), lambda e: e.case == "good", status=401))
    assert finding.outcome == "inconclusive"
    assert "the good path does not work" in finding.evidence[0].detail


def test_a_stranger_who_is_neither_let_in_nor_refused_leaves_it_open():
    finding = judged(AUTHENTICATION, exchanges(facts_of(AUTHENTICATION), lambda e: e.case == "cut", status=500))
    assert finding.outcome == "inconclusive"
    assert "500 with a credential that is cut: neither let in nor refused" in finding.evidence[0].detail


def test_a_route_that_is_hidden_from_strangers_is_refused_to_them():
    facts = exchanges(facts_of(AUTHENTICATION), lambda e: e.case not in ("good", "healthy"), status=404)
    assert judged(AUTHENTICATION, facts).outcome == "pass"


def test_a_refusal_after_the_model_was_asked_fails():
    facts = facts_of(AUTHENTICATION)
    stranger = next(f for f in facts if isinstance(f, Exchange) and f.case == "wrong")
    call = next(f for f in facts if isinstance(f, ModelCall))
    finding = judged(AUTHENTICATION, [*facts, msgspec.structs.replace(call, journey=stranger.journey, case="wrong")])
    assert (finding.outcome, finding.summary) == (
        "fail", "1 refused request had caused a call to a model, store or tool",
    )  # fmt: skip


def test_where_no_route_is_known_it_fails():
    facts = [f for f in facts_of(AUTHENTICATION) if not (isinstance(f, Exchange) and f.purpose == "authentication")]
    assert judged(AUTHENTICATION, facts).summary == "no route is known that is not public"


def test_an_owner_who_cannot_read_his_own_proves_nothing():
    facts = exchanges(facts_of(AUTHORIZATION), lambda e: e.case == "owner" and e.name.startswith("read"), status=500)
    assert judged(AUTHORIZATION, facts).outcome == "inconclusive"


@pytest.mark.parametrize("what", ["read", "change"])
def test_a_stranger_who_meets_no_refusal_fails(what):
    facts = exchanges(facts_of(AUTHORIZATION), lambda e: e.case == "stranger" and e.name.startswith(what), status=200)
    finding = judged(AUTHORIZATION, facts)
    assert finding.outcome == "fail"
    assert f"{what} /conversations/{{id}} by bob: 200" in [e.detail for e in finding.evidence]


def test_an_object_that_is_gone_afterwards_fails():
    facts = exchanges(facts_of(AUTHORIZATION), lambda e: e.case == "afterwards", matches=(), body="{}", answer="")
    assert judged(AUTHORIZATION, facts).summary == "the owner's object is not as it was"


def test_a_console_that_is_open_fails():
    facts = exchanges(facts_of(ADMIN), lambda e: e.case == "console" and e.name == "/actuator/env", status=200)
    assert judged(ADMIN, facts).summary == "1 console is open to anybody"


def test_where_unknown_paths_are_answered_nothing_can_be_told():
    assert (
        judged(ADMIN, exchanges(facts_of(ADMIN), lambda e: e.case == "console", status=200)).outcome == "inconclusive"
    )


def test_a_user_who_may_administer_fails():
    facts = exchanges(facts_of(ADMIN), lambda e: e.case == "user" and e.purpose == "admin", status=200)
    assert judged(ADMIN, facts).summary == "1 admin action was done by one who is no administrator"


def test_a_refused_action_that_still_changed_something_fails():
    facts = exchanges(facts_of(ADMIN), lambda e: e.case == "nobody" and e.name.endswith(": after"), body="changed")
    assert judged(ADMIN, facts).outcome == "fail"


def test_two_records_of_one_use_are_one_too_many():
    facts = facts_of(ADMIN)
    twice = next(f for f in facts if isinstance(f, AppLog) and f.stream == "audit.jsonl")
    assert "2 records" in judged(ADMIN, [*facts, twice]).evidence[0].detail


@pytest.mark.parametrize(
    ("lab", "outcome", "said"),
    [({"admin": ()}, "not-collected", "no admin action"), ({"audit": None}, "inconclusive", "nowhere to be read")],
)
def test_what_is_not_declared_is_named(lab, outcome, said):
    finding = judged(ADMIN, declared(facts_of(ADMIN), **lab))
    assert finding.outcome == outcome
    assert said in finding.summary
