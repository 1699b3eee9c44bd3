"""Breaks an answer on the wire: errors, hangs, drips, resets, cuts, and bodies that are not what they should be."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from gonogo.prove.lab.script import Fault
from gonogo.prove.lab.standins import limits
from gonogo.prove.lab.standins.answers import bent
from gonogo.prove.lab.standins.server import Response, Stream

if TYPE_CHECKING:
    from gonogo.prove.lab.standins.provider import Call

_ERRORS: dict[str, tuple[int, str]] = {
    "quota": (429, "insufficient_quota"),
    "model-not-found": (404, "model_not_found"),
    "model-retired": (404, "model_retired"),
    "key-expired": (401, "expired_api_key"),
    "key-invalid": (401, "invalid_api_key"),
    "key-clock-skew": (401, "invalid_api_key"),
}
_PARTS = ("choices", "content", "output", "candidates", "data", "message")
"""Where the protocols keep what the model said."""


async def broken(call: Call, fault: Fault) -> Response | None:
    """Answer a call with a fault."""
    name = fault.fault
    if name == "status" or name in _ERRORS:
        status, kind = (fault.status, fault.kind) if name == "status" else _ERRORS[name]
        return await _failed(call, status, kind, fault.retry_after_s, fault.text)
    if name == "rate-limit":
        return await _limited(call, fault)
    if name in _WHOLE:
        return await _WHOLE[name](call, fault)
    if name in ("slow-answer", "slow-first-token"):
        await asyncio.sleep(fault.seconds)
        return await call.well(call.made)
    if name == "wrong-dimension":
        call.made = msgspec.structs.replace(call.made, vectors=tuple(_resized(v, fault) for v in call.made.vectors))
        return await call.well(call.made)
    call.made = bent(call.made, name, call.asked, fault.bytes, fault.text)
    return await call.well(call.made)


def _resized(vector: tuple[float, ...], fault: Fault) -> tuple[float, ...]:
    return (vector + (0.01,) * fault.dimension)[: fault.dimension]


async def _failed(
    call: Call, status: int, kind: str | None, after: float | None = None, text: str | None = None
) -> Response | None:
    assert call.route is not None  # noqa: S101  (a fault is chosen for a route)
    error = call.route.codec.error(
        status, kind=kind, message=text, retry_after_s=after, model=call.asked.model, id=call.marker
    )
    if status == 429 and kind in (None, "rate_limit"):
        call.limits = call.limits or limits.spent(call.asked, after or 1.0)
        error = msgspec.structs.replace(error, headers=call.head() | error.headers)
    return await call.failed(error)


async def _limited(call: Call, fault: Fault) -> Response | None:
    """Answer well while the buckets hold enough."""
    call.limits, wait = limits.taken(call.room, call.asked, fault, call.made.usage.output)
    if not wait:
        call.fault = None
        return await call.well(call.made)
    return await _failed(call, 429, "rate_limit", max(1.0, round(wait, 1)))


async def _hang(call: Call, _: Fault) -> None:
    call.made = msgspec.structs.replace(call.made, finish="unsaid")
    await asyncio.Event().wait()


async def _reset(call: Call, _: Fault) -> None:
    call.server.reset(call.request)


def _parts(call: Call) -> Iterator[bytes]:
    """Return the good answer in parts: events of a stream, or pieces of a whole body."""
    from gonogo.prove.lab.standins.provider import pieces

    assert call.route is not None  # noqa: S101  (a fault is chosen for a route)
    codec = call.route.codec
    if call.asked.stream:
        return codec.events(call.asked, call.made, pieces(call.made.text))
    body = codec.answer(call.asked, call.made)
    return (body[i : i + 40] for i in range(0, len(body), 40))


async def _begun(call: Call, count: int) -> Stream:
    """Send the first parts of a good answer."""
    kind = call.asked.stream_type if call.asked.stream else "application/json"
    response = await call.begin(kind, call.head())
    for part in itertools.islice(_parts(call), count):
        await call.send(response, part)
        await call.pace()
    return response


async def _reset_midway(call: Call, fault: Fault) -> None:
    await _begun(call, fault.chunks)
    await asyncio.sleep(0.02)  # what was sent is to arrive before the reset
    call.server.reset(call.request)


async def _hang_midway(call: Call, fault: Fault) -> None:
    await _begun(call, fault.chunks)
    await asyncio.Event().wait()


async def _drip(call: Call, fault: Fault) -> None:
    """Send one part at a time, for ever: events that say a little, or blanks before a body that never comes."""
    response = await call.begin(call.asked.stream_type if call.asked.stream else "application/json", {})
    for part in _endless(call):
        await call.send(response, part)
        await asyncio.sleep(fault.seconds)


async def _flood(call: Call, _: Fault) -> None:
    response = await call.begin(call.asked.stream_type if call.asked.stream else "application/json", {})
    for number, part in enumerate(_endless(call)):
        await call.send(response, part)
        await asyncio.sleep(0.001 if number < 20_000 else 0.05)


def _endless(call: Call) -> Iterator[bytes]:
    assert call.route is not None  # noqa: S101  (a fault is chosen for a route)
    if not call.asked.stream:
        return itertools.repeat(b" ")
    words = itertools.repeat("on and ")
    return call.route.codec.events(call.asked, call.made, words)  # type: ignore[arg-type]  # a text without end


async def _truncated(call: Call, fault: Fault) -> None:
    whole = b"".join(_parts(call))
    kind = call.asked.stream_type if call.asked.stream else "application/json"
    response = await call.begin(kind, {}, None if call.asked.stream else len(whole))
    await call.send(response, whole[: min(fault.bytes, max(1, len(whole) - 1))])
    await asyncio.sleep(0.02)
    call.request.transport.close()


async def _malformed(call: Call, _: Fault) -> Response | None:
    if call.asked.stream:
        response = await _begun(call, 2)
        await call.send(response, b'data: {"choices": [{"delta": {"content": "cut o\n\n')
        await response.write_eof()
        return None
    return await call.whole(200, {}, b"".join(_parts(call))[:-7])


async def _empty(call: Call, _: Fault) -> Response | None:
    return await call.whole(200, {}, b"")


async def _garbage(call: Call, _: Fault) -> Response | None:
    return await call.whole(200, {}, os.urandom(256))


async def _html(call: Call, fault: Fault) -> Response | None:
    page = b"<html><head><title>Error</title></head><body><center><h1>upstream error</h1></center></body></html>"
    return await call.whole(fault.status, {}, page, "text/html")


async def _mistyped(call: Call, _: Fault) -> Response | None:
    return await call.whole(200, {}, b"".join(_parts(call)), "text/html; charset=utf-8")


async def _hollow(call: Call, _: Fault) -> Response | None:
    """Send a good envelope with nothing in it."""
    return await _edited(call, lambda document: {k: [] if k in _PARTS else v for k, v in document.items()})


async def _null(call: Call, _: Fault) -> Response | None:
    """Send a good answer whose text is null."""
    return await _edited(call, _nulled)


async def _edited(call: Call, edit: Any) -> Response | None:
    call.made = msgspec.structs.replace(call.made, text="", tool_uses=())
    if call.asked.stream:
        return await call.well(call.made)
    assert call.route is not None  # noqa: S101  (a fault is chosen for a route)
    document = json.loads(call.route.codec.answer(call.asked, call.made))
    return await call.whole(200, {}, json.dumps(edit(document)).encode())


def _nulled(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            k: None if k in ("content", "text") and not isinstance(v, list) else _nulled(v) for k, v in value.items()
        }
    return [_nulled(v) for v in value] if isinstance(value, list) else value


_WHOLE = {
    "hang-before-accept": _hang,
    "hang-before-headers": _hang,
    "hang-mid-stream": _hang_midway,
    "drip": _drip,
    "endless": _flood,
    "reset": _reset,
    "reset-mid-stream": _reset_midway,
    "truncated": _truncated,
    "malformed": _malformed,
    "empty": _empty,
    "garbage": _garbage,
    "html": _html,
    "wrong-content-type": _mistyped,
    "empty-choices": _hollow,
    "null-content": _null,
}
"""Faults of the wire, and what does each."""
