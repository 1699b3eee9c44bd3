"""Statements held against declaration, records and each other: one thing changed in a recorded case at a time."""

import dataclasses
from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec
import pytest

from gonogo import catalog
from gonogo.checks.judge import judge
from gonogo.derive.factset import FactSet
from gonogo.facts import (
    ArtifactCheck,
    Attestation,
    Declaration,
    ModelCall,
    Prediction,
    Run,
    UserFeedback,
    decode,
)
from gonogo.plugins import checks
from tests.cases import record

DROP = object()


@cache
def parts():
    return catalog.load(plugins=False), tuple(checks())


def facts_of(control):
    return [decode(line) for line in record.path_of(control, "attest", "pass").read_bytes().splitlines()]


def outcome(control, facts, **thresholds):
    loaded, registered = parts()
    given = record.settings(control, "attest", "pass").get("thresholds") or {}
    found = judge(FactSet(facts), loaded, [control], registered, {control: {**given, **thresholds}})
    return next(f for f in found if f.method == "attest")


def stating(facts, control=None, **changes):
    """The facts with other fields in the statements (of one control); a field is left out by `DROP`."""
    fields = changes.pop("fields", {})
    made = []
    for fact in facts:
        if isinstance(fact, Attestation) and control in (None, fact.control):
            merged = {k: v for k, v in (fact.fields | fields).items() if v is not DROP}
            fact = msgspec.structs.replace(fact, fields=merged, **changes)
        made.append(fact)
    return made


def declaring(facts, **changes):
    return [
        msgspec.structs.replace(f, system=dataclasses.replace(f.system, **changes)) if isinstance(f, Declaration) else f
        for f in facts
    ]


def without(facts, *kinds, chosen=lambda fact: True):
    return [f for f in facts if not (isinstance(f, kinds) and chosen(f))]


def running(facts, of, **changes):
    return [msgspec.structs.replace(f, **changes) if isinstance(f, Run) and f.method == of else f for f in facts]


@pytest.mark.parametrize(
    ("control", "fields", "expected"),
    [
        ("cost.model-choice-matrix", {"date": "2026-03-03"}, "pass"),
        ("cost.model-choice-matrix", {"date": "2026-03-02"}, "fail"),
        ("cost.fine-tune-assessed", {"date": "2025-05-31"}, "fail"),
        ("cost.fine-tune-assessed", {"answers.calls_per_month": "11"}, "pass"),
        ("cost.fine-tune-assessed", {"answers.calls_per_month": "12"}, "fail"),
        ("cost.fine-tune-assessed", {"answers.calls_per_month": DROP}, "fail"),
        ("cost.fine-tune-assessed", {"date": "2026-05-16"}, "inconclusive"),
        ("cost.reserved-capacity", {"date": "2025-11-30"}, "fail"),
        ("cost.reserved-capacity", {"floor_per_hour": "<the fewest calls>"}, "fail"),
        ("cost.reserved-capacity", {"date": "2026-05-27"}, "inconclusive"),
        ("cost.region-cost", {"eu-west.chosen": "no"}, "fail"),
        ("cost.region-cost", {"date": "2025-05-31"}, "fail"),
        ("data.explanations", {"domain": "health"}, "fail"),
        ("data.explanations", {"owner": "reviewer@example.org"}, "pass"),
        ("infrastructure.ownership-model", {"history.date": "2025-05-31"}, "fail"),
        ("observability.compliance-logging", {"date": "2025-05-31"}, "fail"),
        ("observability.log-review", {"until": "2026-04-30"}, "fail"),
        ("observability.log-review", {"until": "2026-06-02"}, "fail"),
        ("observability.log-review", {"from": "2026-06-01"}, "fail"),
        ("observability.log-review", {"reviewer": "reviewer"}, "fail"),
        ("quality.feedback-reviewed", {"released_at": "soon"}, "fail"),
        ("quality.feedback-reviewed", {"released_at": "2026-05-27T08:00:00Z"}, "inconclusive"),
        ("quality.feedback-reviewed", {"released_at": "2026-05-22T09:00:00Z", "f-1.disposition": DROP}, "pass"),
        ("quality.feedback-reviewed", {"reviewer": "pager"}, "fail"),
        ("quality.live-sample-reviewed", {"seed": "sha256:0"}, "fail"),
        ("quality.live-sample-reviewed", {"until": "2026-06-01T07:00:00Z"}, "fail"),
        ("quality.live-sample-reviewed", {"until": "2026-06-01T06:01:00Z"}, "fail"),
        ("quality.live-sample-reviewed", {"until": "2026-06-01T00:00:00Z"}, "inconclusive"),
        ("quality.live-sample-reviewed", {"reviewed_at": "2026-06-01T05:59:00Z"}, "fail"),
        ("quality.live-sample-reviewed", {"reviewed_at": "2026-06-01T09:01:00Z"}, "fail"),
        ("quality.live-sample-reviewed", {"reviewed_at": "2026-05-30"}, "fail"),
        ("quality.live-sample-reviewed", {"reviewer": "reviewer"}, "fail"),
        ("quality.manual-qa", {"ask.trace": "trace-9"}, "inconclusive"),
        ("quality.manual-qa", {"ask.deployed_trace": "<its trace id>"}, "inconclusive"),
        ("quality.manual-qa", {"ask.deployed_result": ""}, "fail"),
        ("quality.manual-qa", {"ask.deployed_result": "fail"}, "fail"),
        ("readiness.user-doc", {"date": "2026-03-02"}, "fail"),
        ("readiness.user-doc", {"owner": "author"}, "fail"),
        ("readiness.user-doc", {"owner": ""}, "fail"),
        ("retrieval.vector-db-replicated", {"vectors.sla_percent": "100.1"}, "fail"),
        ("retrieval.vector-db-replicated", {"vectors.sla_percent": "99.95"}, "pass"),
        ("rollout.post-launch-review", {"held": "2026-05-25"}, "fail"),
        ("rollout.post-launch-review", {"launched": "2026-05-24"}, "fail"),
        ("rollout.post-launch-review", {"launched": ""}, "fail"),
        ("rollout.post-launch-review", {"report": DROP}, "fail"),
        ("rollout.post-launch-review", {"known_issues": "none"}, "pass"),
    ],
)
def test_what_a_statement_says_is_held_against_limits_people_and_records(control, fields, expected, tells):
    found = outcome(control, stating(facts_of(control), control, fields=fields))
    assert found.outcome == expected, found.summary
    tells(found)


@pytest.mark.parametrize(
    ("control", "changes"),
    [
        ("cost.model-choice-matrix", {"journeys": ()}),
        ("infrastructure.ownership-model", {"providers": (), "data_stores": ()}),
        ("data.explanations", {"approvers": ()}),
        ("readiness.user-doc", {"approvers": (), "contacts": ()}),
        ("quality.manual-qa", {"journeys": ()}),
        ("retrieval.vector-db-replicated", {"indexes": ()}),
    ],
)
def test_where_gonogo_yaml_names_nothing_to_compare_with_it_says_what_to_write(control, changes, tells):
    found = outcome(control, declaring(facts_of(control), **changes))
    assert found.outcome == "inconclusive" and "gonogo.yaml" in found.fix
    tells(found)


@pytest.mark.parametrize(
    ("control", "kinds"),
    [
        ("cost.fine-tune-assessed", ModelCall),
        ("cost.reserved-capacity", Prediction),
        ("quality.feedback-reviewed", UserFeedback),
        ("quality.live-sample-reviewed", ModelCall),
        ("quality.manual-qa", ModelCall),
    ],
)
def test_without_records_it_cannot_be_told_and_says_how_to_bring_them(control, kinds, tells):
    found = outcome(control, without(facts_of(control), kinds))
    assert found.outcome == "inconclusive" and "--evidence" in found.fix
    tells(found)


def test_calls_of_the_lab_are_no_records_of_a_deployment():
    facts = running(facts_of("cost.fine-tune-assessed"), "records", method="lab")
    assert outcome("cost.fine-tune-assessed", facts).outcome == "inconclusive"


def test_a_task_of_low_volume_asks_for_no_assessment(tells):
    found = outcome("cost.fine-tune-assessed", facts_of("cost.fine-tune-assessed"), applies_above=1_000_000)
    assert found.outcome == "not-applicable"
    tells(found)


def test_a_single_silent_hour_is_the_floor():
    quiet = datetime(2026, 5, 28, 4, tzinfo=UTC)
    facts = without(
        facts_of("cost.reserved-capacity"), Prediction, chosen=lambda f: quiet <= f.seen_at < quiet + timedelta(hours=1)
    )
    assert outcome("cost.reserved-capacity", facts).outcome == "fail"


def test_one_more_interaction_on_record_is_another_sample():
    facts = facts_of("quality.live-sample-reviewed")
    call = next(f for f in facts if isinstance(f, ModelCall))
    found = outcome("quality.live-sample-reviewed", [*facts, msgspec.structs.replace(call, trace="trace-99")])
    assert found.outcome == "fail" and "not drawn by gonogo" in found.summary


def test_feedback_is_complete_when_the_week_is_over():
    facts = facts_of("quality.feedback-reviewed")
    early = datetime(2026, 5, 26, 12, tzinfo=UTC)
    assert outcome("quality.feedback-reviewed", running(facts, "records", seen_at=early)).outcome == "inconclusive"
    assert outcome("quality.feedback-reviewed", stating(facts, seen_at=early)).outcome == "fail"


def test_before_it_is_deployed_one_walk_will_do(tells):
    facts = running(facts_of("quality.manual-qa"), "records", environment="staging")
    found = outcome("quality.manual-qa", stating(facts, fields={"ask.deployed_result": "", "ask.deployed_trace": ""}))
    assert found.outcome == "pass" and "not deployed yet" in found.summary
    tells(found)


def test_traffic_of_another_version_does_not_ask_for_the_second_walk():
    facts = facts_of("quality.manual-qa")
    subject = next(f for f in facts if isinstance(f, Run)).subject
    older = msgspec.structs.replace(subject, fingerprints={**subject.fingerprints, "code": "sha256:1"})
    facts = running(facts, "records", subject=older)
    found = outcome("quality.manual-qa", stating(facts, fields={"ask.deployed_result": ""}))
    assert found.outcome == "pass", found.summary


def test_a_mapped_control_that_fails_fails_the_mapping(tells):
    facts = stating(facts_of("observability.compliance-logging"), "access.encryption-at-rest", intact=False)
    found = outcome("observability.compliance-logging", facts)
    assert found.outcome == "fail" and "access.encryption-at-rest fails" in found.summary
    tells(found)


@pytest.mark.parametrize(
    ("control", "expected"),
    [
        ("access.encryption", "fail"),
        ("access.key-scopes-valid", "inconclusive"),
        ("observability.compliance-logging", "inconclusive"),
    ],
)
def test_a_mapped_control_has_to_be_shown_to_pass(control, expected, tells):
    row = {f"{control}.regimes": "gdpr", f"{control}.duties": "deletion, audit-fields"}
    gone = {"rollout.team-notified.regimes": DROP, "rollout.team-notified.duties": DROP}
    facts = stating(facts_of("observability.compliance-logging"), "observability.compliance-logging", fields=row | gone)
    found = outcome("observability.compliance-logging", facts)
    assert found.outcome == expected, found.summary
    tells(found)


def test_the_period_of_a_log_review_follows_the_last_one(tells):
    facts = facts_of("observability.log-review")
    last = next(f for f in facts if isinstance(f, Attestation))
    for until, expected in (("2026-04-30", "pass"), ("2026-04-29", "fail")):
        before = msgspec.structs.replace(
            last, seen_at=last.seen_at - timedelta(days=30), fields=last.fields | {"until": until}
        )
        found = outcome("observability.log-review", [before, *facts])
        assert found.outcome == expected, found.summary
    tells(found)


def test_without_a_ledger_the_head_of_the_log_cannot_be_looked_up(tells):
    facts = facts_of("observability.log-review")
    kept = next(f for f in facts if isinstance(f, Attestation)).checks
    found = outcome("observability.log-review", stating(facts, checks=tuple(c for c in kept if c.name != "head")))
    assert found.outcome == "inconclusive"
    tells(found)


@pytest.mark.parametrize(
    ("fields", "signed", "today", "expected"),
    [
        ({}, "2026-05-24", "2026-05-29", "pass"),
        ({}, "2026-05-24", "2026-06-01", "pass"),
        ({}, "2026-05-24", "2026-06-02", "fail"),
        ({}, "2026-05-26", "2026-05-29", "fail"),
        ({"scheduled": "2026-06-02"}, "2026-05-24", "2026-05-29", "fail"),
        ({"scheduled": "2026-05-25"}, "2026-05-24", "2026-05-25", "fail"),
    ],
)
def test_a_review_is_set_before_the_launch_and_held_by_its_day(fields, signed, today, expected, tells):
    facts = facts_of("rollout.post-launch-review")
    blank = dict.fromkeys(("held", "attendees", "report", "report_digest", "known_issues", "decisions"), "")
    moments = {name: datetime.fromisoformat(f"{day}T12:00:00+00:00") for name, day in (("s", signed), ("t", today))}
    facts = running(stating(facts, fields=blank | fields, seen_at=moments["s"]), "attest", seen_at=moments["t"])
    found = outcome("rollout.post-launch-review", facts)
    assert found.outcome == expected, found.summary
    tells(found)


def test_a_check_of_the_artefact_that_does_not_hold_fails_whatever_the_records_say():
    facts = stating(facts_of("quality.manual-qa"), checks=(ArtifactCheck("field release", False, "another state"),))
    assert outcome("quality.manual-qa", facts).outcome == "fail"
