"""What the proof on the version of the API says of promises that are broken, kept, or were never kept."""

import dataclasses

import pytest

from gonogo.facts import Declaration, Exchange, OperationCall, ScenarioRun, SuiteRun
from tests.checks.lab_facts import changed, declared_system, facts_of, judged, without

VERSIONS = "rollout.api-versioning"


def call(source="example", case="current", method="POST", **fields):
    chosen = lambda c: (c.case, c.source, c.method) == (case, source, method)  # noqa: E731
    return lambda facts: changed(facts, OperationCall, chosen, **fields)


def suite_ends(case, code):
    return lambda facts: changed(facts, SuiteRun, lambda s: s.case == case, exit_code=code, said="AssertionError: no")


def after(*changes):
    facts = facts_of(VERSIONS)
    for change in changes:
        facts = change(facts)
    return judged(VERSIONS, facts)


@pytest.mark.parametrize(
    "broken",
    [
        call(status=404),
        call(status=422),
        call(status=None, error="reset"),
        call(status=503),
        call(undocumented=("status 201",)),
        call(undocumented=("content type text/html with status 200",)),
        call("malformed", mismatches=("/: 'error' is a required property",)),
        suite_ends("current", 1),
        suite_ends("current", None),
    ],
)
def test_what_clients_of_the_previous_release_can_no_longer_rely_on_fails(broken):
    found = after(broken)
    assert found.outcome == "fail"
    assert "of v1.0.0 " in found.summary


@pytest.mark.parametrize("kept", [call(undocumented=("field /model",)), call("malformed", status=200)])
def test_what_is_new_breaks_nothing(kept):
    assert after(kept).outcome == "pass"


def test_a_promise_that_the_previous_release_broke_itself_is_no_promise():
    assert after(call(mismatches=("/x: y",)), call(case="previous", mismatches=("/x: y",))).outcome == "pass"


def test_tests_that_fail_for_their_own_release_leave_it_open():
    found = after(suite_ends("current", 1), suite_ends("previous", 1))
    assert (found.outcome, found.evidence[0].detail) == ("inconclusive", "AssertionError: no")


def test_a_document_whose_operations_the_previous_release_never_answered_well_leaves_it_open():
    never = [call(source, case, status=422) for source in ("example", "schema") for case in ("previous", "current")]
    assert after(*never, lambda facts: without(facts, SuiteRun)).outcome == "inconclusive"
    assert after(*never).outcome == "pass", "the contract tests reach what the document does not"


def test_a_release_that_promises_nothing_in_writing_leaves_it_open():
    found = after(lambda facts: without(facts, SuiteRun), lambda facts: without(facts, OperationCall))
    assert "service.contract" in found.fix


def test_a_previous_release_that_does_not_start_leaves_a_pass_open_and_no_failure():
    cut = lambda facts: changed(  # noqa: E731
        [f for f in facts if getattr(f, "case", "") != "previous"], ScenarioRun, lambda r: True,
        cases=("healthy", "current"), cut={"previous": "v1.0.0 does not start"},
    )  # fmt: skip
    assert after(cut).outcome == "inconclusive"
    assert after(cut, call(undocumented=("status 404",))).outcome == "fail"


def test_no_previous_release_leaves_it_open_unless_there_is_none_yet():
    none = lambda facts: changed(  # noqa: E731
        facts, ScenarioRun, lambda r: True, cases=("healthy",), cut={"current": "there is no previous release"}
    )
    assert "deployment.previous" in after(none).fix
    facts = none(facts_of(VERSIONS))
    system = next(f for f in facts if isinstance(f, Declaration)).system
    first = declared_system(facts, deployment=dataclasses.replace(system.deployment, first_release=True))
    assert judged(VERSIONS, first).outcome == "not-applicable"


def stated(url="http://127.0.0.1:8000/sort", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda facts: changed(facts, Exchange, lambda e: e.case == "healthy", url=url, headers=named)


def test_a_version_that_no_client_can_see_fails():
    found = after(stated())
    assert (found.outcome, found.summary) == ("fail", "no version of the API is in the path or a header of sort")


@pytest.mark.parametrize(
    "seen",
    [
        stated("http://127.0.0.1:8000/v2/sort"),
        stated("http://127.0.0.1:8000/api/v1.1?x=y"),
        stated(x_api_version="2"),
        stated(content_type="application/vnd.sorter.v2+json"),
    ],
)
def test_the_version_may_be_in_the_path_a_header_or_the_media_type(seen):
    assert after(seen).outcome == "pass"


def test_a_header_that_is_declared_is_the_one():
    facts = facts_of(VERSIONS)
    system = next(f for f in facts if isinstance(f, Declaration)).system
    own = declared_system(facts, service=dataclasses.replace(system.service, api_version_header="Sorter-Version"))
    assert judged(VERSIONS, own).outcome == "fail"
    assert judged(VERSIONS, stated(sorter_version="2026-06-01")(own)).outcome == "pass"
