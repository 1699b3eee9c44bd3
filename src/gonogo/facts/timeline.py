"""One journey told from beginning to end, as reports draw it."""

from __future__ import annotations

from typing import Literal

import msgspec

Track = Literal["edge", "model", "tool", "retrieval", "prediction"]
"""Where something happened: between the user and the app, or at a boundary behind it."""


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that took time within a journey; seconds count from when the journey was sent.

    `end_s` is None where it still hung when the journey was over. `note` says what else is known in a few words
    (tokens, price, which attempt it was). `reached` is true for the model's answer that the user got.
    """

    label: str
    track: Track
    start_s: float = 0.0
    end_s: float | None = None
    fault: str | None = None
    status: int | None = None
    aborted: bool = False
    reached: bool = False
    note: str = ""


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """A journey that a finding names as evidence.

    `journey` is its id, `name` the declared one. `replay` is the command that plays exactly this again. `seconds` is
    how long the user waited, `length_s` when the last thing in it ended. The first of `spans` is the user's own
    request; `left_out` counts those beyond the bound. `told` are sentences on attempts, gaps and cost, `ending` says
    what the user got, and `got` is an excerpt of it.
    """

    journey: str
    name: str
    scenario: str
    case: str
    replay: str
    seconds: float
    length_s: float
    spans: tuple[Span, ...]
    left_out: int = 0
    told: tuple[str, ...] = ()
    ending: str = ""
    got: str = ""
