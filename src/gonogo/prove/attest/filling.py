"""Holds a statement to its form: every value is given, is what it may be, and what gonogo.yaml declares is covered.

Each check that does not hold names the file, and the line where it has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from gonogo.derive.declared import people
from gonogo.derive.statements import blank
from gonogo.facts import ArtifactCheck, Subject, System
from gonogo.git import git
from gonogo.prove.attest.artifacts import LARGEST, Grid, body_below, file_checks, grids_of, line_of
from gonogo.prove.attest.forms import Form, Table, Value
from gonogo.prove.attest.statement import DIRECTORY
from gonogo.prove.subject import OUTSIDE

_REVISION = re.compile(r"[A-Za-z0-9][\w./+-]{0,199}", re.ASCII)


def day_of(text: str) -> date | None:
    """Read `YYYY-MM-DD`, also in front of a time; None for anything else."""
    found = re.match(r"(\d{4}-\d{2}-\d{2})(?:[T ]|$)", text.strip())
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def listed(text: str) -> list[str]:
    """Split a list that people write with commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


class Filling:
    """A statement's values beside its form. `root` is the repository, `system` what it declares."""

    def __init__(
        self, form: Form, root: Path, subject: Subject, system: System | None, *, name: str, content: bytes | None
    ) -> None:
        """Look at the artefact `name` with `content`; there is none where `content` is None."""
        self.form, self.root, self.subject, self.system = form, root, subject, system
        self.name, self.content = name, content
        self.names = {goer.lower() for p in (people(system) if system else ()) for goer in (p.name, p.email) if goer}

    def checks(self, fields: dict[str, str]) -> Iterator[ArtifactCheck]:
        """Yield what is to be said of the values of the form, its sections and its tables."""
        for key, value in self.form.fields.items():
            if "*" not in key and (given := fields.get(key)) is not None and not blank(given):
                line = line_of(self.content, key) if self.content is not None else None
                yield from self._value(f"field {key}", value, given, line)
        if self.content is None:
            return
        for section in self.form.sections:
            body = body_below(self.content, section)
            told = "no such heading" if body is None else "nothing stands below it" if self._empty(body) else ""
            yield ArtifactCheck(f"section {section}", not told, self._at(told, None) if told else "given")
        grids = grids_of(self.name, self.content) if self.form.tables else []
        for table in self.form.tables:
            yield from self._table(table, grids)

    def _empty(self, body: Sequence[str]) -> bool:
        return all(blank(line.strip().lstrip("-*+ ")) for line in body)

    def _at(self, told: str, line: int | None) -> str:
        place = f"{self.name}:{line}" if line else self.name
        return f"{place}: {told}"[:300]

    def _table(self, table: Table, grids: Sequence[Grid]) -> Iterator[ArtifactCheck]:
        name = f"table {table.key}"
        grid = next((g for g in grids if g.header and g.header[0] == table.key), None)
        if grid is None:
            wanted = ", ".join([table.key, *table.columns])
            yield ArtifactCheck(name, False, self._at(f"no table (Markdown or CSV) with the columns {wanted}", None))
            return
        missing = [column for column in table.columns if column not in grid.header]
        if missing:
            yield ArtifactCheck(name, False, self._at(f"no column {', '.join(missing)}", grid.line))
            return
        rows = [row for row in grid.rows if not all(blank(cell) for cell in row.cells.values())]
        least = len(rows) >= table.least
        told = self._at(f"{len(rows)} of {table.least} rows", grid.line)
        yield ArtifactCheck(name, least, f"{len(rows)} rows" if least else told)
        seen: dict[str, int] = {}
        for row in rows:
            key = row.cells.get(table.key, "").lower()
            if blank(key) or key in seen:
                told = f"{key!r} stands in line {seen[key]} too" if key in seen else f"no {table.key} is named"
                yield ArtifactCheck(f"{name} row", False, self._at(told, row.line))
                continue
            seen[key] = row.line
            for column, value in table.columns.items():
                yield from self._cell(f"{key} {column}", value, row.cells.get(column, ""), row.line)
        for wanted in table.covers(self.system) if table.covers and self.system else ():
            covered = wanted.lower() in seen
            told = "covered" if covered else self._at(f"{wanted} of gonogo.yaml has no row", grid.line)
            yield ArtifactCheck(f"covers {wanted}"[:100], covered, told)

    def _cell(self, name: str, value: Value, given: str, line: int) -> Iterator[ArtifactCheck]:
        if blank(given):
            if not value.optional:
                yield ArtifactCheck(name[:100], False, self._at(f"{name}: missing: {value.meaning}", line))
            return
        yield from self._value(name, value, given, line)

    def _value(self, name: str, value: Value, given: str, line: int | None) -> Iterator[ArtifactCheck]:
        for entry in listed(given) if value.many else [given.strip()]:
            if told := self._wrong(value, entry):
                yield ArtifactCheck(name[:100], False, self._at(f"{name}: {told}", line))

    def _wrong(self, value: Value, given: str) -> str:
        """Say what is wrong with one value, or nothing."""
        shown = repr(given[:60])
        if value.choices and given.lower() not in value.choices:
            return f"{shown} is none of: {', '.join(value.choices)}"
        named = value.named(self.system) if value.named and self.system else ()
        if named and given.lower() not in {name.lower() for name in named}:
            return f"{shown} is none that gonogo.yaml names: {', '.join(named)[:100]}"
        return _KINDS[value.kind](self, given, shown)

    def _text(self, given: str, shown: str) -> str:
        return ""

    def _day(self, given: str, shown: str) -> str:
        return "" if day_of(given) else f"{shown} is no date such as 2026-01-31"

    def _moment(self, given: str, shown: str) -> str:
        try:
            moment = datetime.fromisoformat(given)
        except ValueError:
            moment = None
        return "" if moment and moment.tzinfo else f"{shown} is no moment with a zone such as 2026-01-30T09:00:00Z"

    def _number(self, given: str, shown: str) -> str:
        return "" if re.fullmatch(r"\d+(?:,\d{3})*(?:\.\d+)?", given) else f"{shown} is no number"

    def _link(self, given: str, shown: str) -> str:
        if given.partition(":")[0].lower() in ("http", "https"):
            return "" if urlsplit(given).hostname else f"{shown} is no address"
        return self._file(given.partition("#")[0], shown)

    def _file(self, given: str, shown: str) -> str:
        content = artifact_at(self.root, given)
        return "" if content is not None else f"{shown} is no file of the repository"

    def _picture(self, given: str, shown: str) -> str:
        content = artifact_at(self.root, given)
        if content is None:
            return f"{shown} is no file of the repository"
        if given.lower().endswith((".mp4", ".webm", ".mov", ".gif")):
            return "" if len(content) > 1000 else f"{shown} is an empty recording"
        wrong = [check.detail for check in file_checks(given, content) if not check.holds]
        return f"{shown}: {wrong[0]}" if wrong else ""

    def _release(self, given: str, shown: str) -> str:
        if same_release(self.root, self.subject, given):
            return ""
        return f"{shown} is not the committed state under judgement, whose records lie in {DIRECTORY}/artifacts/"

    def _person(self, given: str, shown: str) -> str:
        return "" if given.lower() in self.names else f"{shown} is nobody whom gonogo.yaml names, by name or email"


_KINDS = {
    "text": Filling._text,
    "day": Filling._day,
    "moment": Filling._moment,
    "number": Filling._number,
    "link": Filling._link,
    "file": Filling._file,
    "picture": Filling._picture,
    "release": Filling._release,
    "person": Filling._person,
}


def same_release(root: Path, subject: Subject, given: str) -> bool:
    """Tell whether a commit, a tag or the tree's digest names what is judged; only what gonogo writes may differ.

    A tree with changes that are not committed has no other name than its digest.
    """
    if given == subject.tree:
        return True
    if not _REVISION.fullmatch(given) or ".." in given or subject.commit is None or subject.dirty:
        return False
    if len(given) >= 7 and subject.commit.startswith(given.lower()):
        return True
    others = [f":(exclude){place}" for place in OUTSIDE]
    return git(root, "diff", "--name-only", f"{given}^{{commit}}", subject.commit, "--", ".", *others) == b""


def artifact_at(root: Path, path: str) -> bytes | None:
    """Return the content of an artefact; None where it is missing, too large or outside the repository."""
    root = root.resolve()
    try:
        place = (root / path).resolve()
        if not place.is_relative_to(root) or not place.is_file() or place.stat().st_size > LARGEST:
            return None
        return place.read_bytes()
    except (OSError, ValueError):
        return None
