"""`make bench NAME=...`: run one benchmark; it prints a table, and last one JSON object."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Run `bench/<name>.py` with the rest of the arguments."""
    known = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in ("run", "__init__"))
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in known:
        print(f"usage: python bench/run.py {{{'|'.join(known)}}} [options]", file=sys.stderr)
        return 2
    sys.argv = [str(HERE / f"{name}.py"), *sys.argv[2:]]
    sys.path.insert(0, str(HERE.parent))
    runpy.run_path(sys.argv[0], run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())
