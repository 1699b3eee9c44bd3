"""The columns of a sealed segment and of the view `facts`, the same over Parquet and over open segments.

The exact text of the fact is kept, and the hash of the line; with the number, the append time and the hash of the row
before, the line can be rebuilt byte for byte. Figures that a month of production is asked for by have columns of their
own, so that such a query never reads the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

HOT = {
    "model": "VARCHAR",
    "status": "VARCHAR",
    "latency_ms": "DOUBLE",
    "input_tokens": "BIGINT",
    "output_tokens": "BIGINT",
    "cost_usd": "DOUBLE",
}
"""Fields of any fact that get a typed column; null where a fact has no such field."""

CHAIN_COLUMNS = ("seq", "appended_at", "hash", "kind", "seen_at", "run", *HOT, "fact")
"""Every column of a sealed segment, in order."""

MAX_FACT = 64 * 2**20


def quoted(text: str) -> str:
    """Return a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def file_list(paths: Sequence[Path]) -> str:
    """Return a SQL list of paths, with the characters that DuckDB would expand made literal."""
    return "[" + ", ".join(quoted(literal(path)) for path in paths) + "]"


def literal(path: Path) -> str:
    """Return the absolute path with DuckDB's glob characters escaped."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in str(path.absolute()))


def hive_options(on: bool) -> str:
    """Return the options that read writer and day from a path, as text: a writer called 007 is no number."""
    return f"hive_partitioning = {str(on).lower()}, hive_types_autocast = false"


def open_select(paths: Sequence[Path], *, extra: str = "", hive: bool = False) -> str:
    """Return the SELECT that gives `CHAIN_COLUMNS` of open segments; a torn last line is left out."""
    # Everything put into SQL here is a name of ours or a quoted path.
    hot = ", ".join(f"TRY_CAST(fact ->> '$.{name}' AS {kind}) AS {name}" for name, kind in HOT.items())
    return (
        f"SELECT CAST(json ->> '$.seq' AS BIGINT) AS seq, CAST(json ->> '$.at' AS TIMESTAMP) AS appended_at, "  # noqa: S608
        f"unhex(sha256(line)) AS hash, fact ->> '$.kind' AS kind, "
        f"TRY_CAST(fact ->> '$.seen_at' AS TIMESTAMP) AS seen_at, coalesce(fact ->> '$.run', '') AS run, "
        f"{hot}, fact{extra} FROM (SELECT *, CAST(json AS VARCHAR) AS line, "
        f"substr(line, strpos(line, '\"fact\":') + 7, length(line) - strpos(line, '\"fact\":') - 7) AS fact "
        f"FROM read_ndjson_objects({file_list(paths)}, format = 'newline_delimited', ignore_errors = true, "
        f"maximum_object_size = {MAX_FACT}, {hive_options(hive)}) WHERE json IS NOT NULL)"
    )


def copy_to_parquet(select: str, target: Path) -> str:
    """Return the COPY that writes a sealed segment: the only way one is written."""
    return f"COPY ({select}) TO {quoted(str(target))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
