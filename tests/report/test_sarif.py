"""Validity is judged twice: by the official schema, and by what GitHub's documentation asks for beyond it.

The schema is not ours to copy. It is read from the source archive of `sarif-om` (PyPI, MIT), which `make pytest`
fetches without installing it, and, where GONOGO_SARIF_SCHEMA names a file, from that file too.
"""

from __future__ import annotations

import json
import os
import re
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from gonogo.catalog.control import Catalog
from gonogo.facts import Assessment, Decision, Evidence
from gonogo.report.sarif import MAX_RESULTS, MAX_TAGS, render

FETCHED = Path(__file__).parents[2] / ".uv" / "share" / "tests"
GET = f"no SARIF schema in {FETCHED}: `make pytest` fetches it, or name a file in GONOGO_SARIF_SCHEMA"


def _schemas() -> Iterator[tuple[str, dict[str, Any]]]:
    named = os.environ.get("GONOGO_SARIF_SCHEMA")
    if named:
        yield named, json.loads(Path(named).read_text(encoding="utf-8"))
    for archive in sorted(FETCHED.glob("sarif_om-*.tar.gz")):
        with tarfile.open(archive) as tar:
            for member in tar.getmembers():
                file = tar.extractfile(member) if re.search(r"/sarif-2\.1\.0-rtm\.\d\.json$", member.name) else None
                if file:
                    yield member.name, json.load(file)


@pytest.fixture(scope="module")
def validators() -> dict[str, Any]:
    found = {}
    for name, schema in _schemas():
        maker = jsonschema.validators.validator_for(schema)
        maker.check_schema(schema)
        found[name] = maker(schema, format_checker=maker.FORMAT_CHECKER)
    if not found:
        print(GET)
        if os.environ.get("GONOGO_NO_SKIP") == "1":
            pytest.fail(GET)
        pytest.skip(GET)
    return found


def log(assessment: Assessment, catalog: Catalog, **how: Any) -> dict[str, Any]:
    return json.loads(render(assessment, catalog, **how))


def run(assessment: Assessment, catalog: Catalog, **how: Any) -> dict[str, Any]:
    return log(assessment, catalog, **how)["runs"][0]


def test_every_log_is_valid_by_the_official_schema(
    validators: dict[str, Any],
    assessment: Assessment,
    make: Callable[..., Assessment],
    catalog: Catalog,
    corpus: list[tuple[str, Assessment, Catalog]],
) -> None:
    empty = make(findings=(), decision=msgspec.structs.replace(assessment.decision, results=()))
    compared = make(new=(("reliability.timeouts", "scan"),))
    for validator in validators.values():
        for one, known in [
            (assessment, catalog),
            (empty, catalog),
            (compared, catalog),
            *((a, c) for _, a, c in corpus),
        ]:
            assert [e.message[:200] for e in validator.iter_errors(log(one, known))] == []


def test_the_schema_is_strict_enough_to_refuse_a_misspelt_property(
    validators: dict[str, Any], assessment: Assessment, catalog: Catalog
) -> None:
    spoiled = log(assessment, catalog)
    spoiled["runs"][0]["results"][0]["level"] = "fatal"
    assert all(list(validator.iter_errors(spoiled)) for validator in validators.values())


def test_github_shows_rules_by_name_description_and_help(assessment: Assessment, catalog: Catalog) -> None:
    # docs.github.com, "SARIF support for code scanning": reportingDescriptor object
    for rule in run(assessment, catalog)["tool"]["driver"]["rules"]:
        assert 0 < len(rule["id"]) <= 255 and 0 < len(rule["name"]) <= 255
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"] and rule["help"]["markdown"]
        assert rule["defaultConfiguration"]["level"] in {"note", "warning", "error"}
        assert rule["properties"]["precision"] in {"very-high", "high", "medium", "low"}
        assert rule["properties"]["problem.severity"] in {"error", "warning", "recommendation"}
        assert len(rule["properties"]["tags"]) <= MAX_TAGS


def test_github_ranks_security_rules_by_a_score(assessment: Assessment, catalog: Catalog) -> None:
    # same page: above 9.0 is critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low; only with the tag `security`
    rules = {r["id"]: r["properties"] for r in run(assessment, catalog)["tool"]["driver"]["rules"]}
    for properties in rules.values():
        assert ("security" in properties["tags"]) == ("security-severity" in properties)
    assert float(rules["security-input.secrets"]["security-severity"]) > 9.0
    assert "security" in rules["access.authentication"]["tags"]
    assert "security" not in rules["reliability.timeouts"]["tags"]


def test_github_needs_a_rule_a_message_a_file_and_a_fingerprint_for_each_result(
    assessment: Assessment, catalog: Catalog, corpus: list[tuple[str, Assessment, Catalog]]
) -> None:
    # same page: result, location and physicalLocation objects; URIs relative to the root, no scheme, no dots
    for one, known in [(assessment, catalog), *((a, c) for _, a, c in corpus)]:
        told = run(one, known)
        rules = told["tool"]["driver"]["rules"]
        prints = [r["partialFingerprints"]["primaryLocationLineHash"] for r in told["results"]]
        assert len(set(prints)) == len(prints)
        for result in told["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            assert result["message"]["text"].strip()
            (location,) = result["locations"]
            artifact = location["physicalLocation"]["artifactLocation"]
            assert artifact["uriBaseId"] == "%SRCROOT%"
            assert re.fullmatch(r"[A-Za-z0-9._~%/-]+", artifact["uri"]) and not artifact["uri"].startswith("/")
            assert ".." not in artifact["uri"].split("/")
            assert location["physicalLocation"].get("region", {"startLine": 1})["startLine"] >= 1


def test_only_what_failed_or_cannot_be_told_is_a_result(assessment: Assessment, catalog: Catalog) -> None:
    told = run(assessment, catalog)
    assert {r["ruleId"] for r in told["results"]} == {
        "security-input.secrets",
        "reliability.timeouts",
        "access.authentication",
        "rollout.model-pinned",
    }
    assert {r["id"] for r in told["tool"]["driver"]["rules"]} == {r["ruleId"] for r in told["results"]}


def test_every_place_is_a_result_of_its_own_at_its_line(assessment: Assessment, catalog: Catalog) -> None:
    places = [
        (
            r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            r["locations"][0]["physicalLocation"]["region"],
        )
        for r in run(assessment, catalog)["results"]
        if r["ruleId"] == "reliability.timeouts"
    ]
    assert [(path, region["startLine"]) for path, region in places] == [
        ("app/llm.py", 41),
        ("app/llm.py", 88),
        ("app/llm.py", 120),
        ("app/llm.py", 131),
        ("app/rag.py", 9),
    ]


def test_a_live_answer_is_shown_at_the_file_that_answers_for_the_system(
    assessment: Assessment, make: Callable[..., Assessment], catalog: Catalog
) -> None:
    def at(told: dict[str, Any]) -> tuple[str, str]:
        result = next(r for r in told["results"] if r["ruleId"] == "access.authentication")
        physical = result["locations"][0]["physicalLocation"]
        assert "region" not in physical
        return physical["artifactLocation"]["uri"], result["message"]["text"]

    uri, message = at(run(assessment, catalog))
    assert uri == "gonogo.yaml"
    assert "GET http://127.0.0.1:8000/answer?q=1: 401 with good credentials." in message
    assert at(run(make(drafted=True), catalog))[0] == "README.md"
    assert at(run(assessment, catalog, anchor="docs/a b.md"))[0] == "docs/a%20b.md"


def test_fingerprints_stay_when_lines_move(assessment: Assessment, catalog: Catalog) -> None:
    def moved(by: int) -> Assessment:
        def shift(e: Evidence) -> Evidence:
            return Evidence(e.path, e.line + by if e.line else None, e.detail)

        results = tuple(
            msgspec.structs.replace(
                r,
                findings=tuple(msgspec.structs.replace(f, evidence=tuple(map(shift, f.evidence))) for f in r.findings),
            )
            for r in assessment.decision.results
        )
        return msgspec.structs.replace(
            assessment, decision=msgspec.structs.replace(assessment.decision, results=results)
        )

    def prints(one: Assessment) -> list[str]:
        return [r["partialFingerprints"]["primaryLocationLineHash"] for r in run(one, catalog)["results"]]

    assert prints(moved(0)) == prints(moved(17))


def test_waived_findings_stay_and_are_suppressed(assessment: Assessment, catalog: Catalog) -> None:
    (waived,) = [r for r in run(assessment, catalog)["results"] if r["ruleId"] == "rollout.model-pinned"]
    assert waived["suppressions"][0]["justification"].startswith("the provider retires the alias")
    assert sum("suppressions" in r for r in run(assessment, catalog)["results"]) == 1


def test_a_comparison_says_what_is_new(make: Callable[..., Assessment], catalog: Catalog) -> None:
    told = run(make(new=(("reliability.timeouts", "scan"),)), catalog)
    assert {r["ruleId"] for r in told["results"] if r["baselineState"] == "new"} == {"reliability.timeouts"}
    assert all("baselineState" not in r for r in run(make(), catalog)["results"])


def test_too_many_results_are_cut_to_the_worst_and_said(
    assessment: Assessment, make: Callable[..., Assessment], decide: Callable[..., Decision], catalog: Catalog
) -> None:
    # docs.github.com, "SARIF results exceed limits": 25,000 results are refused, 5,000 kept
    base = {r.control: r for r in assessment.decision.results}
    places = tuple(Evidence(f"a/f{n}.py", 1, "x") for n in range(MAX_RESULTS + 10))
    timeouts = base["reliability.timeouts"]
    flooded = msgspec.structs.replace(
        timeouts, findings=(msgspec.structs.replace(timeouts.findings[0], evidence=places),)
    )
    told = run(make(decision=decide(results=(flooded, base["security-input.secrets"]))), catalog)
    assert len(told["results"]) == MAX_RESULTS
    assert told["results"][0]["ruleId"] == "security-input.secrets"
    said = [n["message"]["text"] for n in told["invocations"][0]["toolExecutionNotifications"]]
    assert any(text.startswith("11 of 5011 results were left out") for text in said)


def test_broken_checks_and_unread_files_are_notifications(assessment: Assessment, catalog: Catalog) -> None:
    notes = run(assessment, catalog)["invocations"][0]["toolExecutionNotifications"]
    assert {n["level"] for n in notes} == {"warning", "error"}


def test_each_profile_and_environment_is_an_analysis_of_its_own(
    make: Callable[..., Assessment], catalog: Catalog
) -> None:
    ids = {
        run(make(), catalog)["automationDetails"]["id"],
        run(make(environment=None), catalog)["automationDetails"]["id"],
        run(make(profile="minimum"), catalog)["automationDetails"]["id"],
    }
    assert len(ids) == 3 and all(i.endswith("/") for i in ids)
