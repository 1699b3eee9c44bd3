"""The ledger: append-only, chained and signed evidence; its segments, its keys and its queries.

`Ledger.open` appends; `read`, `query`, `verify` and `heads` need no writer. Names are loaded when they are first used,
so that signing a statement does not pay for the analytics.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gonogo.ledger.head import heads
    from gonogo.ledger.joining import join
    from gonogo.ledger.problem import Problem
    from gonogo.ledger.querying import query
    from gonogo.ledger.reading import read
    from gonogo.ledger.verification import unknowable, verify
    from gonogo.ledger.writer import Ledger

__all__ = ["Ledger", "Problem", "heads", "join", "query", "read", "unknowable", "verify"]

_HOME = {
    "Ledger": "writer",
    "Problem": "problem",
    "heads": "head",
    "join": "joining",
    "query": "querying",
    "read": "reading",
    "unknowable": "verification",
    "verify": "verification",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"gonogo.ledger.{_HOME[name]}"), name)
