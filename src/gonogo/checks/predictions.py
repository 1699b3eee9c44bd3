"""Reading the journeys of prediction endpoints: what came back, whether it is a fallback, and what was alerted."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gonogo.checks.answers import json_body
from gonogo.checks.check import Answer, inconclusive
from gonogo.derive.journeys import Journey
from gonogo.derive.pointers import at_pointer
from gonogo.facts import ChannelMessage, Declaration
from gonogo.facts.declaration import PredictionEndpoint


@dataclass(frozen=True)
class Predicted:
    """A journey of an endpoint, read as gonogo.yaml says where things stand."""

    journey: Journey
    endpoint: PredictionEndpoint

    @property
    def value(self) -> Any:
        """The prediction that the caller got, None where there is none."""
        return at_pointer(json_body(self.journey.exchange), self.endpoint.output)

    @property
    def flagged(self) -> bool:
        """The answer says that it is a fallback."""
        return bool(self.endpoint.flag and at_pointer(json_body(self.journey.exchange), self.endpoint.flag))

    @property
    def accepted(self) -> bool:
        """The caller got an answer and no error."""
        return self.journey.well_formed and self.value is not None

    @property
    def uncaught(self) -> bool:
        """The caller met the failure itself: an error of the server, or a cut answer."""
        e = self.journey.exchange
        return e.status is None or e.status >= 500 or e.ended not in ("", "complete")

    @property
    def said(self) -> str:
        """The outcome in words."""
        if self.uncaught:
            return f"status {self.journey.exchange.status}" if self.journey.exchange.status else "no whole answer"
        if not self.accepted:
            return f"status {self.journey.exchange.status}"
        return f"{self.value!r}, {'flagged as a fallback' if self.flagged else 'not flagged'}"

    def plausible(self, value: Any) -> bool:
        """Tell whether a value can be a prediction of the endpoint."""
        if self.endpoint.classes:
            return value in self.endpoint.classes
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return False
        low, high = self.endpoint.output_min, self.endpoint.output_max
        return (low is None or value >= low) and (high is None or value <= high)


def read(journeys: Iterable[Journey], declared: Sequence[Declaration], *cases: str) -> list[Predicted]:
    """Return the journeys of these cases that went to a declared endpoint."""
    endpoints = {e.path: e for d in declared for e in d.system.predictions}
    chosen = (j for j in journeys if j.case in cases and j.exchange.route in endpoints)
    return [Predicted(j, endpoints[j.exchange.route]) for j in chosen]


def unwell(healthy: Sequence[Predicted]) -> Answer | None:
    """Say that the control run failed: the well model's prediction did not reach the caller unflagged."""
    if not healthy:
        return inconclusive("no good record was sent, so nothing can be compared with it")
    if not any(p.journey.predictions for p in healthy):
        return inconclusive(
            "no prediction of the model was seen", [p.journey for p in healthy],
            fix="point the service at the lab: lab: {point: {YOUR_MODEL_URL: predictor}} in gonogo.yaml",
        )  # fmt: skip
    bad = [p for p in healthy if not p.accepted or p.flagged]
    if bad:
        return inconclusive(
            "a good record gets no prediction of the well model", [(p.journey, p.said) for p in bad],
            fix="mend the healthy journey first, and see that predictions[].output and .flag point at the right places",
        )  # fmt: skip
    return None


def unflaggable(found: Sequence[Predicted]) -> Answer | None:
    """Say that an answer cannot be told to be a fallback."""
    if any(p.endpoint.flag is None for p in found):
        return inconclusive(
            "gonogo.yaml does not say where an answer tells that it is a fallback", fix="add predictions[].flag"
        )
    return None


def silent(found: Sequence[Predicted], messages: Sequence[ChannelMessage]) -> list[str]:
    """Return the cases of which no alert arrived at the channel of the lab."""
    heard = {m.case for m in messages}
    return sorted({p.journey.case for p in found} - heard)
