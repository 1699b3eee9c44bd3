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
    found = next((p for place in _PLACES for p in sorted(Path(place).glob("**/faketime/libfaketimeMT.so.1"))), None)
    if found is None:
        return None
    return {"LD_PRELOAD": str(found), "FAKETIME": by, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
