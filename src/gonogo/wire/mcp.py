"""The Model Context Protocol: versions 2024-11-05 to 2025-11-25, which shake hands, and 2026-07-28, which does not.

From 2026-07-28 on each request carries its version and its client in `params._meta`, there are no sessions, and every
result says its `resultType` and how long it may be cached. Transports are stdio, one message per line, and streamable
HTTP, where a message is POSTed and answered as JSON or as Server-Sent Events.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import msgspec

from gonogo.facts.traffic import ToolUse
from gonogo.wire import body, jsonrpc, sse
from gonogo.wire.base import Tool, WireError
from gonogo.wire.jsonrpc import Id, Message, RpcError

HANDSHAKE_VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
MODERN_VERSIONS = ("2026-07-28",)

HEADER_MISMATCH = -32020
UNSUPPORTED_VERSION = -32022
RESOURCE_NOT_FOUND = -32002
REQUEST_CANCELLED = -32800

_META = "io.modelcontextprotocol/"
VERSION_KEY, CLIENT_KEY = _META + "protocolVersion", _META + "clientInfo"
CAPABILITIES_KEY, SERVER_KEY = _META + "clientCapabilities", _META + "serverInfo"

SESSION_HEADER, VERSION_HEADER = "mcp-session-id", "mcp-protocol-version"
METHOD_HEADER, NAME_HEADER = "mcp-method", "mcp-name"
_NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_CACHED = {
    "server/discover",
    "tools/list",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "prompts/list",
}
_CAPABILITIES: dict[str, Any] = {"tools": {}, "resources": {}, "prompts": {}}


class ToolResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a tool answers: its texts joined by line feeds, and whether it failed."""

    text: str = ""
    failed: bool = False
    structured: dict[str, Any] | None = None
    empty: bool = False
    """True for a result without any content."""


def negotiate(message: Message) -> str:
    """Return the version that an `initialize` is answered with: the one asked for, or our newest with a handshake."""
    asked = message.params.get("protocolVersion")
    if not isinstance(asked, str):
        raise RpcError("protocolVersion must be a string.", code=jsonrpc.INVALID_PARAMS, id=message.id)
    return asked if asked in HANDSHAKE_VERSIONS else HANDSHAKE_VERSIONS[-1]


def modern_version(message: Message, headers: Mapping[str, str] | None) -> str | None:
    """Return the version that a request states for itself, None where it belongs to a session with a handshake.

    `headers` (lower-cased) are those of streamable HTTP and None on stdio; raises `RpcError` where they contradict the
    body or where the version is not served.
    """
    meta = message.params.get("_meta")
    meta = meta if isinstance(meta, dict) else {}
    stated = meta.get(VERSION_KEY)
    header = headers.get(VERSION_HEADER) if headers is not None else None
    if not message.is_request:
        return header if header in MODERN_VERSIONS else None
    if stated is None and (header is None or header in HANDSHAKE_VERSIONS):
        return None
    if not isinstance(stated, str) or CAPABILITIES_KEY not in meta:
        if header is not None and header not in MODERN_VERSIONS:
            raise _unsupported(header, message.id)
        problem = f"params._meta must carry {VERSION_KEY} and {CAPABILITIES_KEY}"
        raise RpcError(problem, code=jsonrpc.INVALID_PARAMS, id=message.id)
    if headers is not None:
        _check_headers(message, stated, headers)
    if stated not in MODERN_VERSIONS:
        raise _unsupported(stated, message.id)
    return stated


def http_status(problem: RpcError) -> int:
    """Return the HTTP status of an error of a version without handshake."""
    if problem.code == jsonrpc.METHOD_NOT_FOUND:
        return 404
    bad = (jsonrpc.PARSE_ERROR, jsonrpc.INVALID_REQUEST, jsonrpc.INVALID_PARAMS, HEADER_MISMATCH, UNSUPPORTED_VERSION)
    return 400 if problem.code in bad else 200


def answer(message: Message, value: dict[str, Any], version: str, server: Mapping[str, str]) -> bytes:
    """Write a result, with the fields that every result has in `version`."""
    if version in MODERN_VERSIONS:
        value = {"resultType": "complete", **value, "_meta": {SERVER_KEY: dict(server), **value.get("_meta", {})}}
        if message.method in _CACHED:
            value = {"ttlMs": 0, "cacheScope": "private", **value}
    return jsonrpc.result(value, message.id)


def initialized(version: str, server: Mapping[str, str]) -> dict[str, Any]:
    """Return the result of `initialize`."""
    return {"protocolVersion": version, "capabilities": _CAPABILITIES, "serverInfo": dict(server)}


def discovered() -> dict[str, Any]:
    """Return the result of `server/discover`."""
    return {"supportedVersions": [*HANDSHAKE_VERSIONS, *MODERN_VERSIONS], "capabilities": _CAPABILITIES}


def tools(offered: tuple[Tool, ...], with_effects: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the result of `tools/list`; `with_effects` names the tools that change something."""
    return {
        "tools": [
            {
                "name": tool.name,
                "description": tool.description,
                "inputSchema": {"type": "object", **tool.schema},
                "annotations": {"readOnlyHint": tool.name not in with_effects},
            }
            for tool in offered
        ]
    }


def tool_result(result: ToolResult) -> dict[str, Any]:
    """Return the result of `tools/call`."""
    value: dict[str, Any] = {"content": [] if result.empty else [{"type": "text", "text": result.text}]}
    if result.structured is not None:
        value["structuredContent"] = result.structured
    return {**value, "isError": result.failed}


def resources(texts: Mapping[str, str]) -> dict[str, Any]:
    """Return the result of `resources/list`: `texts` by URI."""
    return {"resources": [{"uri": uri, "name": uri.rsplit("/", 1)[-1], "mimeType": "text/plain"} for uri in texts]}


def resource(uri: str, text: str) -> dict[str, Any]:
    """Return the result of `resources/read`."""
    return {"contents": [{"uri": uri, "mimeType": "text/plain", "text": text}]}


def progress(message: Message, done: float, total: float) -> bytes | None:
    """Write a progress notification for a request that asked for one by a token; None for others."""
    meta = message.params.get("_meta")
    token = meta.get("progressToken") if isinstance(meta, dict) else None
    if token is None:
        return None
    return jsonrpc.notification("notifications/progress", {"progressToken": token, "progress": done, "total": total})


def read_call(message: Message) -> ToolUse:
    """Read the params of `tools/call`; raises `RpcError`. The arguments are JSON text."""
    name, arguments = message.params.get("name"), message.params.get("arguments")
    if not isinstance(name, str) or not isinstance(arguments, dict | None):
        problem = "tools/call needs a name (string) and arguments (object)."
        raise RpcError(problem, code=jsonrpc.INVALID_PARAMS, id=message.id)
    return ToolUse(id=str(message.id), name=name, arguments=body.encode(arguments or {}).decode())


def read_tools(result: Mapping[str, Any]) -> tuple[Tool, ...]:
    """Read the result of `tools/list`; raises `WireError`."""
    return tuple(
        Tool(
            name=body.text(tool, "name"),
            description=body.text(tool, "description"),
            schema=body.table(tool, "inputSchema"),
        )
        for tool in body.tables(result, "tools")
    )


def read_tool_result(result: Mapping[str, Any]) -> ToolResult:
    """Read the result of `tools/call`; raises `WireError`. Content that is no text is left out."""
    content = result.get("content")
    if not isinstance(content, list):
        raise WireError("The result of tools/call has no content.", param="content")
    blocks = body.tables(result, "content")
    texts = [body.text(block, "text") for block in blocks if block.get("type") == "text"]
    structured = result.get("structuredContent")
    return ToolResult(
        text="\n".join(texts),
        failed=body.flag(result, "isError"),
        structured=structured if isinstance(structured, dict) else None,
        empty=not blocks,
    )


def read_messages(reply: bytes, content_type: str) -> list[Message]:
    """Read what a POST was answered with: one JSON message, or the messages of an event stream; raises `RpcError`."""
    if content_type.partition(";")[0].strip().lower() != "text/event-stream":
        return [jsonrpc.parse(reply)]
    return [jsonrpc.parse(event.data.encode()) for event in sse.decode((reply,)) if event.data]


def encode_name(value: str) -> str:
    """Write a name as the value of `Mcp-Name`: base64 in a wrapper where a header could not carry it."""
    plain = value.isascii() and value.isprintable() and value == value.strip() and not value.startswith("=?base64?")
    return value if plain else f"=?base64?{base64.b64encode(value.encode()).decode()}?="


def _check_headers(message: Message, stated: str, headers: Mapping[str, str]) -> None:
    """Hold the routing headers against the body."""
    field = _NAMED.get(message.method)
    name = message.params.get(field) if field else None
    for header, told, meant in (
        (VERSION_HEADER, headers.get(VERSION_HEADER), stated),
        (METHOD_HEADER, headers.get(METHOD_HEADER), message.method),
        (NAME_HEADER, _decode_name(headers.get(NAME_HEADER)) if name is not None else None, name),
    ):
        if told != meant:
            raise RpcError(f"The header {header} does not match the body.", code=HEADER_MISMATCH, id=message.id)


def _decode_name(value: str | None) -> str | None:
    if value is None or not (value.startswith("=?base64?") and value.endswith("?=")):
        return value
    try:
        return base64.b64decode(value[9:-2], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _unsupported(asked: str, id: Id) -> RpcError:
    data = {"supported": list(MODERN_VERSIONS), "requested": asked}
    return RpcError("Unsupported protocol version", code=UNSUPPORTED_VERSION, data=data, id=id)
