"""Drift, by the lab: a replay of training data raises nothing, and a feature that shifts is named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.checks.alerts import alerts_of, names, no_channel, shown
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.facts import ChannelMessage, Declaration, Evidence, Measure

_WEEK = 7


@check(
    "data.drift-detection", by="lab", scenario="drift-detection", needs=(Measure, Declaration, ChannelMessage),
    optional=(ChannelMessage,),
)  # fmt: skip
def drift_detection_by_lab(
    measures: list[Measure], declared: list[Declaration], messages: list[ChannelMessage], limits: Any
) -> Answer:
    """Alerts name the feature that shifts and no other, within the window; without a shift none comes."""
    if bad := no_channel(declared) or _unwell(measures):
        return bad
    seen = {(m.case, m.subject, m.name): m.value for m in measures}
    fields = sorted({m.subject for m in measures if m.name == "psi"})

    def drifts(case: str, field: str) -> bool:
        if seen[case, field, "psi"] > limits.psi:
            return True
        p, effect = (seen.get((case, field, name)) for name in ("ks-p", "ks-effect"))
        return p is not None and effect is not None and p < limits.ks_p and effect >= limits.ks_effect

    if moved := [field for field in fields if drifts("healthy", field)]:
        return inconclusive(f"the replay of training data itself drifts: {', '.join(moved)}")
    sent = seen["healthy", "", "rows-sent"]
    shifts = {case: field for case, field, _ in seen if case.endswith(f" of {field}") and drifts(case, field)}
    if not shifts:
        return inconclusive("no feature could be shifted beyond the thresholds: the training data varies too little")
    rows = max(seen[case, "", "rows-sent"] for case in shifts)
    if rows > limits.window_rows:
        return failed(
            f"drift is told after {rows:g} rows, at most {limits.window_rows:g} are allowed",
            [Evidence("gonogo.yaml", None, "predictions[].drift_rows")],
            fix="Look for drift more often, and say so in predictions[].drift_rows.",
        )
    false = alerts_of(messages, "healthy")
    weeks = sent / rows * limits.window_days / _WEEK
    if len(false) / weeks > limits.false_alarms:
        return failed(
            f"{counted(false, 'alert', 'alerts')} without any drift, in a replay of {sent:g} rows", shown(false)
        )
    if silent := [c for c, f in shifts.items() if not any(names(m, f) for m in alerts_of(messages, c))]:
        return failed(
            f"{len(silent)} of {counted(shifts, 'shift', 'shifts')} did not raise an alert with the feature's name "
            f"within {rows:g} rows: {', '.join(silent)}",
            shown(alerts_of(messages, *silent)) or [Evidence(None, None, "no alert at all")],
        )
    if wrong := _beside(shifts, fields, messages, drifts):
        return failed(
            f"alerts name features that did not shift: {', '.join(sorted(wrong))}",
            shown(m for found in wrong.values() for m in found),
            fix="Send an alert for each feature that drifts, and name that one alone in it.",
        )
    return passed(
        f"{counted(shifts, 'shift', 'shifts')} of one feature each named it within {rows:g} rows; {sent:g} rows "
        "without drift raised nothing"
    )


def _unwell(measures: Sequence[Measure]) -> Answer | None:
    """Say that rows of the training data were refused, so that the service did not see what was sent."""
    figures: dict[str, dict[str, float]] = {}
    for m in measures:
        figures.setdefault(m.case, {})[m.name] = m.value
    refused = [case for case, of in figures.items() if of.get("rows-accepted") != of.get("rows-sent")]
    if not refused:
        return None
    return inconclusive(
        f"rows that were drawn from the training data were refused: {', '.join(refused)}",
        fix="see that predictions[].fields and the training data are what the service takes",
    )


def _beside(
    shifts: dict[str, str], fields: Sequence[str], messages: Sequence[ChannelMessage], drifts: Any
) -> dict[str, list[ChannelMessage]]:
    """Return the alerts that name a feature which stayed as it was, by that feature and the case."""
    found: dict[str, list[ChannelMessage]] = {}
    for case, shifted in shifts.items():
        for field in fields:
            heard = [m for m in alerts_of(messages, case) if field != shifted and names(m, field)]
            if heard and not drifts(case, field):
                found[f"{field} at {case}"] = heard
    return found
