"""`gonogo facts`: query the evidence on record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from gonogo.ledger.querying import Result

Form = Literal["table", "json", "csv"]
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SHOWN = 50
_NARROWEST = 12
"""Columns narrower than this are not shown side by side."""


def facts(
    directory: Annotated[Path, typer.Argument(help="The repository, or a ledger.", show_default=False)] = Path(),
    since: Annotated[
        str | None, typer.Option(help="Only facts seen since then: 24h, 7d, 2026-11-01, or a full time; UTC.")
    ] = None,
    kind: Annotated[str | None, typer.Option(help="Only facts of this kind, newest first.")] = None,
    sql: Annotated[
        str | None,
        typer.Option(help="One SELECT over `facts`, or over the view named like a kind; DESCRIBE shows columns."),
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="How to print.")] = "table",
    evidence: Annotated[
        list[Path] | None, typer.Option(help="Another ledger to read as well; may be repeated.")
    ] = None,
) -> None:
    """Query the evidence on record.

    Without --sql and --kind it counts the facts by kind. Nothing is changed, and only the ledgers named are read.
    """
    from gonogo.errors import UsageError
    from gonogo.ledger import join, query
    from gonogo.ledger.joining import locate

    if sql and kind:
        raise UsageError("--kind and --sql exclude each other", mend="put the kind into the SELECT: FROM " + kind)
    start = moment(since, datetime.now(UTC)) if since else None
    ledgers = [locate(directory), *(join(evidence) if evidence else [])]
    _print(query(ledgers, sql or _statement(kind), start), form)


def moment(text: str, now: datetime) -> datetime:
    """Read a point in time: an age (`24h`), a date (its beginning in UTC) or an ISO 8601 time; raises `UsageError`."""
    from gonogo.errors import UsageError

    try:
        if text[-1:] in _UNITS and text[:-1].isdecimal():
            return now - timedelta(**{_UNITS[text[-1]]: int(text[:-1])})
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise UsageError(f"--since {text!r} is no point in time", mend="write 24h, 7d or 2026-11-01") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _statement(kind: str | None) -> str:
    """Return the question that is asked where none was given."""
    from gonogo.errors import UsageError
    from gonogo.facts import fact_types

    if kind is None:
        return (
            "SELECT kind, count(*) AS facts, max(seen_at) AS last_seen FROM facts GROUP BY kind ORDER BY 2 DESC, kind"
        )
    known = [str(cls.__struct_config__.tag) for cls in fact_types()]
    if kind not in known:
        from difflib import get_close_matches

        near = get_close_matches(kind, known, 1)
        mend = f"--kind {near[0]}" if near else "gonogo facts lists the kinds on record"
        raise UsageError(f"there is no kind of fact called {kind!r}", mend=mend)
    return f'SELECT * FROM "{kind}" ORDER BY seen_at DESC, _seq DESC'  # noqa: S608  (a known kind)


def _print(result: Result, form: Form) -> None:
    if form == "json":
        import msgspec

        rows = [dict(zip(result.columns, map(_plain, row), strict=True)) for row in result.rows]
        print(msgspec.json.format(msgspec.json.encode(rows, enc_hook=str), indent=2).decode())
    elif form == "csv":
        import csv
        import sys

        from gonogo.report.hostile import visible

        out = csv.writer(sys.stdout, lineterminator="\n")
        out.writerow(result.columns)
        out.writerows(
            [visible(str(_plain(value)), 10**9, lines=True) if value is not None else "" for value in row]
            for row in result.rows
        )
    else:
        _table(result)


def _plain(value: Any) -> Any:
    """Make a value fit for JSON and CSV: a hash as hexadecimal digits, a time in UTC."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z" if value.tzinfo is None else value.isoformat()
    return value


def _table(result: Result) -> None:
    """Print rows as a table, or as blocks of `column: value` where a column would get no room to be read in."""
    from rich.console import Console

    console = Console(highlight=False)
    if len(result.columns) * _NARROWEST > console.width:
        _blocks(result, console)
    else:
        _rows(result, console)
    if len(result.rows) > _SHOWN:
        console.print(f"{len(result.rows) - _SHOWN} more rows: use LIMIT, or --format json", style="dim")


def _blocks(result: Result, console: Console) -> None:
    from rich.text import Text

    from gonogo.report.hostile import visible

    for row in result.rows[:_SHOWN]:
        console.rule(style="dim")
        for column, value in zip(result.columns, row, strict=True):
            if value not in (None, "", [], ()):
                shown = Text(f"{visible(column)}: ", style="dim")
                shown.append(visible(str(_plain(value))), style="default")
                console.print(shown, soft_wrap=True)


def _rows(result: Result, console: Console) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from gonogo.report.hostile import visible

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in result.columns:
        table.add_column(Text(visible(column)), overflow="fold")
    for row in result.rows[:_SHOWN]:
        # Text, not a string: what stands in a fact must not be read as markup.
        table.add_row(*(Text("" if value is None else visible(str(_plain(value)))) for value in row))
    console.print(table)
