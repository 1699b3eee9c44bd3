from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as ET

from gonogo.catalog.control import Catalog
from gonogo.facts import Assessment, Decision
from gonogo.report.junit import render


def cases(assessment: Assessment, catalog: Catalog) -> dict[str, str]:
    root = ET.fromstring(render(assessment, catalog))
    return {
        f"{c.get('classname', '').removeprefix('gonogo.')}.{c.get('name')}": c[0].tag if len(c) else "passed"
        for c in root.iter("testcase")
    }


def test_each_proof_of_each_control_is_one_case(assessment: Assessment, catalog: Catalog) -> None:
    assert cases(assessment, catalog) == {
        "decision.verdict": "failure",
        "access.authentication (lab)": "error",
        "access.authentication (probe)": "error",
        "cost.budget (attest)": "error",
        "cost.output-limit (scan)": "passed",
        "observability.health (scan)": "passed",
        "observability.health (probe)": "error",
        "observability.logs (scan)": "error",
        "performance.load (load)": "skipped",
        "quality.evals (eval)": "passed",
        "readiness.runbook (scan)": "passed",
        "readiness.runbook (attest)": "skipped",
        "reliability.timeouts (scan)": "failure",
        "retrieval.filters (lab)": "skipped",
        "rollout.model-pinned (scan)": "skipped",
        "rollout.rollback (drill)": "error",
        "rollout.rollback (scan)": "passed",
        "security-input.secrets (scan)": "failure",
    }


def test_a_no_go_is_never_green(
    make: Callable[..., Assessment], decide: Callable[..., Decision], catalog: Catalog
) -> None:
    only_law = make(decision=decide(results=(), blockers=(), reasons=("the law changed",)))
    root = ET.fromstring(render(only_law, catalog))
    assert root.get("failures") == "1"
    assert root.find(".//failure").get("message") == "NO-GO: the law changed"  # type: ignore[union-attr]


def test_a_go_has_no_failure(
    make: Callable[..., Assessment], decide: Callable[..., Decision], catalog: Catalog
) -> None:
    passing = tuple(r for r in decide().results if r.outcome in ("pass", "not-applicable"))
    root = ET.fromstring(render(make(decision=decide("GO", results=passing, reasons=(), blockers=())), catalog))
    assert (root.get("failures"), root.get("errors")) == ("0", "0")


def test_the_sums_are_the_sums_of_the_suites(assessment: Assessment, catalog: Catalog) -> None:
    root = ET.fromstring(render(assessment, catalog))
    for key in ("tests", "failures", "errors", "skipped"):
        assert int(root.get(key, "-1")) == sum(int(s.get(key, "-1")) for s in root)
    assert root.get("tests") == str(len(list(root.iter("testcase"))))
    assert root.get("failures") == str(len(list(root.iter("failure"))))


def test_a_failure_tells_where_why_and_how_to_mend(assessment: Assessment, catalog: Catalog) -> None:
    root = ET.fromstring(render(assessment, catalog))
    (case,) = [c for c in root.iter("testcase") if c.get("name") == "timeouts (scan)"]
    assert case[0].get("message") == "5 of 6 call sites set no timeout"
    text = case[0].text or ""
    assert "app/llm.py:41  the SDK waits 600 s" in text
    assert "why: A hung call" in text and "fix: Give the client" in text


def test_a_waived_failure_is_a_skip_that_says_so(assessment: Assessment, catalog: Catalog) -> None:
    root = ET.fromstring(render(assessment, catalog))
    (case,) = [c for c in root.iter("testcase") if c.get("name") == "model-pinned (scan)"]
    assert case[0].get("message") == "waived: gpt-4o is an alias"
