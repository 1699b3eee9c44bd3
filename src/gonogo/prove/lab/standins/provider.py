"""The stand-in provider: speaks every protocol of `wire/` on one port, answers, breaks on purpose, and records calls.

    provider = Provider(room)
    await provider.start(unix="/run/lab/provider")

Whatever happens to a call (a fault, an abort, a hang to the end), one `ModelCall` is kept of it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from itertools import takewhile
from sys import intern
from time import monotonic, time

import msgspec

from gonogo.derive.tokens import about
from gonogo.facts.traffic import Match, ModelCall, Turn
from gonogo.prove.lab.faults import choose
from gonogo.prove.lab.room import Room
from gonogo.prove.lab.screening import screened
from gonogo.prove.lab.script import Fault
from gonogo.prove.lab.standins import answers, breakage, limits
from gonogo.prove.lab.standins.batches import Batches
from gonogo.prove.lab.standins.server import Request, Response, Stream
from gonogo.prove.lab.standins.serving import Standin
from gonogo.wire import openai_chat
from gonogo.wire.base import ErrorAnswer, Limit, ModelAnswer, ModelRequest, WireError
from gonogo.wire.routes import Route, find, host_of

_TURN, _CALL = 4_000, 24_000
BATCH_SHARE = 0.5
"""What providers charge for a request in a batch, as a share of its usual price."""
_LABELS = frozenset({"x-user-id", "x-session-id", "x-feature", "x-tenant-id", "x-request-id", "x-title"})
_LABELLED = ("helicone-", "x-litellm-", "x-portkey-")
_TIMEOUTS = ("x-stainless-read-timeout", "x-stainless-timeout")


class Provider(Standin):
    """A model provider for one room; it answers as `room.script` says."""

    def __init__(self, room: Room) -> None:
        """Stand in `room`; nothing is opened yet."""
        super().__init__(room)
        self.batches = Batches(self)

    async def stop(self) -> None:
        """Close the port and every connection, and end the work on batches."""
        self._stopping = True
        self.batches.stop()
        await super().stop()

    async def within(self, request: Request, batch: str, journey: str) -> Response | None:
        """Answer a request that came in a batch, for the journey that made the batch; None where it breaks off."""
        call = Call(self.room, request, self)
        call.batch, call.journey = batch, journey
        return await self._ended(call)

    async def respond(self, request: Request) -> Response | None:
        """Answer one call, and keep it however it ends: at once, but not before the answer is out."""
        return await self._ended(Call(self.room, request, self))

    async def _ended(self, call: Call) -> Response | None:
        try:
            return await call.answered()
        except asyncio.CancelledError:
            call.aborted = not self._stopping
            raise
        except (ConnectionError, OSError):
            call.aborted = True
            return None
        finally:
            call.ended = monotonic() - call.began
            asyncio.get_running_loop().call_soon(call.keep)


class Call:
    """One call while it is answered, and what will be kept of it."""

    __slots__ = (
        "aborted", "asked", "batch", "began", "case", "chunks", "connection", "ended", "fault", "first", "headers",
        "journey", "limits", "made", "marker", "order", "request", "room", "route", "scenario", "seen_at", "server",
        "size", "started", "status", "trace",
    )  # fmt: skip

    def __init__(self, room: Room, request: Request, server: Provider) -> None:
        """Begin: the request has just arrived."""
        self.room, self.request, self.server = room, request, server
        self.scenario, self.case = room.scenario, room.case
        self.began, self.started, self.seen_at, self.order = monotonic(), room.clock(), room.now(), room.order()
        self.headers = request.headers
        self.journey, self.trace = room.journey_of(self.headers.get("traceparent"))
        self.connection = request.connection
        self.marker = f"lab{room.random.getrandbits(32):08x}"
        self.route: Route | None = None
        self.asked = ModelRequest(protocol="", operation="unknown")
        self.made = ModelAnswer()
        self.fault: Fault | None = None
        self.limits: Mapping[str, Limit] = {}
        self.status: int | None = None
        self.first: float | None = None
        self.ended = 0.0
        self.chunks = self.size = 0
        self.aborted = False
        self.batch = ""

    async def answered(self) -> Response | None:
        """Read the request, and answer it well or badly."""
        body = await self.request.read()
        host = host_of(self.headers)
        self.route = find(self.request.method, self.request.path_qs, host)
        if self.route is None and (wanted := Batches.wanted(self.request.method, self.request.path_qs, host)):
            return await self.server.batches.answered(self, *wanted, body, host)
        if self.route is None:
            return await self.failed(
                openai_chat.error(404, kind="invalid_request_error", message="unknown path", id=self.marker)
            )
        codec = self.route.codec
        try:
            self.asked = codec.parse(body, self.request.path_qs, self.headers)
        except WireError as wrong:
            self.asked = ModelRequest(protocol=codec.name, operation=self.route.operation)
            error = codec.error(
                wrong.status, kind=wrong.kind, message=wrong.message, param=wrong.param, model=self.route.model,
                id=self.marker,
            )  # fmt: skip
            return await self.failed(error)
        if self.asked.operation != self.route.operation or not self.asked.model:
            self.asked = msgspec.structs.replace(
                self.asked, operation=self.route.operation, model=self.asked.model or self.route.model
            )
        self.fault = choose(
            self.room, "model", model=self.asked.model, operation=self.asked.operation, host=host,
            journey=self.journey, stream=self.asked.stream, structured=self.asked.schema is not None,
        )  # fmt: skip
        if self.room.relay is not None:
            return await self.room.relay.passed(self, body)
        self.made = answers.answer(self.asked, self.room, self.marker, self.journey)
        self.made = msgspec.structs.replace(self.made, id=self.marker, created=int(time()), models=self._models())
        if self.fault is not None:
            return await breakage.broken(self, self.fault)
        return await self.well(self.made)

    async def well(self, made: ModelAnswer) -> Response | None:
        """Answer well, at the speed that the script says."""
        assert self.route is not None  # noqa: S101  (the caller found it)
        codec, physics = self.route.codec, self.room.script.physics
        wait = physics.first_token_s
        if self.asked.operation == "embeddings" and physics.embedding_s is not None:
            wait = physics.embedding_s
        if wait:
            await asyncio.sleep(wait)
        if not self.asked.stream:
            if physics.tokens_per_s:
                await asyncio.sleep(about(made.text) / physics.tokens_per_s)
            return await self.whole(200, self.head(), codec.answer(self.asked, made))
        response = await self.begin(self.asked.stream_type, self.head())
        for event in codec.events(self.asked, made, pieces(made.text)):
            await self.send(response, event)
            await self.pace()
        await response.write_eof()
        return None

    def head(self) -> dict[str, str]:
        """Return the headers of a good answer: its id, and what is left of the rate limits."""
        assert self.route is not None  # noqa: S101  (the caller found it)
        return self.route.codec.headers(self.made, self.limits or limits.usual(self.asked, self.made.usage.output))

    async def pace(self) -> None:
        """Wait as long as one token takes."""
        physics = self.room.script.physics
        if physics.tokens_per_s:
            spread = self.room.random.uniform(1 - physics.jitter, 1 + physics.jitter)
            await asyncio.sleep(spread / physics.tokens_per_s)

    async def whole(
        self, status: int, headers: Mapping[str, str], body: bytes, kind: str = "application/json"
    ) -> Response:
        """Send a whole answer."""
        self.status, self.first, self.size = status, monotonic() - self.began, len(body)
        given = {"Content-Type": kind, **headers}
        return Response(status, given, body)

    async def failed(self, error: ErrorAnswer) -> Response | None:
        """Send an error as the provider writes it."""
        return await self.whole(error.status, error.headers, error.body)

    async def begin(self, kind: str, headers: Mapping[str, str], length: int | None = None) -> Stream:
        """Send the head of an answer that comes in parts."""
        self.status = 200
        return await self.request.begin(200, {"Content-Type": kind, **headers}, length)

    async def send(self, response: Stream, part: bytes) -> None:
        """Send a part of an answer."""
        if self.first is None:
            self.first = monotonic() - self.began
        self.chunks += 1
        self.size += len(part)
        await response.write(part)

    def _models(self) -> tuple[str, ...]:
        return tuple(self.room.models) or ("gpt-4o-2024-11-20", "gpt-4o-mini-2024-07-18", "text-embedding-3-small")

    def keep(self) -> None:
        """Keep the call, screened. What one call has as the other is kept once: under load they are thousands."""
        if self.room.meter is not None:
            self.room.meter.saw(
                self.asked.operation, self.ended, self.status == 200 and not self.aborted, self.asked.inputs
            )
        if self.room.quiet:
            return
        asked, made, room = self.asked, self.made, self.room
        prompt, matches = self._prompt()
        lead = self._lead()
        said = self.status == 200 and made.finish != "unsaid"
        answer, more = screened(room, made.text if said else "", "answer", _TURN)
        room.keep(
            ModelCall(
                seen_at=self.seen_at, run=room.run, scenario=self.scenario, case=self.case, journey=self.journey,
                order=self.order, started_s=round(self.started, 4),
                first_byte_s=None if self.first is None else round(self.first, 4),
                ended_s=round(self.ended, 4), status=self.status,
                fault=self.fault.fault if self.fault else None, aborted=self.aborted,
                caller=intern(self.headers.get("user-agent", "")[:200]), connection=self.connection, trace=self.trace,
                matches=(*matches, *more), protocol=asked.protocol, operation=asked.operation,
                host=intern(self.headers.get("host", "")[:200]), path=intern(self.request.path[:300]),
                model=intern(asked.model[:200]), answered_model=intern(made.model[:200]) or None, stream=asked.stream,
                max_output_tokens=asked.max_output_tokens, temperature=asked.temperature, top_p=asked.top_p,
                structured=asked.schema is not None, tools=tuple(t.name for t in asked.tools), prompt=prompt,
                inputs=tuple(self._inputs()),
                request_bytes=self.request.size, fingerprint=self._fingerprint(), key=self._key(),
                lead=intern(self._digest(lead)) if asked.turns else "", lead_tokens=about(lead),
                timeout_s=_number(next((self.headers[n] for n in _TIMEOUTS if n in self.headers), None)),
                retry=_whole(self.headers.get("x-stainless-retry-count")), labels=self._labels(), answer=answer,
                tool_uses=made.tool_uses if said else (), finish=made.finish if said else None,
                marker=self.marker if said and self.marker in made.text else "", chunks=self.chunks,
                input_tokens=made.usage.input if said else 0, output_tokens=made.usage.output if said else 0,
                usd=self._usd() if said else None, batch=self.batch,
            )
        )  # fmt: skip

    def _prompt(self) -> tuple[tuple[Turn, ...], tuple[Match, ...]]:
        kept: list[Turn] = []
        found: list[Match] = []
        left = _CALL
        for number, turn in enumerate(self.asked.turns):
            text, matches = screened(self.room, turn.text, f"request.messages.{number}", min(_TURN, left))
            left = max(0, left - len(text))
            kept.append(turn if text is turn.text else msgspec.structs.replace(turn, text=text))
            found += matches
        return tuple(kept), tuple(found)

    def _inputs(self) -> Iterator[str]:
        """Yield the texts that are to be embedded, as far as a call is kept."""
        left = _CALL
        for number, text in enumerate(self.asked.inputs if self.asked.operation == "embeddings" else ()):
            if left <= 0:
                return
            shown = screened(self.room, text, f"request.input.{number}", min(_TURN, left))[0]
            left -= len(shown)
            yield shown

    def _fingerprint(self) -> str:
        asked = self.asked
        words = [*(f"{t.role}\0{t.text}" for t in asked.turns), *asked.inputs, *(t.name for t in asked.tools)]
        return self._digest("\0".join(words))

    def _lead(self) -> str:
        """What stands before the first word of the user, as it came: the tools and the system turns."""
        system = takewhile(lambda turn: turn.role in ("system", "developer"), self.asked.turns)
        tools = (f"{t.name} {t.description} {json.dumps(t.schema)}" for t in self.asked.tools)
        return "\0".join([*tools, *(turn.text for turn in system)])

    def _usd(self) -> float | None:
        usage = self.made.usage
        price = self.room.price(self.asked.model, usage.input, usage.output)
        return price * BATCH_SHARE if price is not None and self.batch else price

    def _key(self) -> str:
        given = self.headers.get("authorization") or self.headers.get("x-api-key") or self.headers.get("api-key") or ""
        given = given or self.headers.get("x-goog-api-key", "")
        return intern(self._digest(given)) if given else ""

    def _digest(self, text: str) -> str:
        return blake2b(text.encode("utf-8", "replace"), key=self.room.digest_key, digest_size=8).hexdigest()

    def _labels(self) -> dict[str, str]:
        found = {k: v for k, v in self.headers.items() if k in _LABELS or k.startswith(_LABELLED)}
        whole = {**found, **self.asked.labels}
        if not whole:
            return {}
        return {k[:60]: screened(self.room, v, "label", 200)[0] for k, v in sorted(whole.items())[:30]}


def pieces(text: str) -> tuple[str, ...]:
    """Return a text in pieces of about a token each."""
    return tuple(text[i : i + 5] for i in range(0, len(text), 5))


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() else None
