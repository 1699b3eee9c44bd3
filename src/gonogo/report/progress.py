"""Progress while gonogo looks: one moving line on standard error, and silence where nobody watches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.text import Text

from gonogo.report.hostile import ascii_only, visible


class Tell(Protocol):
    """Says in a few words what is being done: `scan: reading 120 of 400 files`. Cheap enough to call for every file."""

    def __call__(self, words: str, /) -> None:
        """Replace what was said before."""
        ...


def silent(words: str, /) -> None:
    """Say nothing: for pipes, CI and tests."""


@contextmanager
def progress(console: Console, first: str = "starting") -> Iterator[Tell]:
    """Show a spinner on `console` while the block runs, where a person watches it; otherwise nothing is written.

    The line is gone when the block ends, so that the report stands alone.
    """
    if not console.is_terminal or console.is_dumb_terminal:
        yield silent
        return
    ascii = console.options.ascii_only
    with console.status(_line(first, ascii), spinner="line" if ascii else "dots") as status:
        yield lambda words: status.update(_line(words, ascii))


def _line(words: str, ascii: bool) -> Text:
    shown = visible(words, 200)
    return Text(ascii_only(shown) if ascii else shown, overflow="ellipsis", no_wrap=True)
