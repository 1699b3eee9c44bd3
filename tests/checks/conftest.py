"""What each check tells its reader, word for word: `tests/checks/told/<module>.txt`, an answer per row of a table.

A table states the outcome of each row and `tells(answer)` holds the rest against the file: summary, places, mend.
After a change of words, `TELL=1 pytest tests/checks` writes the files anew; the difference is there to be read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from gonogo.checks.check import Answer
from gonogo.facts import Finding

TOLD = Path(__file__).parent / "told"
WRITE = bool(os.environ.get("TELL"))


def in_words(answer: Answer | Finding) -> str:
    """Return an answer as a reader meets it, a line per place."""
    places = [
        "  " + ":".join(str(part) for part in (e.path, e.line, e.detail) if part not in (None, ""))
        for e in answer.evidence
    ]
    mend = [f"  mend: {answer.fix}"] if answer.fix else []
    seen = [f"  seen at: {answer.seen_at:%Y-%m-%d %H:%M}"] if answer.seen_at else []
    return "\n".join([f"{answer.outcome}: {answer.summary}", *places, *mend, *seen])


@cache
def told(module: str) -> dict[str, str]:
    """Return what the rows of one test module told when somebody last read it, by the name of the row."""
    path = TOLD / f"{module}.txt"
    entries = path.read_text().split("\n\n") if path.exists() and not WRITE else []
    return dict(entry.strip("\n").split("\n", 1) for entry in entries if entry.strip())


@pytest.fixture
def tells(request: pytest.FixtureRequest) -> Iterator[Callable[[Answer | Finding], None]]:
    """Hold an answer against what the same row told before."""
    module = "_".join((*request.path.relative_to(TOLD.parent).parent.parts, request.path.stem.removeprefix("test_")))
    row = f"# {request.node.name}"

    def hold(answer: Answer | Finding) -> None:
        said = in_words(answer)
        if WRITE:
            told(module)[row] = said
        assert said == told(module).get(row), "after a change of words: TELL=1 pytest tests/checks, and read the diff"

    yield hold
    if WRITE:
        entries = [f"{name}\n{text}\n" for name, text in sorted(told(module).items())]
        TOLD.mkdir(exist_ok=True)
        (TOLD / f"{module}.txt").write_text("\n".join(entries))
