"""What verbs that end in an assessment share: progress on standard error, the result where it was asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from gonogo.catalog.control import Catalog
    from gonogo.facts import Assessment


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Show a moving line while the block runs, where a person watches standard error."""
    from rich.console import Console

    from gonogo.report import progress as shown

    with shown.progress(Console(stderr=True)) as tell:
        yield tell


def write(
    result: Assessment,
    catalog: Catalog,
    form: str,
    output: Path | None = None,
    *,
    whole: bool = False,
    again: bool = False,
    proofs: str = "",
) -> None:
    """Write `result` in the named form to `output`, or to standard output; `again` where its problems were told.

    `proofs` names the method of a verb that decides nothing: on a terminal no verdict is shown then.
    """
    if form == "text" and output is None:
        _print(result, catalog, whole, proofs)
        return
    if form != "text" and not again:
        _tell_problems(result)
    text = _render(result, catalog, form, whole)
    if output is None:
        document(text)
    else:
        replace(output, text)
        print(f"wrote {output}", file=sys.stderr)


def _tell_problems(result: Assessment) -> None:
    """Say on standard error what could not be looked at or kept: a document for machines has no place for it."""
    from gonogo.report.hostile import visible

    for problem in result.problems:
        print(f"gonogo: {visible(problem)}", file=sys.stderr)


def document(text: str) -> None:
    """Write a document for machines to standard output, in UTF-8 whatever the terminal's own encoding is."""
    sys.stdout.flush()
    if (raw := getattr(sys.stdout, "buffer", None)) is None:
        sys.stdout.write(text)
        return
    raw.write(text.encode())
    raw.flush()


def replace(path: Path, text: str) -> None:
    """Write a file whole or not at all: a reader never meets half a report, and a full disk loses no earlier one.

    What is no file (a device, a pipe) is written to and stays what it is; a link keeps its place.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")
        return
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=".gonogo-", delete=False) as draft:
        try:
            draft.write(text)
            draft.flush()
            os.fsync(draft.fileno())
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise
    Path(draft.name).chmod(0o644)
    Path(draft.name).replace(path)


def _print(result: Assessment, catalog: Catalog, whole: bool, proofs: str = "") -> None:
    from rich.console import Console

    from gonogo.gate import close_commands
    from gonogo.report.terminal import Told

    Console(highlight=False).print(
        Told(result, catalog, commands=close_commands(result.decision), whole=whole, proofs=proofs)
    )


def _render(result: Assessment, catalog: Catalog, form: str, whole: bool) -> str:
    from importlib import import_module

    from gonogo.gate import close_commands

    commands = close_commands(result.decision)
    if form == "text":
        from gonogo.report import terminal

        return terminal.render(result, catalog, commands=commands, whole=whole)
    render = import_module(f"gonogo.report.{form}").render
    text: str = render(result, catalog, commands=commands) if form in ("html", "markdown") else render(result, catalog)
    return text
