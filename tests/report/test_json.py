from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from jsonschema import Draft202012Validator

from gonogo.facts import Assessment
from gonogo.report.json import render
from gonogo.report.schema import FILE, pages, schema

ROOT = Path(__file__).parents[2]


def test_the_document_has_exactly_the_promised_keys(make: Callable[..., Assessment]) -> None:
    document = json.loads(render(make(timelines=(), loads=())))
    assert list(document) == ["schema", "system", "subject", "profile", "findings", "facts", "decision"]
    assert document["schema"] == "gonogo/assessment/1"
    assert list(document["findings"][0]) == ["control", "outcome", "severity", "method", "summary", "evidence", "fix"]
    assert list(document["findings"][0]["evidence"][0]) == ["path", "line", "detail"]
    assert list(document["decision"]) == ["verdict", "blockers", "waived", "not_collected", "expires"]


def test_journeys_of_the_lab_stand_beside_the_findings_that_name_them(assessment: Assessment) -> None:
    document = json.loads(render(assessment))
    (shown,) = document["timelines"]
    named = [e.get("journey") for f in document["findings"] for e in f["evidence"]]
    assert shown["journey"] in named
    assert shown["replay"].startswith("gonogo lab --scenario ")


def test_load_runs_stand_with_their_curves(assessment: Assessment) -> None:
    shown = json.loads(render(assessment))["loads"]
    assert [load["stage"] for load in shown] == ["normal", "overload", "held-300"]
    assert shown[0]["table"][2]["high_s"] is None


def test_it_is_one_document_and_one_line_end(assessment: Assessment) -> None:
    text = render(assessment)
    assert text.endswith("}\n") and not text.endswith("\n\n")
    json.loads(text)


def test_the_findings_are_those_of_the_assessment(assessment: Assessment) -> None:
    document = json.loads(render(assessment))
    assert [(f["control"], f["method"]) for f in document["findings"]] == [
        (f.control, f.method) for f in assessment.findings
    ]
    assert document["findings"][1]["evidence"][4] == {
        "path": "app/rag.py",
        "line": 9,
        "detail": "client made without timeout",
    }
    assert document["decision"]["blockers"] == list(assessment.decision.blockers)


def test_the_document_fits_its_schema_even_when_hostile(
    assessment: Assessment, corpus: list[tuple[str, Assessment, object]]
) -> None:
    Draft202012Validator.check_schema(schema())
    validator = Draft202012Validator(schema())
    for one in (assessment, *(a for _, a, _ in corpus)):
        assert list(validator.iter_errors(json.loads(render(one)))) == []


def test_the_schema_refuses_what_is_not_an_assessment(assessment: Assessment) -> None:
    validator = Draft202012Validator(schema())
    document = json.loads(render(assessment))
    for spoil in (
        lambda d: d.pop("decision"),
        lambda d: d.update(extra=1),
        lambda d: d["findings"][0].update(outcome="green"),
        lambda d: d["decision"].update(verdict="MAYBE"),
        lambda d: d.update(schema="gonogo/assessment/2"),
    ):
        spoiled = json.loads(json.dumps(document))
        spoil(spoiled)
        assert list(validator.iter_errors(spoiled))


def test_the_committed_schema_is_the_generated_one() -> None:
    assert (ROOT / "docs" / FILE).read_text(encoding="utf-8") == pages()[FILE]


def test_an_empty_assessment_is_a_document_too(make: Callable[..., Assessment]) -> None:
    assert json.loads(render(make(findings=(), facts={})))["findings"] == []
