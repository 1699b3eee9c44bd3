"""What the MCP stand-in answers to each method, whatever the transport, and what the fact of a tool call says."""

from __future__ import annotations

from typing import Any

from gonogo.prove.lab.faults import choose
from gonogo.prove.lab.room import Room
from gonogo.prove.lab.screening import screened
from gonogo.prove.lab.standins import tools
from gonogo.prove.lab.standins.serving import Call
from gonogo.wire import mcp
from gonogo.wire.jsonrpc import INVALID_PARAMS, METHOD_NOT_FOUND, Message, RpcError

SERVER = {"name": "tools", "version": "1.0.0"}
_IDEMPOTENCY = ("idempotency_key", "idempotencyKey", "idempotency-key", "request_id", "requestId")


def answer(room: Room, message: Message, version: str, call: Call) -> bytes:
    """Return the response to a request; raises `RpcError`. Chooses the fault of `call` and fills in `call.seen`."""
    _attribute(room, message, call)
    is_call = message.method == "tools/call"
    operation = mcp.read_call(message).name if is_call else message.method
    call.fault = choose(room, "tool", operation=operation, journey=call.journey, named=not is_call)
    if call.fault and not is_call:
        call.seen = {"server": SERVER["name"], "tool": message.method[:200]}
    modern = version in mcp.MODERN_VERSIONS
    result = _tool_call(room, message, call) if is_call else _result(room, message, version, call, modern)
    return mcp.answer(message, result, version, SERVER)


def _result(room: Room, message: Message, version: str, call: Call, modern: bool) -> dict[str, Any]:
    """Return the result of a method that runs no tool."""
    documents = {f"lab://documents/{document.id}": document.text for document in room.script.documents}
    match message.method:
        case "initialize" if not modern:
            return mcp.initialized(version, SERVER)
        case "server/discover" if modern:
            return mcp.discovered()
        case "ping" | "logging/setLevel" if not modern:
            return {}
        case "tools/list":
            effects = frozenset(tool.name for tool in tools.scripted(room).values() if tool.effects)
            return mcp.tools(tools.offered(room, call.fault), effects)
        case "resources/list":
            return mcp.resources(documents)
        case "resources/templates/list":
            return {"resourceTemplates": []}
        case "resources/read":
            uri = message.params.get("uri")
            if not isinstance(uri, str) or uri not in documents:
                raise RpcError("Resource not found", code=mcp.RESOURCE_NOT_FOUND, data={"uri": uri})
            return mcp.resource(uri, documents[uri])
        case "prompts/list":
            return {"prompts": []}
    raise RpcError(f"Method not found: {message.method}", code=METHOD_NOT_FOUND)


def _tool_call(room: Room, message: Message, call: Call) -> dict[str, Any]:
    """Run a tool, and note arguments and result in what the fact will say."""
    use = mcp.read_call(message)
    arguments, matches = screened(room, use.arguments, "arguments")
    call.seen = {
        "server": SERVER["name"],
        "tool": use.name[:200],
        "arguments": arguments,
        "idempotency_key": _idempotency_key(message),
        "matches": matches,
    }
    tool = tools.scripted(room).get(use.name)
    if tool is None:
        call.seen["failed"] = True
        raise RpcError(f"Unknown tool: {use.name}", code=INVALID_PARAMS)
    result = tools.run(room, tool, use, call.fault)
    text, found = screened(room, result.text, "result")
    size = len(result.text.encode())
    call.seen |= {"result": text, "result_bytes": size, "failed": result.failed, "matches": (*matches, *found)}
    if call.fault and call.fault.fault == "wrong-schema":
        return {"output": result.text}
    return mcp.tool_result(result)


def _attribute(room: Room, message: Message, call: Call) -> None:
    """Take the trace and the client's name from the message, where the transport did not tell them."""
    meta = message.params.get("_meta")
    meta = meta if isinstance(meta, dict) else {}
    if call.trace is None and isinstance(meta.get("traceparent"), str):
        call.journey, call.trace = room.journey_of(meta["traceparent"])
    client = meta.get(mcp.CLIENT_KEY)
    if not call.caller and isinstance(client, dict):
        call.caller = f"{client.get('name', '')}/{client.get('version', '')}"[:200]


def _idempotency_key(message: Message) -> str | None:
    """Return the key by which the caller marks a repeated call, from the metadata or the arguments."""
    for holder in (message.params.get("_meta"), message.params.get("arguments")):
        for name in _IDEMPOTENCY:
            key = holder.get(name) if isinstance(holder, dict) else None
            if isinstance(key, str | int):
                return str(key)[:200]
    return None
