"""Removes a directory when the one who made it has ended, however that was: its end closes our standard input.

    python -I sweep.py DIRECTORY

It is a program of its own, so that a box that is killed leaves no file behind either.
"""

import os
import shutil
import sys
import time

_TRIES = 100
_WAIT_S = 0.05


def _opened(function: object, path: str, error: object) -> None:
    """Make what could not be removed removable; the next round removes it."""
    for place in (os.path.dirname(path), path):
        if not os.path.islink(place):
            try:
                os.chmod(place, 0o700)
            except OSError:
                continue


def main() -> None:
    """Wait for the end of the input, then remove until nothing is left; processes that still write end meanwhile."""
    sys.stdin.buffer.read()
    for _ in range(_TRIES):
        shutil.rmtree(sys.argv[1], onerror=_opened)
        if not os.path.lexists(sys.argv[1]):
            return
        time.sleep(_WAIT_S)


if __name__ == "__main__":
    main()
