"""What the proof on webhooks says where a forged or old delivery is taken, or no good one is."""

import pytest

from gonogo.facts import Exchange, ScenarioRun
from tests.checks.lab_facts import changed, facts_of, judged

SIGNING = "access.request-signing"


def answered(case, status):
    return judged(SIGNING, changed(facts_of(SIGNING), Exchange, lambda e: e.said == case, status=status))


@pytest.mark.parametrize(
    ("case", "what"),
    [
        ("unsigned", "an unsigned delivery"),
        ("changed-body", "a delivery with another body than was signed"),
        ("changed-time", "an old delivery with another time than was signed"),
        ("another-key", "a delivery signed with another key"),
    ],
)
def test_a_forged_delivery_that_is_taken_fails(case, what):
    assert answered(case, 200).summary == f"{what} is not refused"


def test_an_error_of_the_app_is_no_refusal():
    assert answered("changed-body", 500).outcome == "fail"


def test_an_old_delivery_that_is_taken_fails():
    assert answered("old", 202).summary.startswith("a delivery is still taken 360 s after it was signed")


def test_a_longer_window_of_the_team_than_what_was_tried_leaves_it_open():
    facts = changed(facts_of(SIGNING), Exchange, lambda e: e.said == "old", status=200)
    assert judged(SIGNING, facts, replay_window_s=600).outcome == "inconclusive"


def test_a_service_that_refuses_good_deliveries_leaves_it_open():
    finding = answered("good", 401)
    assert (finding.outcome, "lab.webhooks" in (finding.fix or "")) == ("inconclusive", True)


def test_a_delivery_that_was_not_made_leaves_it_open():
    assert judged(SIGNING, changed(facts_of(SIGNING), ScenarioRun, lambda r: True, cases=("healthy",))).outcome == (
        "inconclusive"
    )
