"""Which version of a model a call went to."""

from __future__ import annotations

from gonogo.derive.journeys import Journey
from gonogo.facts import ModelCall, Prediction

Call = ModelCall | Prediction


def by(call: Call, model: str) -> bool:
    """Tell whether a call went to this model; servers of predictions name a version beside the model."""
    return model in (call.model, getattr(call, "version", ""))


def asked(journey: Journey) -> list[Call]:
    """Return the calls of a journey that make its answer."""
    return [*(c for c in journey.calls if c.operation == "chat"), *journey.predictions]
