"""Predictions that can be none, by the lab: they are replaced before anybody acts on them."""

from __future__ import annotations

import json
from typing import Any

from gonogo.checks.alerts import no_channel
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.predictions import Predicted, read, silent, unflaggable, unwell
from gonogo.derive.journeys import Journey
from gonogo.facts import ChannelMessage, Declaration

_IMPOSSIBLE = ("below", "above", "infinity", "nan", "unknown-class")


@check(
    "security-output.prediction-range", by="lab", scenario="prediction-faults",
    needs=(Journey, Declaration, ChannelMessage), optional=(ChannelMessage,),
)  # fmt: skip
def prediction_range_by_lab(
    journeys: list[Journey], declared: list[Declaration], alerts: list[ChannelMessage], limits: Any
) -> Answer:
    """What lies outside the declared range is replaced, flagged and alerted; what lies inside is passed on."""
    sent = read(journeys, declared, *_IMPOSSIBLE)
    if bad := unwell(read(journeys, declared, "healthy")) or unflaggable(sent):
        return bad
    if any(not e.classes and e.output_min is None and e.output_max is None for e in (p.endpoint for p in sent)):
        return inconclusive(
            "no range of predictions is declared", fix="add predictions[].output_min and output_max, or classes"
        )
    if changed := [p for p in read(journeys, declared, "healthy", "recovered") if not _unchanged(p)]:
        return failed("a prediction inside the range is not passed on as it is", [(p.journey, p.said) for p in changed])
    through = [p for p in sent if p.accepted and not p.plausible(p.value)]
    if len(through) > limits.out_of_range_passed:
        return failed(
            f"{counted(through, 'impossible prediction', 'impossible predictions')} reached the caller",
            [(p.journey, f"{p.journey.case}: {p.said}") for p in through],
        )
    if bare := [p for p in sent if not (p.accepted and p.flagged)]:
        return failed(
            f"{counted(bare, 'impossible prediction has', 'impossible predictions have')} no flagged fallback",
            [(p.journey, f"{p.journey.case}: {p.said}") for p in bare],
        )
    if bad := no_channel(declared):
        return bad
    if unheard := silent(sent, alerts):
        return failed(f"no alert arrived: {', '.join(unheard)}", [p.journey for p in sent if p.journey.case in unheard])
    return passed(f"{counted(sent, 'impossible prediction', 'impossible predictions')} replaced, flagged and alerted")


def _unchanged(predicted: Predicted) -> bool:
    try:
        outputs = [json.loads(p.outputs) for p in predicted.journey.predictions]
    except ValueError:
        return True  # too long to be kept whole
    return any(predicted.value == value for rows in outputs for value in (rows if isinstance(rows, list) else [rows]))
