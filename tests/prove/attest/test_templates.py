"""What a template is filled with from the records, so that the reviewer neither counts nor draws."""

from datetime import UTC, datetime, timedelta

import pytest

from gonogo.derive.factset import FactSet
from gonogo.derive.recorded import RecordedCall, sample
from gonogo.errors import UsageError
from gonogo.facts import Attestation, Declaration, Fact, ModelCall, Run, Subject, System, UserFeedback
from gonogo.facts.declaration import Person
from gonogo.prove.attest.templates import describe, known_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
RELEASED = datetime(2026, 6, 1, tzinfo=UTC)
SUBJECT = Subject(tree="sha256:0", commit="a" * 40)
SYSTEM = System(name="t", domain="finance", contacts=(Person(name="lee", roles=("compliance", "support")),))


def calls(count, every=timedelta(minutes=10), start=RELEASED) -> list[Fact]:
    made = [
        ModelCall(
            seen_at=start + n * every, run="r", protocol="openai_chat", trace=f"t{n}", labels={"feature": "answers"}
        )
        for n in range(count)
    ]
    run = Run(seen_at=NOW, run="r", method="records", collector="records", subject=SUBJECT, started_at=NOW)
    return [*made, run, Declaration(seen_at=NOW, system=SYSTEM)]


def known(control, facts=(), size=0, head=None, **given):
    return known_of(control, FactSet([*facts]), SUBJECT, given, NOW, head=head, size=size)


def test_the_sample_is_drawn_from_the_whole_hours_on_record():
    facts = calls(40)  # they end in the seventh hour
    found = known("quality.live-sample-reviewed", facts, size=20, released_at=RELEASED.isoformat())
    drawn = sample(RecordedCall.derive(FactSet(facts)), RELEASED, RELEASED + timedelta(hours=6), 20)
    assert found.fields["until"] == (RELEASED + timedelta(hours=6)).isoformat()
    assert found.fields["seed"] == drawn.seed
    assert tuple(found.rows) == drawn.drawn and len(found.rows) == 20
    page = describe("quality.live-sample-reviewed", SYSTEM, found)
    assert page.count("| <good or bad> |") == 20 and f"- seed: {drawn.seed}" in page


def test_a_sample_follows_from_the_records_alone_and_changes_with_each_of_them():
    whole = RecordedCall.derive(FactSet(calls(40)))
    end = RELEASED + timedelta(days=1)
    one, again = sample(whole, RELEASED, end, 5), sample(reversed(whole), RELEASED, end, 5)
    assert one == again and one.population == 40
    fewer = sample(whole[1:], RELEASED, end, 5)
    assert fewer.seed != one.seed
    assert set(sample(whole, RELEASED, end, 40).drawn) == {f"t{n}" for n in range(40)}


@pytest.mark.parametrize("facts", [[], calls(3)])
def test_before_an_hour_is_on_record_nothing_is_drawn(facts):
    assert not known("quality.live-sample-reviewed", facts, size=20, released_at=RELEASED.isoformat()).rows


def test_without_the_moment_of_the_release_nothing_is_drawn():
    assert not known("quality.live-sample-reviewed", calls(40), size=20).rows


@pytest.mark.parametrize("moment", ["soon", "2026-06-01T00:00:00"])
def test_a_moment_without_a_zone_is_refused(moment):
    with pytest.raises(UsageError, match="no moment with a zone"):
        known("quality.feedback-reviewed", released_at=moment)


def test_the_negative_items_of_the_week_are_listed():
    items = [
        UserFeedback(seen_at=RELEASED + timedelta(days=days), run="r", id=name, negative=negative)
        for name, days, negative in (("a", 1, True), ("b", 2, False), ("c", 6.9, True), ("d", 7, True))
    ]
    assert list(known("quality.feedback-reviewed", items, released_at=RELEASED.isoformat()).rows) == ["a", "c"]


def test_the_volume_of_the_month_is_counted_by_task():
    midnight = datetime(2026, 6, 1, tzinfo=UTC)
    facts = calls(31, timedelta(days=1), midnight - timedelta(days=30))
    found = known("cost.fine-tune-assessed", facts)
    assert found.rows == {"answers": {"calls_per_month": "30"}} and found.fields["date"] == "2026-06-01"
    assert not known("cost.fine-tune-assessed", calls(40)).rows


def test_the_floor_of_the_week_is_counted():
    facts = calls(7 * 48, timedelta(minutes=30), datetime(2026, 5, 25, tzinfo=UTC))
    assert known("cost.reserved-capacity", facts).fields["floor_per_hour"] == "2"
    assert "floor_per_hour" not in known("cost.reserved-capacity", calls(40)).fields


def test_a_log_review_begins_where_the_last_one_ended_and_names_the_head():
    last = Attestation(seen_at=NOW, control="observability.log-review", fields={"until": "2026-04-30"})
    found = known("observability.log-review", [last], head="7:ab")
    assert found.fields == {"from": "2026-05-01", "head": "7:ab"}
    spoilt = Attestation(seen_at=NOW, control="observability.log-review", fields={"until": "lately"})
    assert "from" not in known("observability.log-review", [spoilt]).fields


@pytest.mark.parametrize(
    ("control", "fields"),
    [
        ("readiness.user-doc", {"release": "a" * 40, "owner": "lee"}),
        ("quality.manual-qa", {"release": "a" * 40}),
        ("data.explanations", {"domain": "finance", "owner": "lee"}),
        ("observability.compliance-logging", {"owner": "lee"}),
        ("cost.region-cost", {}),
    ],
)
def test_what_is_declared_stands_there_already(control, fields):
    assert known(control, [Declaration(seen_at=NOW, system=SYSTEM)]).fields == fields
