"""JSON bodies of requests and answers: decoded once, and their fields read with the provider's complaint when wrong."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from gonogo.facts.traffic import ToolUse
from gonogo.wire.base import Tool, WireError

_DECODER = msgspec.json.Decoder()
_ENCODER = msgspec.json.Encoder()
encode = _ENCODER.encode
DEPTH = 200
"""Levels of nesting that are read: far more than any request has, and few enough to be written again without a care."""


def decode(body: bytes) -> dict[str, Any]:
    """Decode a JSON object; anything else, too deep nesting and lone surrogates too, is a `WireError`."""
    raw = _decoded(body)
    if not isinstance(raw, dict):
        raise WireError("The JSON body must be an object.", kind="invalid_type")
    return raw


def decode_list(body: bytes) -> list[dict[str, Any]]:
    """Decode a JSON array of objects; anything else is a `WireError`."""
    return tables({"body": _decoded(body)}, "body")


def vector_of(value: Any) -> tuple[float, ...]:
    """Read a vector, given as numbers or as base64 of little-endian 32-bit floats."""
    try:
        if not isinstance(value, str):
            return tuple([float(number) for number in value])
        packed = base64.b64decode(value, validate=True)
        return struct.unpack(f"<{len(packed) // 4}f", packed)
    except (ValueError, TypeError, OverflowError, struct.error) as error:
        raise WireError("the answer holds an embedding that is no vector") from error


def wrong_type(param: str, expected: str, value: object) -> WireError:
    """Complain that `param` is of another type than `expected`."""
    return WireError(
        f"Invalid type for '{param}': expected {expected}, but got {_type(value)} instead.",
        kind="invalid_type",
        param=param,
    )


def missing(param: str) -> WireError:
    """Complain that `param` was not given."""
    return WireError(f"Missing required parameter: '{param}'.", kind="missing_required_parameter", param=param)


def text(raw: Mapping[str, Any], name: str, default: str = "") -> str:
    """Read an optional text."""
    value = raw.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise wrong_type(name, "a string", value)
    return value


def number(raw: Mapping[str, Any], name: str) -> float | None:
    """Read an optional number."""
    value = raw.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong_type(name, "a decimal", value)
    try:
        return float(value)
    except OverflowError as error:
        raise WireError(f"Invalid '{name}': number out of range.", kind="invalid_value", param=name) from error


def whole(raw: Mapping[str, Any], name: str) -> int | None:
    """Read an optional whole number of at most 64 bits."""
    value = raw.get(name)
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(name, "an integer", value)
    if not -(2**63) <= value < 2**63:
        raise WireError(f"Invalid '{name}': integer out of range.", kind="invalid_value", param=name)
    return value


def flag(raw: Mapping[str, Any], name: str) -> bool:
    """Read an optional truth value, false where it is not given."""
    value = raw.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise wrong_type(name, "a boolean", value)
    return value


def table(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Read an optional object, empty where it is not given."""
    value = raw.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wrong_type(name, "an object", value)
    return value


def tables(raw: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Read an optional array of objects, empty where it is not given."""
    value = raw.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise wrong_type(name, "an array of objects", value)
    for index, item in enumerate(value):
        if not isinstance(item, dict):
            raise wrong_type(f"{name}[{index}]", "an object", item)
    return value


def texts(raw: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Read an optional text, or array of texts."""
    value = raw.get(name)
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise wrong_type(name, "a string or an array of strings", value)
    return tuple(value)


def text_of(message: Mapping[str, Any], field: str, where: str = "") -> str:
    """Read a content that is a text, or an array of parts of which some are texts."""
    content = message.get(field)
    if isinstance(content, str):
        return content
    if content is None:
        return ""
    if not isinstance(content, list):
        raise wrong_type(where or field, "a string or an array of objects", content)
    return "\n".join(
        said
        for part in tables(message, field)
        if isinstance(said := part.get("text") or part.get("refusal") or "", str) and said
    )


def function_tool(raw: dict[str, Any]) -> Tool:
    """Read one tool that is offered, in the form that OpenAI began: a function with its parameters."""
    function = table(raw, "function") or table(raw, "custom")
    return Tool(
        name=text(function, "name"), description=text(function, "description"), schema=table(function, "parameters")
    )


def function_use(raw: dict[str, Any]) -> ToolUse:
    """Read one call of a tool, in the form that OpenAI began: a function with its arguments as text."""
    function = table(raw, "function")
    return ToolUse(id=text(raw, "id"), name=text(function, "name"), arguments=text(function, "arguments"))


def labels(raw: Mapping[str, Any], *names: str) -> dict[str, str]:
    """Read the fields that attribute a request: those of `names`, and what is in `metadata`."""
    found = {name: value for name in names if isinstance(value := raw.get(name), str)}
    metadata = raw.get("metadata")
    if isinstance(metadata, dict):
        found |= {key: value for key, value in metadata.items() if isinstance(value, str)}
    return found


def split(arguments: str, size: int = 24) -> Iterable[str]:
    """Split the arguments of a tool call as providers stream them: a few tokens at a time."""
    return (arguments[at : at + size] for at in range(0, len(arguments), size))


def arguments_of(use: ToolUse) -> Any:
    """Return the arguments of a tool call for protocols that carry them as JSON, not as text.

    Arguments that do not parse cannot be carried; they come as one text, which satisfies no schema either.
    """
    try:
        return _decoded(use.arguments.encode() or b"{}")
    except WireError:
        return use.arguments


def arguments_text(value: Any) -> str:
    """Return the arguments of a tool call that came as JSON; a text is taken as it is."""
    return value if isinstance(value, str) else encode(value or {}).decode()


def rfc3339(seconds: int) -> str:
    """Write a time in Unix seconds as RFC 3339, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _decoded(body: bytes) -> Any:
    """Decode JSON of any form."""
    try:
        raw = _DECODER.decode(body)
    except (ValueError, RecursionError) as error:
        raise WireError(f"We could not parse the JSON body of your request: {error}") from error
    if body.count(b"{") + body.count(b"[") > DEPTH and _deep(raw):
        raise WireError(f"The JSON body is nested deeper than {DEPTH} levels.")
    return raw


def _deep(raw: Any) -> bool:
    """Tell whether a value is nested deeper than `DEPTH` levels."""
    level = [raw]
    for _ in range(DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def _type(value: object) -> str:
    """Name the JSON type of a value."""
    names = {bool: "a boolean", int: "an integer", float: "a decimal", str: "a string", list: "an array"}
    return "null" if value is None else names.get(type(value), "an object")
