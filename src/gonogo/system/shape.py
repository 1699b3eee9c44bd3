"""The shape of gonogo.yaml, and of other files of records: validated by pydantic, every error at once, in our words."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from gonogo.facts.declaration import System
from gonogo.system.document import Node, parse
from gonogo.system.problems import Problems, nearest, one, shown

T = TypeVar("T")

_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping",
    "dataclass_type": "a mapping",
}
_NUMBERS = frozenset({"int_type", "int_from_float", "float_type"})


@cache
def _adapter(record: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(record)


def read(path: Path, record: type[T], name: str | None = None) -> T:
    """Return the record that the YAML file at `path` holds; raises `SystemFileError` with all that is wrong in it.

    `name` is what messages call the file.
    """
    problems = Problems()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise one(name or str(path), None, f"cannot be read: {error.strerror}") from None
    root = parse(data, name or str(path), problems)
    found = validate(root, problems, record)
    problems.end()
    assert found is not None  # noqa: S101  (a record that is none has problems)
    return found


def validate(root: Node, problems: Problems, record: type[T]) -> T | None:
    """Return the record that `root` holds; None, with all that is wrong in `problems`, where it is not one."""
    from pydantic import ValidationError

    try:
        found: T = _adapter(typing.cast(Any, record)).validate_json(json.dumps(root.plain()), strict=True)
    except ValidationError as error:
        _tell(root, error.errors(include_url=False, include_input=False), problems, record)
        return None
    return found


def _tell(root: Node, errors: list[Any], problems: Problems, record: type[Any]) -> None:
    """Turn pydantic's errors into ours, one for each place: the members of a union are told together."""
    told: dict[tuple[str, ...], list[Any]] = {}
    for error in errors:
        told.setdefault(_place(root, error["loc"]), []).append(error)
    for place, same in told.items():
        node, found = _at(root, place)
        text = _sentence(record, place, node if found else None, same)
        problems.add(node.file, node.line, ".".join(place), text)


def _place(root: Node, loc: tuple[Any, ...]) -> tuple[str, ...]:
    """Return where an error is, without the names of union members that pydantic appends."""
    place: list[str] = []
    node: Node | None = root
    for step in loc:
        if node is None or (not node.map and not node.items and not _is_container(node)):
            break
        place.append(str(step))
        node = _child(node, str(step))
    return tuple(place)


def _is_container(node: Node) -> bool:
    return isinstance(node.value, (dict, list))


def _child(node: Node, step: str) -> Node | None:
    if isinstance(node.value, dict):
        return node.value.get(step)
    index = int(step) if step.isdigit() else -1
    return node.items[index] if 0 <= index < len(node.items) else None


def _at(root: Node, place: tuple[str, ...]) -> tuple[Node, bool]:
    """Return the node at a place, or the nearest one around it and False."""
    node = root
    for step in place:
        inner = _child(node, step)
        if inner is None:
            return node, False
        node = inner
    return node, True


def _sentence(record: type[Any], place: tuple[str, ...], node: Node | None, errors: list[Any]) -> str:
    kinds = [e["type"] for e in errors]
    if "missing" in kinds:
        return "is missing; add it"
    if "unexpected_keyword_argument" in kinds:
        return f"is no key of {'gonogo.yaml' if record is System else 'this file'}" + _right_key(place, record)
    if "literal_error" in kinds:
        return _literal(node, errors[0])
    wanted = " or ".join(dict.fromkeys(_WANTED.get(k, k.replace("_", " ")) for k in kinds))
    return f"{wanted} is wanted, not {_kind(node)}{_hint(node, kinds)}"


def _literal(node: Node | None, error: Any) -> str:
    names = [part.strip("'") for part in error["ctx"]["expected"].replace(" or ", ", ").split(", ")]
    value = node.text if node else None
    if value is None:
        return f"one of {', '.join(names)} is wanted, not {_kind(node)}"
    return f"{shown(value)} is not one of {', '.join(names)}{_near_only(value, names)}"


def _near_only(word: str, names: list[str]) -> str:
    near = nearest(word, names)
    return near if near.startswith("; did") else ""


def _kind(node: Node | None) -> str:
    value = node.value if node else None
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a mapping" if isinstance(value, dict) else "a list"


def _hint(node: Node | None, kinds: list[str]) -> str:
    """Return the edit that mends a wrong type, where one can be told."""
    value = node.value if node else None
    if "bool_type" in kinds and isinstance(value, str):
        return "; write true or false, without quotes"
    if _NUMBERS & set(kinds) and isinstance(value, str):
        plain = value.strip().replace("_", "").replace(",", "")
        return "; write the figure alone, without quotes, unit or separators" if plain[:1].isdigit() else ""
    if "string_type" in kinds and isinstance(value, (bool, int, float)) and len(kinds) == 1:
        return "; put it in quotes"
    if "tuple_type" in kinds and isinstance(value, str):
        return "; one item is a list too: [...]"
    if "tuple_type" in kinds and isinstance(value, dict):
        return "; begin each item with `- `"
    return ""


def _right_key(place: tuple[str, ...], record: type[Any]) -> str:
    word, names = place[-1], [f.name for f in fields_at(place[:-1], record)]
    near = nearest(word, names)
    if near.startswith("; did"):
        return near
    elsewhere = [path for path in key_paths(typing.cast(Any, record)) if path.rpartition(".")[2] == word]
    if elsewhere:
        return f"; it stands at {elsewhere[0]}"
    return near


def fields_at(place: tuple[str, ...], record: type[Any] = System) -> tuple[dataclasses.Field[Any], ...]:
    """Return the fields of the record at a place of the file; none where there is no record."""
    current: Any = record
    for step in place:
        if not step.isdigit():
            current = (
                record_of(_hints(typing.cast(Any, current)).get(step)) if dataclasses.is_dataclass(current) else None
            )
    return dataclasses.fields(current) if dataclasses.is_dataclass(current) else ()


@cache
def _hints(cls: Any) -> Mapping[str, Any]:
    return typing.get_type_hints(cls)


def record_of(kind: Any) -> Any:
    """Return the record class in a field's type (`tuple[Journey, ...]`, `Service | None`), None where there is none."""
    if dataclasses.is_dataclass(kind):
        return kind
    if typing.get_origin(kind) in (tuple, typing.Union, types.UnionType):
        found = (record_of(inner) for inner in typing.get_args(kind))
        return next((cls for cls in found if cls is not None), None)
    return None


@cache
def key_paths(record: Any = System) -> tuple[str, ...]:
    """Return every dotted key of the file, without list positions: `name`, `budgets.monthly_usd`, ..."""
    paths: list[str] = []
    for top in dataclasses.fields(record):
        paths.append(top.name)
        inner = record_of(_hints(record)[top.name])
        paths += [f"{top.name}.{f.name}" for f in dataclasses.fields(inner)] if inner else []
    return tuple(paths)
