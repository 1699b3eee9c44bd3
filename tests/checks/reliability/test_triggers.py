"""What the proof on triggers says where traffic leaves too early, too late or never, or does not come back."""

from gonogo.facts import ModelCall, ScenarioRun
from tests.checks.lab_facts import changed, facts_of, judged, without

TRIGGERS = "reliability.fallback-triggers"
PRIMARY = "gpt-4o-2024-11-20"


def asked(case, model):
    """The facts, with journeys of a case that met no failure asking another model."""
    facts = facts_of(TRIGGERS)
    hit = {c.journey for c in facts if isinstance(c, ModelCall) and c.fault}
    return changed(facts, ModelCall, lambda c: c.case == case and c.journey not in hit, model=model)


def test_traffic_that_leaves_at_the_first_failure_fails():
    finding = judged(TRIGGERS, asked("one-failure", "another"))
    assert (finding.outcome, "traffic left" in finding.summary) == ("fail", True)


def test_traffic_that_leaves_at_a_low_error_rate_fails():
    finding = judged(TRIGGERS, asked("low-rate", "another"))
    assert (finding.outcome, "traffic left" in finding.summary) == ("fail", True)


def test_traffic_that_stays_after_so_many_failures_fails():
    finding = judged(TRIGGERS, asked("in-a-row", PRIMARY))
    assert finding.summary == f"traffic still goes to {PRIMARY} although 5 failures in a row"


def test_traffic_that_is_refused_instead_fails():
    facts = asked("in-a-row", "dropped")
    facts = [f for f in facts if not (isinstance(f, ModelCall) and f.model == "dropped")]
    assert judged(TRIGGERS, facts).summary == "traffic is refused although 5 failures in a row"


def test_traffic_that_stays_at_a_high_error_rate_fails():
    summary = judged(TRIGGERS, asked("high-rate", PRIMARY)).summary
    assert summary.startswith(f"traffic still goes to {PRIMARY} although ")
    assert summary.endswith("calls failed")


def test_traffic_that_does_not_come_back_fails():
    assert judged(TRIGGERS, asked("recovered", "another")).summary == f"{PRIMARY} is back and is not asked again"


def test_a_failure_that_reached_nobody_is_open():
    assert judged(TRIGGERS, without(facts_of(TRIGGERS), ModelCall, "one-failure")).outcome == "inconclusive"


def test_traffic_that_leaves_below_a_higher_threshold_of_the_team_fails():
    assert judged(TRIGGERS, facts_of(TRIGGERS), consecutive_failures=9).outcome == "fail"


def test_a_return_that_was_not_awaited_is_open():
    cases = ("healthy", "one-failure", "too-few", "in-a-row", "low-rate", "high-rate")
    facts = changed(facts_of(TRIGGERS), ScenarioRun, lambda r: True, cases=cases, cut={"recovered": "--quick"})
    assert judged(TRIGGERS, facts).outcome == "inconclusive"
