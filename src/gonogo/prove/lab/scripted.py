"""The stand-in provider for a team's own tests: on a free loopback port, in a thread of its own, told what to do.

with Standing() as standing:
    lab = ScriptedProvider(standing, "test-1")
    lab.fail("status", status=429, count=2)
    lab.answer(text="hello")
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Callable
from dataclasses import fields, replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Self, TypeVar, get_args

import msgspec

from gonogo.derive import prices
from gonogo.errors import UsageError
from gonogo.facts import ModelCall, System
from gonogo.prove.base import utc_now
from gonogo.prove.drive.environment import QUIET, variables
from gonogo.prove.lab.room import Room
from gonogo.prove.lab.script import Answer, Fault, FaultName, Physics, Script
from gonogo.prove.lab.standins.provider import Provider
from gonogo.system.problems import nearest

if TYPE_CHECKING:
    from gonogo.prove.lab.standins.server import Request, Response

T = TypeVar("T", Fault, Answer, Physics)

ELSEWHERE = frozenset(
    (  # noqa: SIM905
        "hang-before-accept dns tls-self-signed tls-expired tls-wrong-name "
        "error-result empty-result stale poisoned null-prediction nan-prediction out-of-range"
    ).split()
)
"""Faults of names, certificates, tools and stores: only `gonogo lab` has those around the app."""

_START_S, _SETTLE_S = 10.0, 0.5


class _Counted(Provider):
    """A provider that knows whether a call is under way."""

    under_way = 0

    async def respond(self, request: Request) -> Response | None:
        self.under_way += 1
        try:
            return await super().respond(request)
        finally:
            self.under_way -= 1


class Standing:
    """A stand-in provider that runs in a thread until the block ends. Its room is touched in that thread alone."""

    def __init__(self) -> None:
        """Prepare; nothing listens yet."""
        prices.load()
        key = secrets.token_bytes(32)
        self.room = Room(run="tests", now=utc_now, begun=monotonic(), digest_key=key, price=prices.usd)
        self.provider = _Counted(self.room)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="gonogo-lab", daemon=True)

    def __enter__(self) -> Self:
        """Listen on a free port of 127.0.0.1."""
        self._thread.start()
        if not self._ready.wait(_START_S):
            raise UsageError(
                "the stand-in provider did not start", mend="look for a traceback of the thread gonogo-lab"
            )
        return self

    def __exit__(self, *_: object) -> None:
        """End every call and close the port."""
        self.do(self._end.set)
        self._thread.join(_START_S)

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        await self.provider.start(port=0)
        self._ready.set()
        try:
            await self._end.wait()
        finally:
            await self.provider.stop()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.provider.port}"

    def do(self, act: Callable[[], object]) -> None:
        """Do something in the provider's thread, and wait until it is done."""

        async def acted() -> None:
            act()

        asyncio.run_coroutine_threadsafe(acted(), self._loop).result(_START_S)

    def settle(self) -> None:
        """Wait, half a second at most, until no call is under way: what hangs on purpose may go on."""

        async def settled() -> None:
            until = monotonic() + _SETTLE_S
            while self.provider.under_way and monotonic() < until:
                await asyncio.sleep(0.005)
            await asyncio.sleep(0)  # what has ended is kept in the next turn of the loop

        asyncio.run_coroutine_threadsafe(settled(), self._loop).result(_START_S)


class ScriptedProvider:
    """What one test does with the stand-in provider, and what it saw of it.

    Without a word the model answers well, with what the user said and a marker. `base_url` is for clients of OpenAI,
    `url` for all others; `environment` are the variables by which official SDKs find it.
    """

    def __init__(self, standing: Standing, test: str) -> None:
        """Begin anew, whatever an earlier test said and saw."""
        self._standing, self._test, self._script = standing, test, Script()
        standing.do(standing.room.facts.clear)
        self.clear()
        self.url, self.base_url = standing.url, f"{standing.url}/v1"

    @property
    def environment(self) -> dict[str, str]:
        """Variables of the official SDKs: addresses, and keys that are none."""
        addresses = dict.fromkeys(("anthropic", "gemini", "ollama"), self.url) | {"openai": self.base_url}
        found = variables(System(name="tests"), addresses)
        return {name: value for name, value in found.items() if name not in QUIET}

    @property
    def calls(self) -> tuple[ModelCall, ...]:
        """The model calls of this test that have ended, in the order in which they came."""
        self._standing.settle()
        kept = [f for f in list(self._standing.room.facts) if isinstance(f, ModelCall) and f.case == self._test]
        return tuple(sorted(kept, key=lambda call: call.order))

    def fail(self, fault: str, **when: Any) -> Fault:
        """Do this to calls from now on: a fault by its name, and the fields of `Fault` that say how and to which.

        Of several the first that matches a call is done to it. Raises `UsageError` for a name or field that is none.
        """
        known = [name for name in get_args(FaultName) if name not in ELSEWHERE]
        if fault in ELSEWHERE:
            raise UsageError(f"the fault {fault!r} needs the whole lab around the app", mend="gonogo lab --list")
        if fault not in known:
            raise UsageError(
                f"there is no fault {fault!r}{nearest(fault, known)}", mend=f"choose one of: {', '.join(known)}"
            )
        made = _made(Fault, {"fault": fault, **when})
        if made.boundary != "model":
            raise UsageError(
                f"this stands in for models, not at the boundary {made.boundary}", mend="gonogo lab --list"
            )
        self._play(faults=(*self._script.faults, made))
        return made

    def answer(self, text: str | None = None, **how: Any) -> Answer:
        """Answer so from now on: a text, or the fields of `Answer`; the first whose conditions hold is used.

        Raises `UsageError` for a field that is none.
        """
        made = _made(Answer, {"text": text, **how})
        self._play(answers=(*self._script.answers, made))
        return made

    def speed(self, **how: Any) -> None:
        """Let tokens come so fast: the fields of `Physics`."""
        self._play(physics=_made(Physics, how))

    def clear(self) -> None:
        """Forget every fault and answer: from now on all is well. Calls that were seen stay."""
        self._script = Script()
        self._standing.do(lambda: self._standing.room.play("tests", self._test, Script()))

    def _play(self, **changed: Any) -> None:
        """Change the script; faults and answers that were there keep their counts, since they keep their places."""
        self._script = replace(self._script, **changed)
        self._standing.do(lambda: setattr(self._standing.room, "script", self._script))


def _made(cls: type[T], given: dict[str, Any]) -> T:
    """Make a record of the script as its YAML would; `UsageError` says what is wrong with it."""
    from pydantic import TypeAdapter, ValidationError

    names = [f.name for f in fields(cls)]
    for name in given:
        if name not in names:
            wrong = f"{cls.__name__} has no field {name!r}{nearest(name, names)}"
            raise UsageError(wrong, mend=f"it has: {', '.join(names)}")
    try:
        return TypeAdapter(cls).validate_json(msgspec.json.encode(given))
    except ValidationError as invalid:
        first = invalid.errors()[0]
        said = f"{cls.__name__}: {'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise UsageError(said, mend="correct that value") from None
