"""What the proofs on logs say where a place was not tried, a record lacks something, or nothing is logged."""

import msgspec
import pytest

from gonogo.facts import AppLog, Measure
from gonogo.facts.traffic import Match
from tests.checks.lab_facts import changed, facts_of, judged, without

REDACTION, AUDIT, STRUCTURED = (
    "observability.log-redaction", "observability.audit-log-active", "observability.structured-logs",
)  # fmt: skip


def edited(facts, old, new, chosen=lambda line: True):
    return [
        msgspec.structs.replace(f, text=f.text.replace(old, new)) if isinstance(f, AppLog) and chosen(f) else f
        for f in facts
    ]


def test_where_the_marker_is_in_no_log_nothing_is_proven():
    facts = changed(facts_of(REDACTION), AppLog, lambda line: True, matches=())
    assert judged(REDACTION, facts).outcome == "inconclusive"


def test_a_private_value_that_stands_there_encoded_counts_as_well():
    found = (Match(detector="canary", where="stdout", canary="secret:openai-key"),)
    facts = changed(facts_of(REDACTION), AppLog, lambda line: line.stream == "stdout", matches=found)
    assert "secret:openai-key" in judged(REDACTION, facts).summary


@pytest.mark.parametrize(("keys", "lacking"), [(("time",), "a time"), (("status", "result", "error"), "a result")])
def test_a_record_that_lacks_something_is_no_whole_one(keys, lacking):
    facts = facts_of(AUDIT)
    for key in keys:
        facts = edited(facts, f'"{key}"', '"a"')
    finding = judged(AUDIT, facts)
    assert finding.outcome == "fail"
    assert any(f"the record lacks {lacking}" in e.detail for e in finding.evidence)


def test_a_record_under_the_name_of_the_system_is_of_nobody():
    finding = judged(AUDIT, edited(facts_of(AUDIT), '"user": "bob"', '"user": "api"'))
    assert "refused by bob: no record names the user and what was done" in [e.detail for e in finding.evidence]


def test_lines_that_are_no_json_fail():
    facts = edited(facts_of(STRUCTURED), "{", "INFO {", lambda line: line.case == "bodies")
    assert "are no JSON" in judged(STRUCTURED, facts).summary


@pytest.mark.parametrize("key", ["time", "level", "service"])
def test_lines_that_lack_a_field_fail(key):
    facts = edited(facts_of(STRUCTURED), f'"{key}"', '"a"')
    assert judged(STRUCTURED, facts).summary.endswith(f"lack {key}")


def test_an_app_without_any_log_fails():
    assert judged(STRUCTURED, without(facts_of(STRUCTURED), AppLog)).summary == "the app wrote no line of log"


def test_a_query_that_takes_too_long_fails():
    facts = changed(facts_of(STRUCTURED), Measure, lambda m: True, value=11.0)
    assert judged(STRUCTURED, facts).summary == "finding one trace takes 11 s"


def test_a_line_without_a_trace_that_comes_once_is_of_no_request_and_twice_it_fails():
    facts = facts_of(STRUCTURED)
    stray = next(f for f in facts if isinstance(f, AppLog) and f.case == "healthy")
    swept = '{"time": "now", "level": "info", "service": "app", "message": "swept"}'
    stray = msgspec.structs.replace(stray, text=swept)
    assert judged(STRUCTURED, [*facts, stray]).outcome == "pass"
    assert judged(STRUCTURED, [*facts, stray, stray]).summary.startswith("2 of ")
