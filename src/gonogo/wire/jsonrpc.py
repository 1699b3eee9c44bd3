"""JSON-RPC 2.0 messages, one at a time: MCP has no batches since its version 2025-06-18."""

from __future__ import annotations

from typing import Any

import msgspec

from gonogo.wire import body
from gonogo.wire.base import WireError

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603

Id = str | int | None


class RpcError(WireError):
    """A message that is refused: `code` and `data` are those of the error object, `id` that of the message if known."""

    def __init__(
        self, message: str, *, code: int = INVALID_REQUEST, data: Any = None, id: Id = None, status: int = 400
    ) -> None:
        """Keep what the error object will say; `status` is that of HTTP, where it is the transport."""
        super().__init__(message, status=status)
        self.code, self.data, self.id = code, data, id


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A request (it has a method and an id), a notification (no id) or a response (no method)."""

    method: str = ""
    id: Id = None
    params: dict[str, Any] = {}
    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None

    @property
    def is_request(self) -> bool:
        """Whether an answer is owed."""
        return bool(self.method) and self.id is not None


def parse(line: bytes) -> Message:
    """Read one message; raises `RpcError`."""
    try:
        raw = body.decode(line)
    except WireError as error:
        code = INVALID_REQUEST if error.kind == "invalid_type" else PARSE_ERROR
        raise RpcError(error.message, code=code) from error
    id = raw.get("id")
    if isinstance(id, bool) or not isinstance(id, str | int | None):
        raise RpcError("The id must be a string or an integer.")
    if raw.get("jsonrpc") != "2.0":
        raise RpcError('The message must state "jsonrpc": "2.0".', id=id)
    method, params = raw.get("method", ""), raw.get("params")
    if not isinstance(method, str) or not (method or _is_response(raw)):
        raise RpcError("The message is no request, notification or response.", id=id)
    if "id" in raw and id is None and method:
        raise RpcError("The id of a request must not be null.")
    if params is not None and not isinstance(params, dict):
        raise RpcError("The params must be an object.", code=INVALID_PARAMS, id=id)
    return Message(method=method, id=id, params=params or {}, result=raw.get("result"), error=raw.get("error"))


def request(method: str, params: dict[str, Any], id: Id) -> bytes:
    """Write a request."""
    return body.encode({"jsonrpc": "2.0", "id": id, "method": method, "params": params})


def notification(method: str, params: dict[str, Any]) -> bytes:
    """Write a notification."""
    return body.encode({"jsonrpc": "2.0", "method": method, "params": params})


def result(value: dict[str, Any], id: Id) -> bytes:
    """Write a good response."""
    return body.encode({"jsonrpc": "2.0", "id": id, "result": value})


def error(problem: RpcError, id: Id = None) -> bytes:
    """Write an error response; its id is null where the request's could not be read."""
    told: dict[str, Any] = {"code": problem.code, "message": problem.message}
    if problem.data is not None:
        told["data"] = problem.data
    return body.encode({"jsonrpc": "2.0", "id": problem.id if id is None else id, "error": told})


def _is_response(raw: dict[str, Any]) -> bool:
    return isinstance(raw.get("result"), dict) != isinstance(raw.get("error"), dict)
