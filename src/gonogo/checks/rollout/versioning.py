"""The version of the API, by the lab: clients can see it, and those of the previous release go on working."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gonogo.checks.check import Answer, check, failed, inconclusive, not_applicable, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import Declaration, Evidence, Exchange, Measure, OperationCall, ScenarioRun, SuiteRun

_IN_PATH = re.compile(r"/(?:v\d+(?:\.\d+)*|\d{4}-\d\d(?:-\d\d)?)(?=[/?]|$)", re.IGNORECASE)
_IN_TYPE = re.compile(r"\.v\d+(?:\.\d+)*(?=\+|;|$)|;\s*version=", re.IGNORECASE)
_HEADERS = ("api-version", "x-api-version")
_GOOD = ("example", "schema")


@check(
    "rollout.api-versioning",
    by="lab",
    scenario="api-versioning",
    needs=(Declaration, Journey, ScenarioRun, OperationCall, SuiteRun, Measure),
    optional=(OperationCall, SuiteRun, Measure),
)
def api_versioning_by_lab(
    declarations: list[Declaration],
    journeys: list[Journey],
    runs: list[ScenarioRun],
    calls: list[OperationCall],
    suites: list[SuiteRun],
    measures: list[Measure],
) -> Answer:
    """What the previous release promised is kept: its contract tests pass; the version is in each path or header."""
    system = declarations[-1].system
    if system.deployment and system.deployment.first_release:
        return not_applicable("nothing of it has been in production yet, so no client has an older version")
    if bad := unhealthy(journeys):
        return bad
    if not any("current" in run.cases for run in runs):
        return inconclusive(
            f"what clients of the previous release get was not tried: {runs[-1].cut.get('current', 'it was cut')}",
            fix="tag each release, or name the last one: deployment.previous in gonogo.yaml",
        )
    release = next((m.text for m in measures if m.name == "release"), "the previous release")
    broken = [*_operations(calls, release), *_tests(suites, release)]
    if broken:
        return failed(
            f"{counted(broken, 'promise', 'promises')} of {release} {'is' if len(broken) == 1 else 'are'} broken",
            broken[:8],
        )
    header = (system.service and system.service.api_version_header) or None
    sent = [j for j in of(journeys, "healthy") if j.exchange.method != "COMMAND"]
    silent = {j.exchange.name: j for j in sent if not _stated(j.exchange, header)}
    if silent:
        return failed(
            f"no version of the API is in the path or a header of {', '.join(sorted(silent))}",
            list(silent.values()),
            fix="Put the version into the path (/v1/...), or into the header API-Version of each response.",
        )
    if unsure := unplayed(runs, "previous") or _unsure(calls, suites, release):
        return unsure
    kept = sum(c.case == "current" for c in calls)
    tests = "its contract tests pass, " if suites else ""
    return passed(f"{release}: {tests}{counted(range(kept), 'request', 'requests')} by its document are answered as "
                  "promised; the version of the API is seen in each")  # fmt: skip


def _operations(calls: Sequence[OperationCall], release: str) -> Iterator[Evidence]:
    """Yield where this release answers otherwise than the document of the previous one says, and that one did."""
    before = {_place(c): c for c in calls if c.case == "previous"}
    for call in (c for c in calls if c.case == "current"):
        then = before.get(_place(call))
        if then is not None and _differs(then):
            continue  # the release did not keep this promise itself
        said = _differs(call)
        if not said and call.source in _GOOD and then is not None and _well(then) and not _well(call):
            said = f"{call.status}, and it was {then.status}"
        if said:
            what = f"{call.source} {call.name} of {release}".replace("  ", " ")
            yield Evidence(f"{call.method} {call.route}", None, f"{what}: {said}")


def _place(call: OperationCall) -> tuple[str, ...]:
    return call.method, call.route, call.source, call.name


def _well(call: OperationCall) -> bool:
    return call.status is not None and call.status < 300


def _differs(call: OperationCall) -> str:
    """Say what a response has that a client of the document cannot read; what is new in it hurts nobody."""
    if call.status is None:
        return call.error or "no answer"
    unknown = [u for u in call.undocumented if not u.startswith("field ")]
    if unknown or call.mismatches:
        return ", ".join([*unknown, *call.mismatches])
    return str(call.status) if call.status >= 500 and call.source != "limited" else ""


def _tests(suites: Sequence[SuiteRun], release: str) -> Iterator[Evidence]:
    """Yield the contract tests that the previous release passes and this one does not."""
    passed_then = any(s.case == "previous" and s.exit_code == 0 for s in suites)
    for suite in suites:
        if suite.case == "current" and suite.exit_code != 0 and passed_then:
            how = "did not end" if suite.exit_code is None else f"ended with {suite.exit_code}"
            last = suite.said.strip().splitlines()[-1:] or [""]
            yield Evidence(" ".join(suite.command), None, f"the contract tests of {release} {how}: {last[0]}")


def _unsure(calls: Sequence[OperationCall], suites: Sequence[SuiteRun], release: str) -> Answer | None:
    """Say that what was tried tells too little; None where it is enough."""
    if not calls and not suites:
        return inconclusive(
            f"{release} has neither contract tests nor an OpenAPI document",
            fix="declare service.contract, the command of its contract tests, or service.openapi in gonogo.yaml",
        )
    wrong = [s for s in suites if s.case == "previous" and s.exit_code != 0]
    if wrong:
        last = wrong[-1].said.strip().splitlines()[-1:] or [""]
        return inconclusive(
            f"the contract tests of {release} fail for that release itself",
            [Evidence(" ".join(wrong[-1].command), None, last[0])],
        )
    every = {(c.method, c.route) for c in calls}
    well = {(c.method, c.route) for c in calls if c.case == "previous" and c.source in _GOOD and _well(c)}
    if not suites and (untried := sorted(every - well)):
        shown = ", ".join(f"{method} {route}" for method, route in untried[:5])
        return inconclusive(
            f"{release} itself answers no request by its document well at {shown}",
            fix="give each operation an example in the document that works, or declare service.contract",
        )
    return None


def _stated(exchange: Exchange, header: str | None) -> bool:
    """Whether a client sees the version of the API: in the path, in a header, or in the media type."""
    names = [header.lower()] if header else _HEADERS
    given = {k.lower(): v for k, v in (*exchange.request_headers.items(), *exchange.headers.items())}
    return (
        bool(_IN_PATH.search(exchange.url))
        or any(given.get(name, "").strip() for name in names)
        or bool(_IN_TYPE.search(exchange.headers.get("content-type", "")))
    )
