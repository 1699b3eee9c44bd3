"""What the proofs on metrics say where they cannot be read, tell nothing apart, or move with nothing wrong."""

import dataclasses

import msgspec
import pytest

from gonogo.facts import Declaration, MetricSample, ScenarioRun
from gonogo.facts.declaration import Telemetry
from tests.checks.lab_facts import changed, facts_of, judged

ERRORS = "observability.error-rates"


def telling(facts, **fields):
    """The same facts under a declaration whose `telemetry:` says something else."""
    made = []
    for fact in facts:
        if isinstance(fact, Declaration):
            telemetry = dataclasses.replace(fact.system.telemetry or Telemetry(), **fields)
            fact = msgspec.structs.replace(fact, system=dataclasses.replace(fact.system, telemetry=telemetry))
        made.append(fact)
    return made


def labelled(facts, kind, **labels):
    """The same facts, with other labels on the samples of one type of error."""
    return [
        msgspec.structs.replace(f, labels={**f.labels, **labels})
        if isinstance(f, MetricSample) and f.labels.get("type") == kind
        else f
        for f in facts
    ]


@pytest.mark.parametrize("fields", [{"metrics": None}, {"errors": None}])
def test_an_undeclared_metric_is_unknown_and_the_key_is_named(fields):
    finding = judged(ERRORS, telling(facts_of(ERRORS), **fields))
    assert finding.outcome == "inconclusive"
    assert "telemetry: {metrics: /metrics, errors: NAME}" in finding.fix


def test_metrics_that_cannot_be_read_show_nothing():
    facts = changed(
        facts_of(ERRORS), ScenarioRun, lambda run: True, cases=("healthy",), cut={"metrics": "no such route"}
    )
    assert judged(ERRORS, facts).summary == "no such route"


def test_a_counter_without_a_service_tells_nothing_apart():
    facts = changed(facts_of(ERRORS), MetricSample, lambda s: True, labels={"type": "timeout"})
    assert "does not tell errors apart" in judged(ERRORS, facts).summary


def test_a_fault_that_moves_no_counter_is_named():
    facts = [f for f in facts_of(ERRORS) if not (isinstance(f, MetricSample) and f.labels["type"] == "timeout")]
    assert judged(ERRORS, facts).summary == "no counter moves on timeout"


def test_a_fault_that_moves_two_counters_is_named():
    facts = facts_of(ERRORS)
    extra = [
        msgspec.structs.replace(f, labels={"service": "store", "type": "timeout"})
        for f in facts
        if isinstance(f, MetricSample) and f.labels["type"] == "timeout"
    ]
    assert judged(ERRORS, [*facts, *extra]).summary.startswith("one fault moves several counters: timeout moves")


def test_errors_without_a_type_that_says_anything_are_too_many():
    finding = judged(ERRORS, labelled(facts_of(ERRORS), "timeout", type="unknown"))
    assert finding.summary.startswith("20 % of the errors are counted without a type")
    assert (
        judged(ERRORS, labelled(facts_of(ERRORS), "timeout", type="unknown"), unclassified_share=20).outcome == "pass"
    )


def test_errors_that_are_counted_with_nothing_wrong_fail():
    facts = changed(facts_of(ERRORS), MetricSample, lambda s: s.case == "server-error", case="healthy")
    assert judged(ERRORS, facts).summary == "errors are counted with nothing wrong"


LATENCY = "observability.latency-percentiles"
LABELS = {"route": "/ask", "model": "m"}


def published(facts, **samples):
    """The same facts, with these samples in the place of those of the app: name, labels and value each."""
    one = next(f for f in facts if isinstance(f, MetricSample))
    made = [
        msgspec.structs.replace(one, case=case, name=name, labels=labels, value=value)
        for case, each in samples.items()
        for name, labels, value in each
    ]
    return [*(f for f in facts if not isinstance(f, MetricSample)), *made]


def histogram(*counts, labels=LABELS, metric="reporter_request_seconds"):
    """Cumulative counts by bound."""
    return [(f"{metric}_bucket", {**labels, "le": bound}, count) for bound, count in counts]


FINE = (("0.39", 0), ("0.42", 30), ("0.99", 30), ("1.02", 45), ("1.99", 45), ("2.02", 48), ("2.99", 48), ("3.02", 50))


def test_a_histogram_is_read_from_what_came_since_the_mix_began():
    before = histogram(*((bound, 100) for bound, _ in FINE), ("+Inf", 100))
    after = histogram(*((bound, 100 + count) for bound, count in FINE), ("+Inf", 150))
    finding = judged(LATENCY, published(facts_of(LATENCY), healthy=before, mix=after))
    assert finding.outcome == "pass", finding.summary


def test_buckets_that_are_too_wide_do_not_tell_the_percentiles():
    mix = histogram(("0.1", 0), ("1", 45), ("10", 50), ("+Inf", 50))
    assert judged(LATENCY, published(facts_of(LATENCY), mix=mix)).outcome == "fail"


def test_a_metric_of_other_routes_does_not_tell_of_this_one():
    mix = histogram(("0.1", 0), ("+Inf", 50), labels={"route": "/other"})
    assert judged(LATENCY, published(facts_of(LATENCY), mix=mix)).summary.endswith("does not tell of /ask")


def test_a_percentile_that_is_not_given_is_named():
    mix = [("reporter_request_seconds", {**LABELS, "quantile": "0.5"}, 0.41)]
    assert (
        judged(LATENCY, published(facts_of(LATENCY), mix=mix)).summary
        == "reporter_request_seconds gives no p95 of /ask"
    )


def test_a_counter_that_never_moved_gives_no_percentile():
    mix = histogram(("0.1", 0), ("+Inf", 0))
    assert "gives no p50" in judged(LATENCY, published(facts_of(LATENCY), mix=mix)).summary


def test_where_answers_stream_the_first_token_has_a_metric_of_its_own():
    facts = []
    for fact in facts_of(LATENCY):
        if isinstance(fact, Declaration):
            journeys = tuple(dataclasses.replace(j, streams=True) for j in fact.system.journeys)
            fact = msgspec.structs.replace(fact, system=dataclasses.replace(fact.system, journeys=journeys))
        facts.append(fact)
    finding = judged(LATENCY, facts)
    assert (finding.outcome, finding.fix) == ("inconclusive", "telemetry: {first_token: NAME} in gonogo.yaml")
    told = [
        ("first_token_seconds", {**LABELS, "quantile": q}, v) for q, v in (("0.5", 0.41), ("0.95", 2.0), ("0.99", 3.0))
    ]
    found = judged(LATENCY, published(telling(facts, first_token="first_token_seconds"), mix=told))
    assert found.outcome == "pass", found.summary
