from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from typing import Any

from gonogo.catalog.control import Catalog
from gonogo.facts import Assessment, Decision
from gonogo.report.oscal import render

TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9.\-_]*\Z")


def results(assessment: Assessment, catalog: Catalog) -> dict[str, Any]:
    return json.loads(render(assessment, catalog))["assessment-results"]


def test_every_proof_with_evidence_is_an_observation_and_every_control_that_applies_a_finding(
    assessment: Assessment, catalog: Catalog
) -> None:
    (result,) = results(assessment, catalog)["results"]
    seen = [f for r in assessment.decision.results if r.outcome != "not-applicable" for f in r.findings if f.seen_at]
    assert len(result["observations"]) == len(seen)
    assert len(result["findings"]) == 12
    states = {f["target"]["target-id"]: f["target"]["status"]["state"] for f in result["findings"]}
    assert {k for k, v in states.items() if v == "satisfied"} == {
        "readiness.runbook",
        "quality.evals",
        "cost.output-limit",
    }


def test_findings_rest_on_observations_that_are_there(assessment: Assessment, catalog: Catalog) -> None:
    (result,) = results(assessment, catalog)["results"]
    known = {o["uuid"] for o in result["observations"]}
    related = {r["observation-uuid"] for f in result["findings"] for r in f.get("related-observations", ())}
    assert related == known


def test_ids_are_unique_lawful_and_the_same_each_time(assessment: Assessment, catalog: Catalog) -> None:
    text = render(assessment, catalog)
    assert text == render(assessment, catalog)
    ids = re.findall(r'"uuid": "([^"]+)"', text)
    assert len(set(ids)) == len(ids)
    assert all(uuid.UUID(i).version == 5 for i in ids)


def test_hostile_ids_become_tokens_and_no_text_is_empty(corpus: list[tuple[str, Assessment, Catalog]]) -> None:
    for _, assessment, catalog in corpus:
        (result,) = results(assessment, catalog)["results"]
        for selected in result["reviewed-controls"]["control-selections"][0]["include-controls"]:
            assert TOKEN.match(selected["control-id"])
        for told in (*result["observations"], *result["findings"]):
            assert told["title"].strip() and told["description"].strip()


def test_an_assessment_without_controls_is_still_a_document(
    make: Callable[..., Assessment], decide: Callable[..., Decision], catalog: Catalog
) -> None:
    (result,) = results(make(findings=(), decision=decide(results=())), catalog)["results"]
    assert "findings" not in result and "observations" not in result  # OSCAL has no empty lists
