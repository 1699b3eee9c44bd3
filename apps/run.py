"""Crash-tests a real app that others wrote: `make apps NAME=llm`, or `python apps/run.py NAME [options of gonogo lab]`.

Each directory here is a recipe: which published package, how it is started, what its users do. The package is installed
beside it, where git does not see it; nothing of it is kept here. What each was found to do stands in docs/real-apps.md.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent


def install(app: Path) -> None:
    """Install the app's packages beside its recipe, once."""
    if (app / "requirements.txt").exists() and not (app / ".venv" / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", ".venv"], cwd=app, check=True)
        pip = [".venv/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", "requirements.txt"], cwd=app, check=True)
        (app / ".venv" / "ready").touch()
    if (app / "package.json").exists() and not (app / "node_modules").exists():
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"],
            cwd=app, check=True,
        )  # fmt: skip


def main() -> int:
    """Install and play."""
    known = sorted(p.parent.name for p in HERE.glob("*/gonogo.yaml"))
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in known:
        print(f"usage: python apps/run.py {{{'|'.join(known)}}} [options of gonogo lab]", file=sys.stderr)
        return 2
    install(HERE / name)
    options = sys.argv[2:] or ["--scenario", "reactions"]
    return subprocess.run([str(BIN / "gonogo"), "lab", ".", *options], cwd=HERE / name, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
