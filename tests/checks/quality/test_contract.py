"""What the proofs on the API's contract say of operations that are missed, broken, open, or not described."""

import pytest

from gonogo.facts import OperationCall, ScenarioRun
from tests.checks.lab_facts import changed, facts_of, judged

CONTRACT, DOC = "quality.contract-tests", "readiness.api-doc"


def of(control, chosen, **fields):
    return judged(control, changed(facts_of(control), OperationCall, chosen, **fields))


@pytest.mark.parametrize("control", [CONTRACT, DOC])
def test_without_a_document_nothing_is_shown(control):
    facts = changed(
        facts_of(control), ScenarioRun, lambda run: True, cases=("healthy",), cut={"operations": "there is none"}
    )
    finding = judged(control, facts)
    assert finding.outcome == "inconclusive"
    assert "service: {openapi: PATH}" in finding.fix


@pytest.mark.parametrize(
    ("source", "fields", "said"),
    [
        ("schema", {"status": 500}, "schema valid: 500"),
        ("away", {"mismatches": ("/: 'error' is a required property",)}, "is a required property"),
        ("malformed", {"status": 200}, "it is accepted with 200"),
        ("example", {"status": None, "error": "timeout"}, "timeout"),
        ("journey", {"undocumented": ("status 200",)}, "status 200"),
    ],
)
def test_a_response_that_differs_from_the_document_is_named(source, fields, said):
    finding = of(CONTRACT, lambda c: c.source == source and c.method == "POST", **fields)
    assert finding.outcome == "fail"
    assert any(said in e.detail for e in finding.evidence)


def test_a_guarded_operation_that_is_served_without_a_credential_fails():
    finding = of(CONTRACT, lambda c: c.source == "example", source="unauthenticated", name="no credential")
    assert any("it is served with 200" in e.detail for e in finding.evidence)


def test_an_operation_that_never_answered_well_is_not_covered():
    finding = of(CONTRACT, lambda c: c.route == "/sort" and c.status == 200, status=422)
    assert finding.summary == "1 operation of 2 never answered a valid request well"


def test_a_field_that_is_not_documented_is_a_matter_of_the_documentation():
    fields = {"undocumented": ("field /model",)}
    assert of(CONTRACT, lambda c: c.source == "schema", **fields).outcome == "pass"
    assert of(DOC, lambda c: c.source == "schema", **fields).outcome == "fail"


def test_an_endpoint_that_is_not_documented_is_named():
    finding = of(DOC, lambda c: c.source == "journey", documented=False)
    assert [(e.path, e.detail) for e in finding.evidence] == [("POST /sort", "the endpoint (journey)")]


def test_a_difference_between_the_written_and_the_served_document_is_named():
    name = "in the written document alone"
    finding = of(DOC, lambda c: c.source == "journey", documented=False, source="published", name=name, status=None)
    assert name in finding.evidence[0].detail


def test_an_example_that_does_not_work_fails():
    assert of(DOC, lambda c: c.source == "example", status=422).summary == "1 of 1 documented example does not work"
