"""Which lines of some files ran: what every Python in the box loads as `sitecustomize` while tests are run there.

It stands in the box alone, where gonogo is not, and knows the standard library only. `GONOGO_TRACED` names the files,
relative to the directory in `GONOGO_ROOT`; each process appends a line of JSON to the file in `GONOGO_LINES`.
"""

import atexit
import json
import os
import sys
import threading
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

_ROOT = Path(os.environ["GONOGO_ROOT"])
_FILES = {(_ROOT / name).resolve(): name for name in os.environ["GONOGO_TRACED"].split(os.pathsep)}
_names: dict[str, str | None] = {}
_ran: dict[str, set[int]] = {name: set() for name in _FILES.values()}


def _call(frame: FrameType, event: str, argument: Any) -> Any:
    written = frame.f_code.co_filename
    if written not in _names:
        _names[written] = None  # what resolves it is traced as well
        _names[written] = _FILES.get(Path(written).resolve())
    name = _names[written]
    if name is None:
        return None
    lines = _ran[name]

    def line(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            lines.add(frame.f_lineno)
        return line

    return line


def _lines(code: CodeType, outer: bool = True) -> set[int]:
    """Return the lines with something to run; the head of a function runs with what stands around it."""
    found = {line for _, _, line in code.co_lines() if line and (outer or line != code.co_firstlineno)}
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            found |= _lines(inner, outer=False)
    return found


def _tell() -> None:
    if sys.gettrace() is not _call:
        return  # something else has measured, and we have not seen all
    sys.settrace(None)
    told = {}
    for place, name in _FILES.items():
        code = compile(place.read_bytes(), str(place), "exec")
        told[name] = {"lines": sorted(_lines(code)), "ran": sorted(_ran[name])}
    with Path(os.environ["GONOGO_LINES"]).open("a", encoding="utf-8") as out:
        out.write(json.dumps(told) + "\n")


atexit.register(_tell)
threading.settrace(_call)
sys.settrace(_call)
