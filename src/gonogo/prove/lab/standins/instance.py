"""A value that satisfies a JSON Schema, the same for the same schema; free texts hold the marker. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_FORMATS = {
    "date-time": "2026-01-02T03:04:05Z",
    "date": "2026-01-02",
    "time": "03:04:05Z",
    "email": "lab@example.org",
    "uri": "https://example.org/lab",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "ipv4": "192.0.2.1",
    "hostname": "example.org",
}
_DEEPEST = 12


def instance(schema: Schema | bool, text: str, root: Schema | None = None, depth: int = 0) -> Any:
    """Return a valid value; `text` is used wherever any text will do. What a schema leaves open stays small."""
    if isinstance(schema, bool) or not schema:
        return text
    root = root if root is not None else schema
    if "$ref" in schema:
        return instance(_referred(schema["$ref"], root), text, root, depth + 1) if depth < _DEEPEST else None
    for fixed in ("const", "default"):
        if fixed in schema:
            return schema[fixed]
    if schema.get("enum"):
        return schema["enum"][0]
    for several in ("anyOf", "oneOf"):
        if schema.get(several):
            simple = [s for s in schema[several] if s.get("type") != "null"] or schema[several]
            return instance({k: v for k, v in schema.items() if k != several} | dict(simple[0]), text, root, depth)
    if schema.get("allOf"):
        whole: dict[str, Any] = {k: v for k, v in schema.items() if k != "allOf"}
        for part in schema["allOf"]:
            part = _referred(part["$ref"], root) if "$ref" in part else part
            whole["properties"] = {**whole.get("properties", {}), **part.get("properties", {})}
            whole["required"] = [*whole.get("required", ()), *part.get("required", ())]
            whole |= {k: v for k, v in part.items() if k not in ("properties", "required")}
        return instance(whole, text, root, depth)
    return _typed(schema, text, root, depth)


def _typed(schema: Schema, text: str, root: Schema, depth: int) -> Any:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((k for k in kind if k != "null"), "null")
    if kind is None:
        kind = "object" if "properties" in schema else "array" if "items" in schema else "string"
    if kind == "object":
        return _object(schema, text, root, depth)
    if kind == "array":
        least = schema.get("minItems", 1 if depth < _DEEPEST // 2 else 0)
        most = schema.get("maxItems", least)
        parts = schema.get("prefixItems", [])
        items = [instance(p, text, root, depth + 1) for p in parts]
        inner = schema.get("items", {})
        made = [instance(inner, text, root, depth + 1) for _ in range(max(0, min(least, most) - len(items)))]
        return [*items, *(_distinct(made) if schema.get("uniqueItems") else made)]
    if kind in ("integer", "number"):
        return _number(schema, kind == "integer")
    return {"boolean": True, "null": None, "string": _text(schema, text)}.get(kind)


def _object(schema: Schema, text: str, root: Schema, depth: int) -> dict[str, Any]:
    properties = schema.get("properties", {})
    required = schema.get("required", ())
    wanted = [name for name in properties if name in required or depth < _DEEPEST // 3]
    made = {name: instance(properties[name], text, root, depth + 1) for name in wanted}
    for name in required:
        made.setdefault(name, text)
    return made


def _number(schema: Schema, whole: bool) -> float | int:
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    step = schema.get("multipleOf")
    value: float = 1 if low is None else low
    if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
        value = schema["exclusiveMinimum"] + (1 if whole or high is None else (high - schema["exclusiveMinimum"]) / 2)
    if high is not None and value > high:
        value = high - (1 if whole and "exclusiveMaximum" in schema else 0)
    if step:
        value = math.ceil(value / step) * step
    return math.ceil(value) if whole else value


def _text(schema: Schema, text: str) -> str:
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    if "pattern" in schema:
        return _matching(str(schema["pattern"])) or text
    text = text + "." * max(0, int(schema.get("minLength", 0)) - len(text))
    return text[: int(schema["maxLength"])] if "maxLength" in schema else text


def _matching(pattern: str) -> str | None:
    """Return a text for the patterns that schemas really hold, by the standard library's own reading of them."""
    import re._parser as parser  # type: ignore[import-not-found]  # the parser of `re` itself

    try:
        parsed = parser.parse(pattern)
    except Exception:
        return None
    return "".join(_piece(op, value, parser) for op, value in parsed)


def _piece(op: Any, value: Any, parser: Any) -> str:
    name = str(op)
    if name == "LITERAL":
        return chr(value)
    if name in ("MAX_REPEAT", "MIN_REPEAT"):
        least, _, inner = value
        return "".join(_piece(o, v, parser) for o, v in inner) * int(least)
    if name == "SUBPATTERN":
        return "".join(_piece(o, v, parser) for o, v in value[3])
    if name == "BRANCH":
        return "".join(_piece(o, v, parser) for o, v in value[1][0])
    if name == "IN":
        first_op, first = value[0]
        kind = str(first_op)
        if kind == "RANGE":
            return chr(first[0])
        if kind == "LITERAL":
            return chr(first)
        return "1" if "DIGIT" in str(first) else "a"
    return "a" if name in ("ANY", "NOT_LITERAL") else ""


def _distinct(items: list[Any]) -> list[Any]:
    return [f"{item} {n}" if isinstance(item, str) and n else item for n, item in enumerate(items)]


def _referred(pointer: str, root: Schema) -> Schema:
    found: Any = root
    for part in pointer.removeprefix("#").strip("/").split("/"):
        if part:
            found = found.get(part.replace("~1", "/").replace("~0", "~"), {}) if isinstance(found, Mapping) else {}
    return found if isinstance(found, Mapping) else {}
