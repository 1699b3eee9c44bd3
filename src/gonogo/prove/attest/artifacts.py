"""What a file that a person attached really is, and the figures that it holds."""

from __future__ import annotations

import csv
import io
import json
import re
import struct
from dataclasses import dataclass
from typing import Any

from gonogo.facts import ArtifactCheck

LARGEST = 20 * 1024 * 1024
"""Bytes of an artefact."""
LARGEST_DOCUMENT = 512 * 1024
"""Bytes of a table or document that is parsed."""
FIELDS = 2000
"""Figures that are taken from one artefact."""
_MAGIC = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"%PDF-": "pdf"}
_SUFFIX = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".pdf": "pdf"}
_SMALLEST = {"png": 300, "jpeg": 600, "pdf": 300, "text": 20}
_KEY = re.compile(r"^\s*(?:[-*+]\s+)?(?:\*\*)?([A-Za-z][\w .-]{0,40}?)(?:\*\*)?\s*:\s*(?:\*\*)?\s*(\S.*?)\s*$")


def kind_of_file(content: bytes) -> str:
    """Return png, jpeg, pdf, text or binary, by content."""
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            return kind
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return "binary"
    return "binary" if "\0" in text else "text"


def file_checks(name: str, content: bytes) -> list[ArtifactCheck]:
    """Check that a file is what its name says, and not an empty stand-in for it."""
    kind = kind_of_file(content)
    suffix = "." + name.rpartition(".")[2].lower() if "." in name else ""
    wanted = _SUFFIX.get(suffix, "text")
    checks = [ArtifactCheck("file-type", kind == wanted, f"{suffix or 'no suffix'}: it is {kind}")]
    if kind == wanted:
        enough, detail = _substantial(kind, content)
        checks.append(ArtifactCheck("file-content", enough, detail))
    return checks


def _substantial(kind: str, content: bytes) -> tuple[bool, str]:
    if kind == "png" and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        whole = content.rstrip(b"\0").endswith(b"IEND\xaeB`\x82")
        return width >= 100 and height >= 50 and whole, f"{width} x {height} pixels{'' if whole else ', cut off'}"
    if kind == "pdf" and b"%%EOF" not in content[-2048:]:
        return False, "the PDF is cut off"
    if kind == "jpeg" and b"\xff\xd9" not in content[-64:]:
        return False, "the picture is cut off"
    size = len(content.strip()) if kind == "text" else len(content)
    return size >= _SMALLEST[kind], f"{size} bytes"


def fields_of(name: str, content: bytes) -> dict[str, str]:
    """Return the figures of a CSV, JSON, YAML or Markdown artefact as flat keys; nothing for other files.

    A row or an object with a `provider` (or the first column of a table) gives keys such as `openai.limit_usd`.
    """
    if len(content) > LARGEST_DOCUMENT or kind_of_file(content) != "text":
        return {}
    text, suffix = content.decode("utf-8"), name.rpartition(".")[2].lower()
    try:
        if suffix == "csv":
            found = _rows(list(csv.reader(io.StringIO(text))))
        elif suffix in ("json", "yaml", "yml"):
            found = _document(text, suffix)
        else:
            found = _markdown(text)
    except (ValueError, RecursionError, csv.Error):
        return {}
    return {k: v for k, v in list(found.items())[:FIELDS] if k and v}


def _name(text: object) -> str:
    return re.sub(r"[\s-]+", "_", str(text).strip().lower())[:60]


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).strip()[:500]


def _rows(rows: list[list[str]]) -> dict[str, str]:
    if len(rows) < 2:
        return {}
    header = [_name(cell) for cell in rows[0]]
    found: dict[str, str] = {}
    for row in rows[1:]:
        if row and row[0].strip():
            named = row[0].strip().lower()
            found |= {f"{named}.{key}": _value(cell) for key, cell in zip(header[1:], row[1:], strict=False)}
    return found


def _document(text: str, suffix: str) -> dict[str, str]:
    if suffix == "json":
        return _flat(json.loads(text))
    import yaml  # most artefacts are not YAML

    try:
        return _flat(yaml.safe_load(text))
    except yaml.YAMLError:
        return {}


def _flat(document: Any, prefix: str = "", depth: int = 0) -> dict[str, str]:
    found: dict[str, str] = {}
    if depth > 4:
        return found
    if isinstance(document, dict):
        for key, value in document.items():
            found |= _flat(value, f"{prefix}{_name(key)}.", depth + 1)
            if len(found) > FIELDS:
                break
    elif isinstance(document, list):
        for item in document[:FIELDS]:
            if isinstance(item, dict) and (named := item.get("provider") or item.get("name") or item.get("id")):
                rest = {k: v for k, v in item.items() if k not in ("provider", "name", "id")}
                found |= _flat(rest, f"{prefix}{str(named).strip().lower()}.", depth + 1)
        if all(isinstance(item, str | int | float) for item in document):
            found[prefix.rstrip(".")] = ", ".join(_value(item) for item in document[:FIELDS])
    elif document is not None and prefix:
        found[prefix.rstrip(".")] = _value(document)
    return found


@dataclass(frozen=True)
class Row:
    """A row of a table: its cells by column, and its line in the file."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Grid:
    """A table of an artefact: the names of its columns, the line that they stand in, and its rows."""

    line: int
    header: tuple[str, ...]
    rows: tuple[Row, ...]


def grids_of(name: str, content: bytes) -> list[Grid]:
    """Return the tables of a Markdown or CSV artefact, each with its lines; none of a file that holds no text."""
    if len(content) > LARGEST_DOCUMENT or kind_of_file(content) != "text":
        return []
    text = content.decode("utf-8")
    if not name.lower().endswith(".csv"):
        return _tables(text)
    read = csv.reader(io.StringIO(text))
    try:
        rows = [(read.line_num, row) for row in read if any(cell.strip() for cell in row)]
    except csv.Error:
        return []
    return [_grid(rows)] if rows else []


def _grid(rows: list[tuple[int, list[str]]]) -> Grid:
    header = tuple(_name(cell) for cell in rows[0][1])
    cells = [(line, dict(zip(header, (_value(cell) for cell in row), strict=False))) for line, row in rows[1:]]
    return Grid(rows[0][0], header, tuple(Row(line, row) for line, row in cells))


def _tables(text: str) -> list[Grid]:
    found: list[Grid] = []
    rows: list[tuple[int, list[str]]] = []
    for number, line in enumerate([*_shown_lines(text), ""], 1):
        if line.lstrip().startswith("|"):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                rows.append((number, cells))
        elif rows:
            found.append(_grid(rows))
            rows = []
    return found


def _shown_lines(text: str) -> list[str]:
    """Return the lines of a Markdown text with its comments blank, so that their numbers stay."""
    return re.sub(r"<!--.*?(?:-->|\Z)", lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL).splitlines()


def _markdown(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for grid in _tables(text):
        found |= _rows([list(grid.header), *([row.cells.get(c, "") for c in grid.header] for row in grid.rows)])
    for line in _shown_lines(text):
        if not line.lstrip().startswith("|") and (match := _KEY.match(line)):
            found.setdefault(_name(match[1]), _value(match[2]))
    return found


def line_of(content: bytes, key: str) -> int | None:
    """Return the line of a text in which `key: value` stands."""
    for number, line in enumerate(_shown_lines(content.decode("utf-8", "replace")), 1):
        if (match := _KEY.match(line)) and _name(match[1]) == key:
            return number
    return None


def body_below(content: bytes, section: str) -> list[str] | None:
    """Return the lines below the heading of a Markdown artefact that holds `section`; None where there is none."""
    body: list[str] | None = None
    depth = 0
    for line in _shown_lines(content.decode("utf-8", "replace")):
        heading = re.match(r"(#{1,6})\s+(.+?)\s*#*\s*$", line)
        if body is None and heading and section in heading[2].lower():
            body, depth = [], len(heading[1])
        elif body is not None and heading and len(heading[1]) <= depth:
            break
        elif body is not None and line.strip():
            body.append(line)
    return body


def headings_of(content: bytes) -> tuple[str, ...]:
    """Return the headings of a Markdown artefact, lower-cased."""
    text = content.decode("utf-8", "replace")
    return tuple(m[1].strip().lower() for m in re.finditer(r"^#{1,6}\s+(.+?)\s*#*\s*$", text, re.MULTILINE))
