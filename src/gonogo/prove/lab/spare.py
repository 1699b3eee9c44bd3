"""What the machine has to spare while the lab plays: whether one more app may run on it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path

IDLE = 0.3
"""So much of the processors must have been idle: what waits takes none, and what works must not be slowed."""
MEMORY = 0.25
"""So much of the memory must be available."""
LATE_S = 0.05
"""A lab that is woken later than that has enough to do itself."""


@dataclass
class Spare:
    """Looks at /proc from time to time; a machine without it has nothing to spare."""

    _before: tuple[int, int] | None = field(default_factory=lambda: _ticks())

    def enough(self, late_s: float) -> bool:
        """Tell whether one more app may run, by what went on since the last look; `late_s` is how late it comes."""
        now, before = _ticks(), self._before
        self._before = now
        if now is None or before is None or late_s > LATE_S or _available() < MEMORY:
            return False
        return now[0] - before[0] > IDLE * (now[1] - before[1])


def _ticks() -> tuple[int, int] | None:
    """Return the ticks that all processors were idle, and all ticks."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        each = [int(ticks) for ticks in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return each[3] + each[4], sum(each)
    return None


def _available() -> float:
    """Return the share of the memory that is available; 0 where it is not told."""
    with contextlib.suppress(OSError, ValueError, KeyError, ZeroDivisionError):
        said = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
        return int(said["MemAvailable"].split()[0]) / int(said["MemTotal"].split()[0])
    return 0.0
