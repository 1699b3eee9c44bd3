"""Jupyter notebooks: their code cells as Python text whose line numbers are those of the notebook's JSON."""

from __future__ import annotations

import json
import re

_MAGIC = re.compile(r"^(\s*)[%!?]|^\s*[\w.]+\?{1,2}\s*$")


def source(text: str) -> str | None:
    """Return the code of a Python notebook, None when `text` is none.

    Each line of code stands on the line that holds it in the JSON; where the JSON is written on one line, code follows
    in order. Magics become `pass`, for they are no Python.
    """
    lines = _code_lines(text)
    if lines is None:
        return None
    raw = text.splitlines()
    placed: list[str] = []
    position = 0
    for line in lines:
        found = _find(raw, line, position)
        position = position if found is None else found
        placed += [""] * (position - len(placed))
        placed += [_plain(part) for part in line.rstrip("\n").split("\n")]
        position = max(position + 1, len(placed))
    return "\n".join(placed) + "\n"


def _code_lines(text: str) -> list[str] | None:
    try:
        document = json.loads(text)
        language = document.get("metadata", {}).get("kernelspec", {}).get("language", "python")
        cells = [c for c in document["cells"] if c.get("cell_type") == "code"]
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        return None
    if language != "python":
        return None
    lines: list[str] = []
    for cell in cells:
        written = cell.get("source", [])
        cell_lines = written.splitlines(keepends=True) if isinstance(written, str) else [str(s) for s in written]
        if cell_lines and cell_lines[0].lstrip().startswith("%%"):
            continue  # another language, or a shell
        lines += cell_lines
    return lines


def _find(raw: list[str], line: str, start: int) -> int | None:
    wanted = {json.dumps(line), json.dumps(line, ensure_ascii=False)}
    for number in range(start, min(len(raw), start + 20_000)):
        if raw[number].strip().rstrip(",") in wanted:
            return number
    return None


def _plain(line: str) -> str:
    if not _MAGIC.match(line):
        return line
    return line[: len(line) - len(line.lstrip())] + "pass"
