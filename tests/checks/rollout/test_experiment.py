"""What the proof of experiments says of users who move, ratios that are off, and analyses that err."""

import pytest

from gonogo.facts import Measure, ScenarioRun
from tests.checks.lab_facts import changed, facts_of, judged

AB = "rollout.ab-test"


def measured(name, value, *cases, **more):
    def chosen(m):
        return m.name == name and m.case in (cases or ("same", "better"))

    return changed(facts_of(AB), Measure, chosen, value=value, **more)


def test_users_who_get_another_version_when_they_ask_again_fail():
    assert judged(AB, measured("moved", 3, "same")).summary == "3 users got another version when asking again"


@pytest.mark.parametrize(("new", "outcome"), [(206, "pass"), (160, "fail")])
def test_a_ratio_that_chance_does_not_explain_fails(new, outcome):
    facts = changed(measured("users-new", new), Measure, lambda m: m.name == "users-usual", value=400 - new)
    assert judged(AB, facts).outcome == outcome


def test_a_difference_where_there_is_none_fails():
    finding = judged(AB, measured("p-value", 0.01, "same"))
    assert finding.summary == "the analysis finds a difference between versions that fare alike: p = 0.01"


def test_a_planned_effect_that_is_not_found_fails():
    finding = judged(AB, measured("p-value", 0.2, "better"))
    assert finding.summary == "the analysis does not find the planned effect of 0.15 among 400 users: p = 0.2"


def test_an_analysis_without_a_p_value_proves_nothing():
    finding = judged(AB, measured("p-value", -1, "better", text="too few labels"))
    assert (finding.outcome, finding.evidence[0].detail) == ("inconclusive", "too few labels")


@pytest.mark.parametrize("values", [{"outcomes": 12}, {"users-new": 0, "users-usual": 0}])
def test_users_whose_outcome_is_not_known_prove_nothing(values):
    facts = facts_of(AB)
    for name, value in values.items():
        facts = changed(facts, Measure, lambda m, name=name: m.name == name, value=value)
    assert judged(AB, facts).outcome == "inconclusive"


def test_an_experiment_that_was_not_played_whole_proves_nothing():
    facts = changed(facts_of(AB), ScenarioRun, lambda r: True, cases=("same",))
    assert judged(AB, facts).outcome == "inconclusive"
