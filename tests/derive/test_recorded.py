"""What calls on record from a deployment tell of a period."""

from datetime import UTC, datetime, timedelta

import pytest

from gonogo.derive.factset import FactSet
from gonogo.derive.recorded import RecordedCall, by_task, hourly_floor, tell_of, within
from gonogo.facts import ModelCall, Prediction, Run, Subject

START = datetime(2026, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def seen(*hours):
    return [RecordedCall(trace=None, seen_at=START + timedelta(hours=h), task="", run="r", environment=None, code=None)
            for h in hours]  # fmt: skip


def run(name, method):
    subject = Subject(tree="sha256:0", fingerprints={"code": "sha256:1"})
    return Run(
        seen_at=START, run=name, method=method, collector=name, subject=subject, started_at=START, environment="live"
    )


def test_calls_of_runs_of_records_count_and_those_of_the_lab_do_not():
    facts = FactSet(
        [
            ModelCall(seen_at=START + DAY, run="a", protocol="openai_chat", trace="t1", labels={"feature": "search"}),
            ModelCall(seen_at=START, run="a", protocol="openai_chat", labels={"task": "sort", "feature": "search"}),
            Prediction(seen_at=START + 2 * DAY, run="a", protocol="kserve_v2", endpoint="price"),
            ModelCall(seen_at=START, run="b", protocol="openai_chat"),
            ModelCall(seen_at=START, run="gone", protocol="openai_chat"),
            run("a", "records"),
            run("b", "lab"),
        ]
    )
    calls = RecordedCall.derive(facts)
    assert [(c.task, c.trace) for c in calls] == [("sort", None), ("search", "t1"), ("price", None)]
    assert {(c.environment, c.code, c.run) for c in calls} == {("live", "sha256:1", "a")}
    assert by_task(calls) == {"sort": 1, "search": 1, "price": 1}


def test_a_period_has_its_start_and_not_its_end():
    assert len(within(seen(0, 1, 24), START, START + DAY)) == 2


@pytest.mark.parametrize(
    ("hours", "tells"), [((), False), ((24, 24 * 6), True), ((25, 24 * 7), False), ((0, 24 * 6 - 1), False)]
)
def test_records_tell_of_a_period_that_they_reach_over(hours, tells):
    assert tell_of(seen(*hours), START, START + 7 * DAY) is tells


@pytest.mark.parametrize(
    ("hours", "floor"), [((0, 0.5, 1, 1.2, 2), 1), ((0, 0.5, 1, 1.2, 2, 2.9), 2), ((0, 2), 0), ((), 0)]
)
def test_the_floor_is_the_emptiest_hour(hours, floor):
    assert hourly_floor(seen(*hours), START, START + timedelta(hours=3)) == floor


def test_a_period_of_no_hour_has_no_floor():
    assert hourly_floor(seen(0), START, START) == 0
