"""Another time for the app: libfaketime, where this machine has it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

MEND = "sudo apt-get install faketime"
"""What brings it on Debian."""
_PLACES = ("/usr/lib", "/usr/local/lib", "/usr/lib64")


def shifted(by: str) -> Mapping[str, str] | None:
    """Return the variables that let a program's clock go by `by` (`+1d`) from now; None where that cannot be had.

    The monotonic clock stays as it is. Programs that do not use the system's C library do not notice.
    """
    return _preloaded({"FAKETIME": by})


def following(place: str) -> Mapping[str, str] | None:
    """Return the variables that let a program's clock go by what `set_clock` writes to the file `place`, at any time.

    None where that cannot be had; what holds of `shifted` holds of this.
    """
    return _preloaded({"FAKETIME_TIMESTAMP_FILE": place, "FAKETIME_NO_CACHE": "1"})


def set_clock(file: Path, seconds: float) -> None:
    """Let the clocks that follow `file` be `seconds` ahead of now."""
    new = file.with_name(f"{file.name}.new")
    new.write_text(f"+{seconds:.0f}\n")
    new.replace(file)


def _preloaded(by: Mapping[str, str]) -> Mapping[str, str] | None:
    found = next((p for place in _PLACES for p in sorted(Path(place).glob("**/faketime/libfaketimeMT.so.1"))), None)
    if found is None:
        return None
    return {"LD_PRELOAD": str(found), **by, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
