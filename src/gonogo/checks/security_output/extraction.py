"""Extraction, by the lab: a caller who sweeps the feature space is stopped before a copy of the model is worth much."""

from __future__ import annotations

from typing import Any

from gonogo.checks.alerts import shown
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.facts import ChannelMessage, Declaration, Exchange, Measure

_DAY_S = 86_400


@check(
    "security-output.extraction-resistance", by="lab", scenario="extraction-resistance",
    needs=(Measure, Declaration, Exchange, ChannelMessage), optional=(Exchange, ChannelMessage),
)  # fmt: skip
def extraction_resistance_by_lab(
    measures: list[Measure],
    declared: list[Declaration],
    exchanges: list[Exchange],
    messages: list[ChannelMessage],
    limits: Any,
) -> Answer:
    """One caller gets no more than a share of the corpus in a day before he is stopped, or somebody is told of him."""
    seen = {m.name: m for m in measures}
    got, name = seen["distinct"].value, seen["distinct"].subject
    corpus = next(e.corpus for d in declared for e in d.system.predictions if e.name == name and e.corpus)
    allowed = corpus * limits.corpus_share / 100
    if flagged := seen.get("flagged"):
        if flagged.value > allowed:
            return failed(_much(flagged.value, corpus, "an alert told of it"), shown(messages))
        return passed(f"an alert told of the sweep after {flagged.value:g} distinct predictions", shown(messages))
    stopped = seen.get("retry-after")
    if stopped is None:
        if got <= allowed:
            return inconclusive(
                f"after {got:g} distinct predictions there were no others to ask for, {allowed:g} are allowed",
                fix="declare the ranges of all predictions[].fields in gonogo.yaml",
            )
        return failed(_much(got, corpus, "it was neither stopped nor told to anybody"), exchanges[-1:])
    if stopped.text != "429":
        return inconclusive(f"the sweep ended in status {stopped.text}, which is no limit", exchanges[-1:])
    if not got:
        return inconclusive("not even the first prediction was given", exchanges[-1:])
    if again := seen["answered-after"].value:
        return failed(f"after a refusal {again:g} requests were answered again", exchanges[-1:])
    if stopped.value < 0:
        return inconclusive(
            f"one caller was stopped after {got:g} distinct predictions, and not told for how long", exchanges[-1:],
            fix="Send Retry-After with the refusal.",
        )  # fmt: skip
    # a caller who may go on after a while goes on, all day
    turns = max(1.0, _DAY_S / (stopped.value + seen["seconds"].value))
    if got * turns > allowed:
        said = f"after {got:g} it was stopped for {stopped.value:g} s"
        return failed(_much(got * turns, corpus, said), exchanges[-1:])
    return passed(f"one caller was stopped after {got:g} distinct predictions of {corpus}", exchanges[-1:])


def _much(got: float, corpus: int, said: str) -> str:
    return f"one caller gets {got:,.0f} distinct predictions a day, {100 * got / corpus:.1f} % of the corpus: {said}"
