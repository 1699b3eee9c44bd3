"""Which call belongs to which run, and what of another run shows up in it."""

import asyncio
from datetime import UTC, datetime

import pytest

from gonogo.errors import CollectError
from gonogo.facts import Match, ModelCall, System, ToolCall
from gonogo.prove.drive.asking import Ask
from gonogo.prove.load.generator import Address
from gonogo.prove.load.place import Place
from gonogo.prove.load.together import Run, Together, seen
from tests.prove.lab.rooms import room

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def runs():
    return [Run(n, f"ORCHID-{n}", False, Ask(id=n * 32, name="task"), f"marker ORCHID-{n}") for n in ("a", "b")]


def call(kind, *canaries, trace=None, **fields):
    matches = tuple(Match(detector="canary", where="prompt", canary=c) for c in canaries)
    return kind(seen_at=NOW, run="r", matches=matches, trace=trace, **fields)


def test_a_call_belongs_to_the_run_of_its_trace_or_else_to_that_of_its_canary():
    calls = [
        call(ModelCall, "a", trace="a" * 32, protocol="openai_chat"),
        call(ModelCall, "b", protocol="openai_chat"),
        call(ToolCall, "b", tool="search", order=1),
        call(ToolCall, "a", tool="search", order=2, idempotency_key="k"),
        call(ToolCall, "a", tool="search", order=3, idempotency_key="k"),
    ]
    first, second = seen(runs(), calls, room())
    assert (first.model_calls, first.tool_calls, first.foreign) == (1, 1, ())
    assert (second.model_calls, second.tool_calls, second.foreign) == (1, 1, ())


def test_what_shows_up_of_another_run_is_told_with_its_place():
    calls = [
        call(ModelCall, "a", "b", trace="b" * 32, protocol="openai_chat"),
        call(ToolCall, "a", trace="b" * 32, tool="search"),
    ]
    found = runs()
    found[0].said += " ORCHID-b"
    first, second = seen(found, calls, room())
    assert first.foreign == ("b in the answer",)
    assert second.foreign == ("a in a call of the model", "a in a call of search")


@pytest.mark.parametrize(("contained", "said"), [("", "on a copy alone"), ("bubblewrap", "no tool is declared")])
def test_runs_that_cannot_be_seen_are_not_sent(contained, said):
    together = Together(System(name="app"), room(), Place(Address(), "host", contained=contained))
    with pytest.raises(CollectError, match=said):
        asyncio.run(together.play(None, None))
