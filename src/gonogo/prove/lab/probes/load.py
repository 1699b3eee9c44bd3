"""The probe programs, one of each kind for every language; filled in with what a playing has planted."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gonogo.facts.declaration import Language
from gonogo.facts.lab_declaration import STRICT
from gonogo.system.shape import read

MARK = "gonogo-"
"""How the mark begins by which processes and files of a program are known; programs hold it in two parts, so that what
only carries the program does not have it."""
_BLANK = re.compile(r"@(\w+)@")


@dataclass(frozen=True, kw_only=True)
class Probes:
    """The programs of one language, with `@name@` for what a playing fills in."""

    __pydantic_config__ = STRICT
    harmless: str
    """Prints the result, made of two parts."""
    files: str
    """Prints what files of others hold."""
    environment: str
    """Prints variables of the process and of others."""
    sockets: str
    """Connects, by address and by path, and looks a name up."""
    fork_bomb: str
    """Starts so many processes, and ends them after two seconds."""
    escalate: str
    """Traces its parent, becomes root, makes a user namespace; stays for a second."""
    persist: str
    """Leaves files, and a process that ends after 20 seconds."""
    memory: str
    """Takes so many MiB, and keeps them for a second."""
    cpu: str
    """Computes for so many seconds, in two processes where it can."""
    disk: str
    """Writes so many MiB to four temporary files, and keeps them open for a second."""


@cache
def _read(language: Language) -> Probes:
    return read(Path(__file__).parent / "data" / f"{language}.yaml", Probes)


def program(language: Language, name: str, values: Mapping[str, str | Sequence[str]]) -> str:
    """Return a program by the name of its field, each list of `values` written as the language writes it."""

    def one(blank: re.Match[str]) -> str:
        value = values[blank[1]]
        if isinstance(value, str):
            return value
        return shlex.join(value) if language == "shell" else json.dumps(list(value))

    text: str = getattr(_read(language), name)
    return _BLANK.sub(one, text)
