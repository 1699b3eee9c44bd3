"""An OpenAPI document as a contract: the requests that follow from it, and what a response has that it does not say.

Pure. OpenAPI 3.0 and 3.1; what is no JSON is held by its content type alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from jsonschema import Draft202012Validator

from gonogo.prove.lab.standins.instance import instance

_METHODS = ("get", "post", "put", "patch", "delete")
_TEXT = "lab"
_WRONG = {"string": 7, "integer": "seven", "number": "seven", "boolean": "perhaps", "array": "x", "object": "x"}
_ERRORS = 3
"""Differences that are named of one response."""
_DEEPEST = 12


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A request to an operation. `source` is `example`, `schema` or `malformed`; `name` says which of them."""

    source: str
    name: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True)
class Operation:
    """One operation of a document; `parts` are its own specification with the parameters of its path."""

    document: Mapping[str, Any]
    method: str
    route: str
    parts: Mapping[str, Any]

    @property
    def guarded(self) -> bool:
        """Whether it asks for a credential."""
        return bool(self.parts.get("security", self.document.get("security")))

    def answers(self, method: str, path: str) -> bool:
        """Tell whether a request is one to this operation."""
        template = "".join("[^/]+" if p.startswith("{") else re.escape(p) for p in re.split(r"(\{[^}]*\})", self.route))
        return method.upper() == self.method and re.fullmatch(template, path.partition("?")[0]) is not None

    def requests(self, known: Mapping[str, str]) -> Iterator[Tried]:
        """Yield the documented examples, one request by the schema, and malformed ones.

        `known` are values of path parameters that exist, by name.
        """
        media = self._media()
        path, headers = self._place(known)
        examples = list(_examples(media)) if media else []
        for name, body in examples:
            yield Tried(source="example", name=name, path=path, headers=headers, body=body)
        whole = None if media is None else instance(media.get("schema", {}), _TEXT, self.document)
        yield Tried(source="schema", name="valid", path=path, headers=headers, body=whole)
        schema = self._resolved(media.get("schema", {})) if media else {}
        if isinstance(whole, dict):
            for name in schema.get("required", ()):
                rest = {k: v for k, v in whole.items() if k != name}
                yield Tried(source="malformed", name=f"{name} missing", path=path, headers=headers, body=rest)
            for name, inner in schema.get("properties", {}).items():
                wrong = _WRONG.get(str(self._resolved(inner).get("type")))
                if wrong is not None:
                    body = {**whole, name: wrong}
                    yield Tried(source="malformed", name=f"{name}: wrong type", path=path, headers=headers, body=body)
        for each in self._parameters("query"):
            if each.get("required"):
                bare, headers = self._place(known, without=str(each["name"]))
                yield Tried(source="malformed", name=f"{each['name']} missing", path=bare, headers=headers, body=whole)

    def differences(self, status: int, content_type: str, content: bytes) -> tuple[list[str], list[str]]:
        """Return what a response has that is not documented, and where it differs from its schema."""
        responses = self.parts.get("responses", {})
        spec = responses.get(str(status)) or responses.get(f"{status // 100}XX") or responses.get("default")
        if spec is None:
            return [f"status {status}"], []
        kind = content_type.partition(";")[0].strip().lower()
        offered: Mapping[str, Any] = self._resolved(spec).get("content", {})
        if not content and not offered:
            return [], []
        media = next((m for name, m in offered.items() if name.partition(";")[0].strip().lower() == kind), None)
        if media is None:
            return [f"content type {kind or 'none'} with status {status}"] if content else [], []
        if not kind.endswith("json") or "schema" not in media:
            return [], []
        try:
            value = json.loads(content)
        except ValueError:
            return [], ["the body is no JSON"]
        rooted = {**media["schema"], "components": self.document.get("components", {})}
        errors = sorted(Draft202012Validator(rooted).iter_errors(value), key=lambda e: list(map(str, e.path)))
        shown = [f"/{'/'.join(map(str, e.path))}: {e.message[:120]}" for e in errors[:_ERRORS]]
        return [f"field {place}" for place in dict.fromkeys(self._unnamed(value, media["schema"]))], shown

    def _unnamed(self, value: Any, schema: Any, place: str = "", depth: int = 0) -> Iterator[str]:
        """Yield the fields of a value that its schema neither names nor allows as others."""
        schema = self._resolved(schema)
        parts = [self._resolved(p) for key in ("allOf", "anyOf", "oneOf") for p in schema.get(key, ())]
        if isinstance(value, list):
            for one in value:
                yield from self._unnamed(one, schema.get("items", {}), f"{place}/*", depth + 1)
        if not isinstance(value, dict) or depth > _DEEPEST:
            return
        named = {k: v for part in (schema, *parts) for k, v in part.get("properties", {}).items()}
        open_ = not named or any(p.get("additionalProperties") or p.get("patternProperties") for p in (schema, *parts))
        for key, inner in value.items():
            if key in named:
                yield from self._unnamed(inner, named[key], f"{place}/{key}", depth + 1)
            elif not open_:
                yield f"{place}/{key}"

    def _media(self) -> Mapping[str, Any] | None:
        """Return the JSON form of its request body, None where it takes none."""
        content = self._resolved(self.parts.get("requestBody", {})).get("content", {})
        return next((m for kind, m in content.items() if "json" in kind), None)

    def _place(self, known: Mapping[str, str], without: str = "") -> tuple[str, dict[str, str]]:
        """Return the path with its parameters filled in, and the headers that are required."""
        path = self.route
        for each in self._parameters("path"):
            value = known.get(str(each["name"]), self._value(each))
            path = path.replace(f"{{{each['name']}}}", quote(str(value), safe=""))
        query = [(str(p["name"]), self._value(p)) for p in self._parameters("query") if p.get("required")]
        query = [(name, value) for name, value in query if name != without]
        headers = {str(p["name"]): str(self._value(p)) for p in self._parameters("header") if p.get("required")}
        return path + (f"?{urlencode(query)}" if query else ""), headers

    def _parameters(self, where: str) -> list[Mapping[str, Any]]:
        return [p for p in map(self._resolved, self.parts.get("parameters", ())) if p.get("in") == where]

    def _value(self, parameter: Mapping[str, Any]) -> Any:
        schema = self._resolved(parameter.get("schema", {}))
        return parameter.get("example", schema.get("example", instance(schema, _TEXT, self.document)))

    def _resolved(self, part: Any, depth: int = 0) -> Mapping[str, Any]:
        """Return what a reference within the document leads to."""
        if not isinstance(part, Mapping):
            return {}
        name = part.get("$ref")
        if not isinstance(name, str) or depth > _DEEPEST:
            return part
        found: Any = self.document if name.startswith("#/") else {}
        for step in name[2:].split("/"):
            found = found.get(step.replace("~1", "/").replace("~0", "~"), {}) if isinstance(found, Mapping) else {}
        return self._resolved(found, depth + 1)


def operations(document: Any) -> list[Operation]:
    """Return the operations of a parsed document, none where it is no OpenAPI 3."""
    if not isinstance(document, dict) or not str(document.get("openapi", "")).startswith("3."):
        return []
    whole = _modern(document) if str(document["openapi"]).startswith("3.0") else document
    found = []
    for route, item in whole.get("paths", {}).items():
        for method in _METHODS:
            if isinstance(item, dict) and isinstance(item.get(method), dict):
                own = item[method]
                parameters = [*item.get("parameters", ()), *own.get("parameters", ())]
                found.append(Operation(whole, method.upper(), route, {**own, "parameters": parameters}))
    return found


def _examples(media: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    schema = media.get("schema", {})
    for holder in (media, schema if isinstance(schema, Mapping) else {}):
        if "example" in holder:
            yield "example", holder["example"]
        several = holder.get("examples")
        if isinstance(several, Mapping):
            yield from ((name, e["value"]) for name, e in several.items() if isinstance(e, Mapping) and "value" in e)
        elif isinstance(several, Sequence) and not isinstance(several, str):
            yield from ((f"example {number}", value) for number, value in enumerate(several, 1))


def _modern(part: Any) -> Any:
    """Say `nullable` and exclusive bounds of OpenAPI 3.0 as JSON Schema does."""
    if isinstance(part, list):
        return [_modern(one) for one in part]
    if not isinstance(part, dict):
        return part
    made = {key: _modern(value) for key, value in part.items()}
    for bound, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(made.get(bound), bool):
            exclusive = made.pop(bound)
            if exclusive and limit in made:
                made[bound] = made.pop(limit)
    if made.pop("nullable", False) is True:
        return {"anyOf": [made, {"type": "null"}]}
    return made
