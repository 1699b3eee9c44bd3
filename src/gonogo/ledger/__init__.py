"""The ledger: append-only, chained and signed evidence; its segments, its keys and its queries.

`Ledger.open` appends; `read`, `query`, `verify` and `heads` need no writer. Names are loaded when they are first used,
so that signing a statement does not pay for the analytics.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gonogo.ledger.head import heads
    from gonogo.ledger.join import join
    from gonogo.ledger.query import query
    from gonogo.ledger.reading import read
    from gonogo.ledger.verify import Problem, unknowable, verify
    from gonogo.ledger.writer import Ledger

__all__ = ["Ledger", "Problem", "heads", "join", "query", "read", "unknowable", "verify"]

_HOME = {"Ledger": "writer", "read": "reading", "heads": "head", "Problem": "verify", "unknowable": "verify"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(name)
    value = getattr(import_module(f"gonogo.ledger.{_HOME.get(name, name)}"), name)
    # A module of the same name (`verify`, `query`) was just set here by the import; the function takes its place.
    globals()[name] = value
    return value
