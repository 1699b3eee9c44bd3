"""What the proof on the order of starts says where the service ends, is late, serves early, or is not ready."""

import pytest

from gonogo.facts import AppStart, Exchange, ScenarioRun
from tests.checks.lab_facts import changed, facts_of, judged, without

ORDER = "infrastructure.start-order"


def started(case, **fields):
    return changed(facts_of(ORDER), AppStart, lambda s: s.case == case, **fields)


def test_a_service_that_ends_because_it_came_first_fails():
    finding = judged(ORDER, started("reversed", ready_s=None, exit_code=1))
    assert finding.summary == "where the service starts first it ends with exit code 1"


def test_a_service_that_is_never_ready_fails():
    finding = judged(ORDER, started("all-at-once", ready_s=None))
    assert finding.summary == "where all processes start at once it is never ready"


def test_a_service_that_is_ready_late_fails():
    assert judged(ORDER, started("reversed", ready_s=130.0)).summary.endswith("it is ready after 130 s only")


@pytest.mark.parametrize("status", [200, 500])
def test_an_answer_before_it_is_ready_fails(status):
    facts = changed(facts_of(ORDER), Exchange, lambda e: e.purpose == "early", status=status)
    assert "before it is ready, and not with 503" in judged(ORDER, facts).summary


def test_a_refused_connection_before_it_is_ready_passes():
    facts = changed(facts_of(ORDER), Exchange, lambda e: e.purpose == "early", status=None, error="no connection")
    assert judged(ORDER, facts).outcome == "pass"


def test_a_service_that_is_not_as_ready_as_it_says_fails():
    chosen = lambda e: e.case == "reversed" and e.purpose == "journey"  # noqa: E731
    facts = changed(facts_of(ORDER), Exchange, chosen, status=503)
    assert judged(ORDER, facts).summary == "where the service starts first it says that it is ready and is not"


def test_an_order_that_was_not_played_leaves_it_open():
    facts = changed(facts_of(ORDER), ScenarioRun, lambda r: True, cases=("healthy", "all-at-once"))
    assert judged(ORDER, facts).outcome == "inconclusive"
    assert judged(ORDER, without(facts_of(ORDER), AppStart, "reversed")).outcome == "inconclusive"
