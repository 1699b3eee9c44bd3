"""Unusual inputs and outputs, by the lab: what the app flagged, held against what was ordinary and what was not."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatch
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of, unhealthy, unplayed
from gonogo.checks.records import records
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, Declaration, Evidence, ScenarioRun

_KINDS = {
    "long-questions": "long questions", "long-answers": "long answers", "language": "a foreign language",
    "refusals": "a burst of refusals", "repetition": "the same again and again",
    "hostile-questions": "hostile questions", "hostile-answers": "hostile answers",
}  # fmt: skip
_REASON = ("reason", "reasons", "why", "rule", "rules", "category", "kind", "flag", "anomaly", "detector")
"""Names under which a flag tells its reason."""


@check(
    "observability.io-anomalies",
    by="lab",
    scenario="io-anomalies",
    needs=(Journey, Declaration, ScenarioRun, AppLog),
    optional=(AppLog,),
)
def io_anomalies_by_lab(
    journeys: list[Journey], declared: list[Declaration], runs: list[ScenarioRun], lines: list[AppLog], limits: Any
) -> Answer:
    """Each kind of outlier stands in the queue with a reason, and ordinary traffic hardly ever does."""
    if bad := unhealthy(journeys) or unplayed(runs, "ordinary", *_KINDS):
        return bad
    queue = next((d.system.lab.flags for d in declared if d.system.lab), None)
    if queue is None:
        return inconclusive(
            "where flagged inputs and outputs are queued is not declared", fix="lab: {flags: FILE} in gonogo.yaml"
        )
    flags = [(line, record) for line, record in records(lines) if fnmatch(line.stream, queue)]
    ordinary = of(journeys, "ordinary")
    unanswered = [j for j in ordinary if not j.answered]
    if unanswered:
        return inconclusive(f"{len(unanswered)} of {len(ordinary)} ordinary requests got no answer", unanswered[:3])
    missed = [case for case in _KINDS if not _flagged(flags, of(journeys, case))]
    if missed:
        return failed(
            f"nobody is told of {' and '.join(_KINDS[case] for case in missed)}: the queue has no flag",
            [(j, f"{case}: {j.exchange.said[:80]}") for case in missed for j in of(journeys, case)[:1]],
        )
    bare = [line for line, record in flags if not _reason(record)]
    if bare:
        return failed("flags stand in the queue without a reason", [Evidence(bare[0].stream, None, bare[0].text[:160])])
    reasons = {case: {_reason(r) for _, r in _flagged(flags, of(journeys, case))} for case in _KINDS}
    if len(set.union(*reasons.values())) == 1:
        return failed(
            "every flag has the same reason", [Evidence(queue, None, reason) for reason in reasons["language"]]
        )
    false = _flagged(flags, ordinary)
    traced = {j.exchange.journey for j in ordinary if any(j.exchange.journey in line.text for line, _ in false)}
    if 100 * len(traced) > limits.false_flags * len(ordinary):
        return failed(
            f"{len(traced)} of {counted(ordinary, 'ordinary request is', 'ordinary requests are')} flagged",
            [Evidence(line.stream, None, line.text[:160]) for line, _ in false[:5]],
        )
    return passed(
        f"{counted(_KINDS, 'kind of outlier', 'kinds of outliers')} flagged with a reason, and {len(traced)} of "
        f"{counted(ordinary, 'ordinary request', 'ordinary requests')}"
    )


Flag = tuple[AppLog, dict[str, Any]]


def _flagged(flags: Sequence[Flag], journeys: Sequence[Journey]) -> list[Flag]:
    """Return the flags that carry the trace id of one of these journeys."""
    ids = {j.exchange.journey for j in journeys}
    return [(line, record) for line, record in flags if any(id in line.text for id in ids)]


def _reason(record: dict[str, Any]) -> str:
    found = next((value for key, value in record.items() if key.lower() in _REASON and value), "")
    return str(found).strip()
