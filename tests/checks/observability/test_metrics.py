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
