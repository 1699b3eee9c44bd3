"""SQL over ledgers: one view `facts` over open and sealed segments, and one view per kind of fact. It only reads.

DuckDB runs in this process, may open nothing but the ledgers' own directories, and runs exactly one SELECT.
"""

from __future__ import annotations

import tempfile
import types
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

import duckdb
import msgspec

from gonogo.errors import LedgerError, UsageError
from gonogo.facts import Fact, fact_types
from gonogo.ledger.columns import CHAIN_COLUMNS, HOT, file_list, hive_options, literal, open_select, quoted
from gonogo.ledger.layout import Segment
from gonogo.ledger.lines import stamp
from gonogo.ledger.reading import kept_segments, longest

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "1500MB"
"""What DuckDB may take; with Python and the result a query over 100 million facts stays within 2 GiB."""

SPILL = "16GB"
"""What a query may put on the disk for a while when it does not fit into memory."""

_COLUMNS = ", ".join(("writer", *CHAIN_COLUMNS))
_SCALARS: dict[Any, str] = {
    str: "VARCHAR",
    int: "BIGINT",
    float: "DOUBLE",
    bool: "BOOLEAN",
    datetime: "TIMESTAMP",
    date: "DATE",
}


class Result(msgspec.Struct, frozen=True):
    """The answer of a query: column names and rows."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def query(directories: Sequence[Path], sql: str, since: datetime | None = None, memory: str = MEMORY) -> Result:
    """Run one SELECT over the facts of `directories` and return all its rows.

    `since` leaves out facts seen before. `facts` has writer, seq, appended_at, hash, kind, seen_at, run, some typed
    fields of production facts, and `fact`, its JSON; each kind has a view of its own name with its fields as columns.
    Times are in UTC. Raises `UsageError` for what is no single SELECT or is wrong SQL, `LedgerError` for damage.
    """
    if since is not None and since.tzinfo is None:
        raise UsageError("`since` needs a time zone", mend="pass an aware datetime")
    try:
        return _ask(directories, sql, since, memory)
    except duckdb.IOException:
        pass  # A segment may have been sealed between listing and opening; the second listing has its new form.
    try:
        return _ask(directories, sql, since, memory)
    except duckdb.IOException as broken:
        raise LedgerError(f"the ledger cannot be read: {_first_line(broken)}", mend="gonogo verify") from broken


def _ask(directories: Sequence[Path], sql: str, since: datetime | None, memory: str) -> Result:
    # What does not fit into memory spills there, and never into the directory that the command was called from.
    with tempfile.TemporaryDirectory(prefix="gonogo-query-") as spill:
        connection = duckdb.connect(
            config={
                "memory_limit": memory,
                "temp_directory": spill,
                "max_temp_directory_size": SPILL,
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            }
        )
        try:
            _prepare(connection, directories, since)
            return _run(connection, sql)
        finally:
            connection.close()


def _prepare(connection: DuckDBPyConnection, directories: Sequence[Path], since: datetime | None) -> None:
    found = [s for directory in longest(directories).values() for s in kept_segments(directory) if _may_hold(s, since)]
    connection.execute("SET TimeZone = 'UTC'" if _has_zones(connection) else "SELECT 1")
    try:
        connection.execute(f"CREATE VIEW facts AS {_facts(found, since)}")
        for cls in fact_types():
            connection.execute(_kind_view(cls))
    except duckdb.IOException:
        raise
    except duckdb.Error as broken:
        raise LedgerError(f"the ledger cannot be queried: {_first_line(broken)}", mend="gonogo verify") from broken
    # A path is compared as it is written in the view, where glob characters are escaped.
    places = {form for directory in directories for form in (f"{directory.absolute()}/", literal(directory) + "/")}
    connection.execute(f"SET allowed_directories = [{', '.join(map(quoted, sorted(places)))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _run(connection: DuckDBPyConnection, sql: str) -> Result:
    try:
        statements = connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise UsageError("only a single SELECT can be run over the ledger", mend='--sql "SELECT ... FROM facts"')
        answer = connection.execute(statements[0])
        return Result(tuple(column[0] for column in answer.description or ()), answer.fetchall())
    except duckdb.OutOfMemoryException as broken:
        raise UsageError(
            f"the query needs more memory than it may take: {_first_line(broken)}",
            mend="narrow it with --since or WHERE",
        ) from broken
    except duckdb.IOException:
        raise
    except (duckdb.Error, RuntimeError) as broken:
        if isinstance(broken, duckdb.DataError | duckdb.InvalidInputException):
            _refuse_damage(connection)
        raise UsageError(
            f"the SQL cannot be run: {broken}", mend='see the columns with --sql "DESCRIBE facts"'
        ) from broken


def _refuse_damage(connection: DuckDBPyConnection) -> None:
    """Raise `LedgerError` where every query over the ledger fails: the values are damaged, and the SQL is not wrong."""
    try:
        connection.execute("SELECT count(COLUMNS(*)) FROM facts").fetchall()
    except (duckdb.DataError, duckdb.InvalidInputException) as broken:
        raise LedgerError(f"the ledger cannot be queried: {_first_line(broken)}", mend="gonogo verify") from broken


def _facts(found: Sequence[Segment], since: datetime | None) -> str:
    sealed = [s.path for s in found if s.sealed]
    opened = [s.path for s in found if not s.sealed and s.path.stat().st_size]
    parts = []
    if sealed:
        source = f"read_parquet({file_list(sealed)}, {hive_options(True)})"
        parts.append(f"SELECT {_COLUMNS} FROM {source}")  # noqa: S608
    if opened:
        parts.append(f"SELECT {_COLUMNS} FROM ({open_select(opened, extra=', writer', hive=True)})")  # noqa: S608
    union = " UNION ALL ".join(parts) or _nothing()
    bound = f" WHERE seen_at >= TIMESTAMP {quoted(stamp(since).rstrip('Z'))}" if since else ""
    return f"SELECT * REPLACE (CAST(writer AS VARCHAR) AS writer, CAST(fact AS JSON) AS fact) FROM ({union}){bound}"  # noqa: S608


def _nothing() -> str:
    kinds = {"seq": "BIGINT", "appended_at": "TIMESTAMP", "hash": "BLOB", "seen_at": "TIMESTAMP", **HOT}
    columns = ", ".join(f"CAST(NULL AS {kinds.get(c, 'VARCHAR')}) AS {c}" for c in ("writer", *CHAIN_COLUMNS))
    return f"SELECT {columns} WHERE false"


def _kind_view(cls: type[Fact]) -> str:
    """Return the view of one kind: who, when, and one column per field of its class."""
    fields = [f for f in msgspec.structs.fields(cls) if f.name not in ("seen_at", "run")]
    columns = "".join(f", {_field(f.encode_name, f.type)} AS {_identifier(f.encode_name)}" for f in fields)
    kind = str(cls.__struct_config__.tag)
    return (
        f"CREATE VIEW {_identifier(kind)} AS SELECT writer AS _writer, seq AS _seq, seen_at, run{columns} "  # noqa: S608
        f"FROM facts WHERE kind = {quoted(kind)}"
    )


def _field(name: str, declared: Any) -> str:
    wanted = _sql_type(declared)
    if name in HOT and HOT[name] == wanted:
        return f"facts.{name}"
    path = quoted(f'$."{name}"')
    return f"fact -> {path}" if wanted is None else f"TRY_CAST(fact ->> {path} AS {wanted})"


def _sql_type(declared: Any) -> str | None:
    """Return the SQL type of a scalar field, None for what stays JSON."""
    if declared in _SCALARS:
        return _SCALARS[declared]
    if get_origin(declared) in (Union, types.UnionType):
        rest = [arm for arm in get_args(declared) if arm is not type(None)]
        return _sql_type(rest[0]) if len(rest) == 1 else None
    values = get_args(declared)
    return "VARCHAR" if values and all(isinstance(value, str) for value in values) else None


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _may_hold(segment: Segment, since: datetime | None) -> bool:
    """Tell by its day whether a segment may hold a fact seen since then; clocks may differ by a day."""
    return since is None or segment.day >= stamp(since - timedelta(days=1))[:10]


def _has_zones(connection: DuckDBPyConnection) -> bool:
    found = connection.execute("SELECT count(*) FROM duckdb_settings() WHERE name = 'TimeZone'").fetchone()
    return bool(found and found[0])


def _first_line(broken: Exception) -> str:
    return (str(broken).splitlines() or [""])[0]
