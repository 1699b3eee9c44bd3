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
    "ipv6": "2001:db8::1",
    "duration": "P1D",
    "hostname": "example.org",
}
_KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}
_DEEPEST = 12


def instance(schema: Schema | bool, text: str, root: Schema | None = None, depth: int = 0) -> Any:
    """Return a valid value; `text` is used wherever any text will do. What a schema leaves open stays small."""
    if isinstance(schema, bool) or not schema:
        return text
    root = root if root is not None else schema
    if "$ref" in schema:
        return instance(_referred(schema["$ref"], root), text, root, depth + 1) if depth < _DEEPEST else None
    if "const" in schema:
        return schema["const"]
    if "default" in schema and _fits(schema["default"], schema):
        return schema["default"]
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
        return [*items, *(_distinct(made, inner) if schema.get("uniqueItems") else made)]
    if kind in ("integer", "number"):
        return _number(schema, kind == "integer")
    return {"boolean": True, "null": None, "string": _text(schema, text)}.get(kind)


def _object(schema: Schema, text: str, root: Schema, depth: int) -> dict[str, Any]:
    properties = schema.get("properties", {})
    required = schema.get("required", ())
    wanted = [name for name in properties if name in required or depth < _DEEPEST // 3]
    made = {name: instance(properties[name], text, root, depth + 1) for name in wanted}
    others = schema.get("additionalProperties")
    least = schema.get("minProperties", 0) - len({*made, *required})
    for name in (*required, *(f"{text}{n}" for n in range(least))):
        if name not in made:
            made[name] = instance(others, text, root, depth + 1) if isinstance(others, Mapping) else text
    return made


def _fits(value: Any, schema: Schema) -> bool:
    """Say whether a default is of the schema's type: code often writes null where it means none."""
    kinds = schema.get("type", ())
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return not kinds or any(isinstance(value, _KINDS.get(kind, object)) for kind in kinds)


def _number(schema: Schema, whole: bool) -> float | int:
    step = schema.get("multipleOf") or (1 if whole else None)
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if above is not None and below is not None and step is None:
        return float(above + below) / 2
    least = max((v for v in (low, above) if v is not None), default=None)
    most = min((v for v in (high, below) if v is not None), default=None)
    value: float = 1 if least is None else least
    if most is not None and value > most:
        value = most
    gap = step or 0.5
    if step:
        value = (math.ceil if least is not None or most is None else math.floor)(value / step) * step
    if above is not None and value <= above:
        value += gap
    if below is not None and value >= below:
        value -= gap
    return round(value) if whole else value


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
        return _among(value)
    return "a" if name == "ANY" else _among([("NEGATE", None), (op, value)]) if name == "NOT_LITERAL" else ""


def _among(members: Any) -> str:
    """Return one character of a class: its first, or for `[^...]` the first usual one that is none of its members."""
    if str(members[0][0]) == "NEGATE":
        return next((c for c in "aA1 -_.~" if not any(_is(c, *member) for member in members[1:])), "")
    op, first = members[0]
    if str(op) in ("LITERAL", "RANGE"):
        return chr(first if isinstance(first, int) else first[0])
    return next((c for c in "1a -" if _is(c, op, first)), "a")


def _is(char: str, op: Any, value: Any) -> bool:
    match str(op), str(value):
        case (("LITERAL" | "NOT_LITERAL"), _):
            return bool(ord(char) == value)
        case "RANGE", _:
            return bool(value[0] <= ord(char) <= value[1])
        case _, kind:
            told = {"DIGIT": char.isdigit(), "SPACE": char.isspace(), "WORD": char.isalnum() or char == "_"}
            return told[kind.rpartition("_")[2]] != ("_NOT_" in kind)


def _distinct(items: list[Any], schema: Schema | bool) -> list[Any]:
    """Return the items told apart by their number, where their schema leaves that open."""
    choices = schema.get("enum") if isinstance(schema, Mapping) else None
    if choices:
        return [choices[n % len(choices)] for n in range(len(items))]
    step = (schema.get("multipleOf") or 1) if isinstance(schema, Mapping) else 1
    return [_told_apart(item, n, step) for n, item in enumerate(items)]


def _told_apart(item: Any, number: int, step: float) -> Any:
    if isinstance(item, bool) or not number:
        return item
    if isinstance(item, str):
        return f"{item} {number}"
    return item + number * step if isinstance(item, int | float) else item


def _referred(pointer: str, root: Schema) -> Schema:
    found: Any = root
    for part in pointer.removeprefix("#").strip("/").split("/"):
        if part:
            found = found.get(part.replace("~1", "/").replace("~0", "~"), {}) if isinstance(found, Mapping) else {}
    return found if isinstance(found, Mapping) else {}
