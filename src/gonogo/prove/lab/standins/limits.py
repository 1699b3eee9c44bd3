"""Rate limits of the stand-in provider: what its answers tell of them, and the buckets of the fault `rate-limit`.

Each model has a bucket of requests and one of tokens; what was taken comes back within a minute, bit by bit, as real
providers have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING

from gonogo.derive.tokens import about
from gonogo.prove.lab.script import Fault
from gonogo.wire import anthropic_messages
from gonogo.wire.base import Limit, ModelRequest

if TYPE_CHECKING:
    from gonogo.prove.lab.room import Room


USUAL = {"requests": 10_000, "tokens": 2_000_000}
"""What an account of a paying customer may use in a minute; told where the script keeps no bucket."""
APART = {"input-tokens": 1_600_000, "output-tokens": 400_000}
"""The same of tokens at Anthropic, which counts those of requests and those of answers apart as well."""


def usual(asked: ModelRequest, output: int = 0) -> Mapping[str, Limit]:
    """Return what is told where no bucket is kept: what this call alone leaves, whose answer has `output` tokens."""
    if asked.operation == "models":
        return {}
    apart = asked.protocol == anthropic_messages.name
    return _after_both(_cost(asked), output) if apart else _after(_cost(asked))


def spent(asked: ModelRequest, wait_s: float) -> Mapping[str, Limit]:
    """Return what is told with a 429 for which no bucket is kept: no request is left for so many seconds."""
    return {**usual(asked), "requests": Limit(USUAL["requests"], 0, wait_s)}


def taken(room: Room, asked: ModelRequest, fault: Fault, output: int = 0) -> tuple[Mapping[str, Limit], float]:
    """Take the call from the buckets that `fault` sets; return what they tell, and the wait where one lacks enough."""
    told, wait = dict(usual(asked, output)), 0.0
    for name, size, cost in (
        ("requests", fault.requests_per_minute, 1),
        ("tokens", fault.tokens_per_minute, _cost(asked)),
        ("input-tokens", fault.input_tokens_per_minute, _cost(asked)),
        ("output-tokens", fault.output_tokens_per_minute, output),
    ):
        if size and name in told:
            most = fault.burst or size if name == "requests" else size
            key = ("" if fault.shared else asked.model, name)
            level, lacking = _bucket(room, key, most, cost, size)
            told[name] = Limit(size, int(level), round((most - level) * 60 / size, 3))
            wait = max(wait, lacking * 60 / size)
    if fault.tokens_per_minute and not fault.input_tokens_per_minute and "input-tokens" in told:
        told["input-tokens"] = told["tokens"]  # that bucket is of tokens of requests
    return told, wait


def _bucket(room: Room, key: tuple[str, str], size: int, cost: int, a_minute: int) -> tuple[float, float]:
    """Take `cost` from a bucket that has as much, and that `a_minute` comes back to; return what it holds and lacks."""
    now = monotonic()
    level, then = room.buckets.get(key, (float(size), now))
    level = min(float(size), level + (now - then) * a_minute / 60)
    lacking = max(0.0, cost - level)
    level -= 0 if lacking else cost
    room.buckets[key] = (level, now)
    return level, lacking


@lru_cache(maxsize=4096)
def _after(cost: int) -> Mapping[str, Limit]:
    return _left(USUAL, {"requests": 1, "tokens": cost})


@lru_cache(maxsize=4096)
def _after_both(cost: int, output: int) -> Mapping[str, Limit]:
    return {**_after(cost), **_left(APART, {"input-tokens": cost, "output-tokens": output})}


def _left(most: Mapping[str, int], costs: Mapping[str, int]) -> dict[str, Limit]:
    """Return what full buckets tell after these costs."""
    taken = {name: min(costs[name], size) for name, size in most.items()}
    return {name: Limit(size, size - taken[name], round(taken[name] * 60 / size, 3)) for name, size in most.items()}


def _cost(asked: ModelRequest) -> int:
    """Return what a request takes of a bucket of tokens: about, as providers know no better when it comes."""
    return about("".join([*(turn.text for turn in asked.turns), *asked.inputs]))
