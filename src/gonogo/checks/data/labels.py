"""Accuracy in use, by the lab: labels that arrive late are joined to their predictions, and a fall is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gonogo.checks.alerts import alerts_of, no_channel, shown
from gonogo.checks.answers import json_body
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.journeys import unplayed
from gonogo.facts import ChannelMessage, Declaration, Evidence, Exchange, Measure, ScenarioRun

_DATE = ("date", "day", "label_date")
_CLOSE = 0.02
"""How far a told figure may be from the true one, as a share of it: figures are rounded."""


@check(
    "data.performance-vs-labels", by="lab", scenario="performance-vs-labels",
    needs=(Measure, ScenarioRun, Declaration, Exchange, ChannelMessage), optional=(Exchange, ChannelMessage),
)  # fmt: skip
def performance_vs_labels_by_lab(
    measures: list[Measure],
    runs: list[ScenarioRun],
    declared: list[Declaration],
    exchanges: list[Exchange],
    messages: list[ChannelMessage],
    limits: Any,
) -> Answer:
    """The figure by date and version follows the labels, and an alert comes when it falls, and not before."""
    if bad := no_channel(declared) or unplayed(runs, "steady", "falling"):
        return bad
    seen = {(m.case, m.name): m.value for m in measures}
    metric = next(m.subject for m in measures if m.name == "expected")
    few = [case for case in ("steady", "falling") if seen[case, "labels"] < limits.min_labels]
    if few:
        return inconclusive(
            f"of {limits.min_labels:g} labels the service took {seen[few[0], 'labels']:g}",
            fix="see that predictions[].id and .feedback are how labels are given",
        )
    told = {e.case: list(_entries(json_body(e), metric)) for e in exchanges if e.purpose == "accuracy"}
    read = [e for e in exchanges if e.purpose == "accuracy"]
    steady, falling = (seen[case, "expected"] for case in ("steady", "falling"))
    first = [e for e in told.get("steady", ()) if _close(e[metric], steady)]
    if not first:
        return failed(
            f"labels as good as at release do not show as {metric} {steady:g} of a date and version",
            [Evidence(e.url, None, e.body[:200]) for e in read] or [Evidence(None, None, "nothing was told")],
            fix="Join labels to predictions by their id, and tell the figure at predictions[].accuracy.path.",
        )
    last = [e for e in told.get("falling", ()) if _close(e[metric], falling)]
    if not any(_date(e) != _date(f) for e in last for f in first):
        return failed(
            f"labels that are worse do not show as {metric} {falling:g} of their own date",
            [Evidence(e.url, None, e.body[:200]) for e in read if e.case == "falling"],
            fix="Keep the figure for each date of labels and each version.",
        )
    if early := alerts_of(messages, "steady"):
        return failed("an alert came while predictions were as good as at release", shown(early))
    drop = 100 * abs(falling - steady) / steady if steady else 0.0
    if drop <= limits.drop:
        return inconclusive(f"labels could only be made {drop:.1f} % worse, which need not be told")
    heard = alerts_of(messages, "falling")
    if not heard:
        return failed(
            f"no alert arrived when {metric} went from {steady:g} to {falling:g}",
            [Evidence(e.url, None, e.body[:200]) for e in read if e.case == "falling"],
        )
    return passed(
        f"{metric} went from {steady:g} to {falling:g} with the labels of the next day, and an alert came", shown(heard)
    )


def _entries(document: Any, metric: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a document that tell the metric of a date and a version."""
    if isinstance(document, list):
        for inner in document:
            yield from _entries(inner, metric)
    elif isinstance(document, dict):
        if isinstance(document.get(metric), int | float) and _date(document) and _versioned(document):
            yield document
        for inner in document.values():
            yield from _entries(inner, metric)


def _versioned(entry: dict[str, Any]) -> bool:
    return any("version" in key.lower() for key in entry)


def _date(entry: dict[str, Any]) -> str:
    return str(next((entry[key] for key in _DATE if entry.get(key)), ""))


def _close(told: float, true: float) -> bool:
    return abs(told - true) <= _CLOSE * abs(true)
