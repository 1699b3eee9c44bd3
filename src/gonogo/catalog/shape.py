"""Hold plain values against a record's type and tell every difference, not only the first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import inspect as kinds

from gonogo.catalog.problems import listed, nearest

Difference = tuple[tuple[str | int, ...], str]


def differences(value: object, record: type[msgspec.Struct]) -> list[Difference]:
    """Return (place, message) for everything in `value` that `record` does not allow; nothing when it is right."""
    return list(_walk(value, kinds.type_info(record), ()))


def _walk(value: Any, wanted: kinds.Type, at: tuple[str | int, ...]) -> Iterator[Difference]:
    if isinstance(wanted, kinds.StructType):
        yield from _record(value, wanted, at)
    elif isinstance(wanted, kinds.UnionType):
        yield from _union(value, wanted, at)
    elif isinstance(wanted, (kinds.VarTupleType, kinds.ListType)):
        yield from _each(value, wanted.item_type, at)
    elif isinstance(wanted, kinds.DictType):
        yield from _mapping(value, wanted.value_type, at)
    elif isinstance(wanted, kinds.LiteralType):
        if value not in wanted.values:
            yield at, f"{value!r} is not {listed(wanted.values)}{nearest(value, map(str, wanted.values))}"
    elif not _scalar(value, wanted):
        yield at, f"{_short(value)} is not {_name(wanted)}"


def _record(value: Any, wanted: kinds.StructType, at: tuple[str | int, ...]) -> Iterator[Difference]:
    if not isinstance(value, dict):
        yield at, f"{_short(value)} is not a mapping"
        return
    fields = {field.encode_name: field for field in wanted.fields}
    for key in value:
        if key not in fields:
            yield (*at, key), f"is not a key of a {wanted.cls.__name__.lower()}{nearest(key, fields)}"
    for name, field in fields.items():
        if name in value:
            yield from _walk(value[name], field.type, (*at, name))
        elif field.required:
            yield at, f"the key {name} is missing"


def _union(value: Any, wanted: kinds.UnionType, at: tuple[str | int, ...]) -> Iterator[Difference]:
    """Follow the alternative that has the value's own form, so that the message is about what was meant."""
    found = [list(_walk(value, kind, at)) for kind in wanted.types]
    if any(not differences for differences in found):
        return
    for kind, differences in zip(wanted.types, found, strict=True):
        if isinstance(value, dict) and isinstance(kind, kinds.StructType):
            yield from differences
            return
        if isinstance(value, list) and isinstance(kind, (kinds.VarTupleType, kinds.ListType)):
            yield from differences
            return
    yield at, f"{_short(value)} is not {listed(_name(kind) for kind in wanted.types)}"


def _each(value: Any, item: kinds.Type, at: tuple[str | int, ...]) -> Iterator[Difference]:
    if not isinstance(value, list):
        yield at, f"{_short(value)} is not a list"
        return
    for position, entry in enumerate(value):
        yield from _walk(entry, item, (*at, position))


def _mapping(value: Any, item: kinds.Type, at: tuple[str | int, ...]) -> Iterator[Difference]:
    if not isinstance(value, dict):
        yield at, f"{_short(value)} is not a mapping"
        return
    for key, entry in value.items():
        if not isinstance(key, str):
            yield (*at, key), f"the key {_short(key)} is not text"
        yield from _walk(entry, item, (*at, key))


def _scalar(value: object, wanted: kinds.Type) -> bool:
    if isinstance(wanted, kinds.AnyType):
        return True
    if isinstance(wanted, kinds.NoneType):
        return value is None
    if isinstance(wanted, kinds.BoolType):
        return isinstance(value, bool)
    if isinstance(wanted, kinds.IntType):
        return isinstance(value, int) and not isinstance(value, bool)
    if isinstance(wanted, kinds.FloatType):
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(wanted, kinds.StrType) and isinstance(value, str)


_NAMES = {
    "NoneType": "empty",
    "BoolType": "true or false",
    "IntType": "a whole number",
    "FloatType": "a number",
    "StrType": "text",
    "StructType": "a mapping",
    "VarTupleType": "a list",
    "ListType": "a list",
    "DictType": "a mapping",
}


def _name(kind: kinds.Type) -> str:
    return _NAMES.get(type(kind).__name__, "allowed")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
