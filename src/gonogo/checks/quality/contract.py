"""Quality, by the lab: each operation of the OpenAPI document is tried, and its responses are as the document says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.checks.check import Answer, check, failed, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import Evidence, OperationCall, ScenarioRun

_GOOD = ("journey", "example", "schema")
"""Requests that are to be answered well."""


@check(
    "quality.contract-tests",
    by="lab",
    scenario="contract-tests",
    needs=(Journey, ScenarioRun, OperationCall),
    optional=(OperationCall,),
)
def contract_tests_by_lab(
    journeys: list[Journey], runs: list[ScenarioRun], calls: list[OperationCall], limits: Any
) -> Answer:
    """Each operation answers a valid request well; every response, of errors too, matches the document."""
    if bad := unhealthy(journeys) or undescribed(runs):
        return bad
    tried = [c for c in calls if c.documented and c.source != "published"]
    wrong = [(c, said) for c in tried if (said := _wrong(c))]
    if wrong:
        return failed(
            f"{counted(wrong, 'response differs', 'responses differ')} from the OpenAPI document",
            [shown(c, said) for c, said in wrong[:8]],
            fix="Correct what the operation answers, or the document.",
        )
    every = sorted({(c.method, c.route) for c in tried})
    well = {(c.method, c.route) for c in tried if c.source in _GOOD and 200 <= (c.status or 0) < 300}
    if 100 * len(well) < limits.operations_covered * len(every):
        missed = [one for one in every if one not in well]
        last = {(c.method, c.route): c for c in tried if c.source in _GOOD}
        return failed(
            f"{counted(missed, 'operation', 'operations')} of {len(every)} never answered a valid request well",
            [shown(last[m], f"{last[m].source} {last[m].name}: {_status(last[m])}") for m in missed if m in last],
            fix="Give each operation an example in the document that works.",
        )
    errors = sum(c.source not in _GOOD for c in tried)
    return passed(
        f"{counted(every, 'operation', 'operations')}: {len(tried) - errors} good requests and {errors} bad ones are "
        "answered as the OpenAPI document says"
    )


def undescribed(runs: Sequence[ScenarioRun]) -> Answer | None:
    """Say that there is no document to hold the app against."""
    bad = unplayed(runs, "operations", "away")
    if bad is None:
        return None
    return Answer(
        outcome="inconclusive", summary=bad.summary,
        fix="serve the OpenAPI document at /openapi.json, or name it: service: {openapi: PATH} in gonogo.yaml",
    )  # fmt: skip


def shown(call: OperationCall, said: str) -> Evidence:
    """Return a call as evidence."""
    return Evidence(f"{call.method} {call.route}", None, said)


def _wrong(call: OperationCall) -> str:
    """Say how a response differs from what the document promises of such a request; nothing where it does not."""
    what = f"{call.source} {call.name}".strip()
    if call.status is None:
        return f"{what}: {_status(call)}"
    statuses = [u for u in call.undocumented if not u.startswith("field ")]
    if statuses or call.mismatches:
        return f"{what}: {', '.join([*statuses, *call.mismatches])}"
    if call.source == "malformed" and call.status < 400:
        return f"{what}: it is accepted with {call.status}"
    if call.source == "unauthenticated" and call.status < 400:
        return f"{what}: it is served with {call.status}"
    if call.status >= 500 and call.source not in ("away", "limited"):
        return f"{what}: {call.status}"
    return ""


def _status(call: OperationCall) -> str:
    return str(call.status) if call.status is not None else call.error or "no answer"
