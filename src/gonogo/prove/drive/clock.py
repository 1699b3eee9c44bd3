"""Another time for the app: libfaketime, where this machine has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MEND = "sudo apt-get install faketime"
"""What brings it on Debian."""
_PLACES = ("/usr/lib", "/usr/local/lib", "/usr/lib64")


def shifted(by: str) -> Mapping[str, str] | None:
    """Return the variables that let a program's clock go by `by` (`+1d`) from now; None where that cannot be had.

    The monotonic clock stays as it is. Programs that do not use the system's C library do not notice.
    """
    found = _library()
    return None if found is None else {**_preloaded(found), "FAKETIME": by}


@dataclass(frozen=True)
class Clock:
    """The clock of a program that runs: it is set while the program goes on. `variables` let it look at `file`."""

    file: Path
    variables: Mapping[str, str]

    def set(self, seconds: float) -> None:
        """Let the clock go so many seconds ahead of the real one from now on."""
        scratch = self.file.with_suffix(".new")
        scratch.write_text(f"+{seconds:.0f}s\n")
        scratch.replace(self.file)


_SLEEP = """\
import select, time

def sleep(seconds):
    select.select((), (), (), seconds)

time.sleep = sleep
"""
"""Python's own sleep, from 3.11 on, fails under libfaketime 0.9, which takes its deadline for one of the wall clock."""


def stepped(room: Path, seen: str) -> Clock | None:
    """Return a clock that is set by a file in `room`, which a program sees at `seen`; None where it cannot be had."""
    found = _library()
    if found is None:
        return None
    variables = {**_preloaded(found), "FAKETIME_TIMESTAMP_FILE": f"{seen}/clock", "FAKETIME_NO_CACHE": "1"}
    made = Clock(room / "clock", variables)
    made.set(0)
    return made


def sleeping(variables: Mapping[str, str], room: Path, seen: str) -> Mapping[str, str]:
    """Return the variables of a program, such that a Python under another clock sleeps as long as it means to.

    What it needs for that is put into `room`, which the program sees at `seen`.
    """
    if not {"FAKETIME", "FAKETIME_TIMESTAMP_FILE"} & variables.keys():
        return variables
    python = room / "clock-python"
    python.mkdir(exist_ok=True)
    (python / "sitecustomize.py").write_text(_SLEEP)
    places = [f"{seen}/{python.name}", *filter(None, [variables.get("PYTHONPATH")])]
    return {**variables, "PYTHONPATH": ":".join(places)}


def _library() -> Path | None:
    return next((p for place in _PLACES for p in sorted(Path(place).glob("**/faketime/libfaketimeMT.so.1"))), None)


def _preloaded(library: Path) -> dict[str, str]:
    return {"LD_PRELOAD": str(library), "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
