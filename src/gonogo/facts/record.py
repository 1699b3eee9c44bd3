"""The base of every fact, and the one JSON form that all of them share.

A fact is frozen, knows when it was seen and in which run, and is tagged with its kind: the snake_case of its class.
`encode` is canonical: the same fact gives the same bytes, so its hash can be chained, signed and compared.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union

import msgspec

Method = Literal["scan", "lab", "probe", "records", "eval", "load", "drill", "attest"]
"""How a proof is made; the catalogue's eight methods."""

Confidence = Literal["certain", "likely", "guess"]
"""How sure a collector is: parsed and resolved; parsed with one assumption; a heuristic."""


def kind_of(name: str) -> str:
    """Return the kind of a fact class: `ModelCallSite` becomes `model_call_site`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


class Fact(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag=kind_of):
    """One thing that was seen.

    `seen_at` is in UTC. `run` is the id of the `Run` that collected it; the run says which subject was looked at. Facts
    are trees, so the garbage collector need not look at them (`gc=False`): runs hold tens of thousands.
    """

    seen_at: datetime
    run: str = ""


class Place(msgspec.Struct, frozen=True):
    """A place in the repository: path relative to its root with forward slashes, and a 1-based line."""

    path: str
    line: int | None = None


F = TypeVar("F", bound=Fact)


def fact_types() -> list[type[Fact]]:
    """Return every concrete fact class that is loaded, sorted by kind."""
    found: dict[str, type[Fact]] = {}
    todo = list(Fact.__subclasses__())
    while todo:
        cls = todo.pop()
        todo += cls.__subclasses__()
        found[kind_of(cls.__name__)] = cls
    return [found[k] for k in sorted(found)]


@cache
def _decoder(types: tuple[type[Fact], ...]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(Union[types])  # noqa: UP007  (a runtime union of a tuple)


_encoder = msgspec.json.Encoder(order="deterministic")


def encode(record: Any) -> bytes:
    """Return the canonical JSON of a fact or of any other frozen record, without a line end."""
    return _encoder.encode(record)


def decode(line: bytes | str) -> Fact:
    """Read one fact back; raises `msgspec.ValidationError` where the kind is unknown or a field is wrong."""
    fact: Fact = _decoder(tuple(fact_types())).decode(line)
    return fact
