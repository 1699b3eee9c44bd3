"""Mutation testing of the pure judgement: `make mutants`, or `python tests/mutants.py [--least 85] [PATH ...]`.

Works in a throw-away copy of `src`, `tests` and `pyproject.toml`, with mutmut: each PATH (a package or module below
`src/gonogo`, by default `gate` and `checks`) is mutated on its own and only the tests at the same place of the mirror
run. Prints the kill rate of each and of all together, lists the mutants that survived, and exits with 1 where the rate
is below the least one. A mutant that no test reaches has survived. One that makes the tests run out of time is killed.

Tests that draw their inputs or load the catalogue are left out: the tables must do alone, and each survivor would cost
seconds. With --minutes the run of each path stops then; what was not judged is counted and said, and left out.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = Path("src/gonogo")
DEFAULT = ("gate", "checks")
KILLED = ("killed", "timeout", "caught by type check", "segfault")
SURVIVED = ("survived", "no tests", "suspicious")
LEAST = 85.0


def config(path: str) -> str:
    """Return the settings of mutmut for one path."""
    tests = [place for place in _tests(path) if (ROOT / place).exists()]
    pattern = f"{SOURCE}/{path}/*" if (ROOT / SOURCE / path).is_dir() else f"{SOURCE}/{path}"
    return (
        "\n[tool.mutmut]\n"
        'source_paths = ["src"]\n'
        f"only_mutate = [{pattern!r}]\n"
        f"pytest_add_cli_args_test_selection = {tests!r}\n"
        'pytest_add_cli_args = ["-p", "no:cacheprovider", '
        '"--ignore-glob=*/test_properties.py", "--ignore-glob=*/test_catalog_fit.py"]\n'
        'also_copy = ["README.md"]\n'
        "use_git_change_detection = false\n"
        "timeout_constant = 10.0\n"
    )


def _tests(path: str) -> list[str]:
    """Return the tests of a path: the directory of the mirror, or the one module."""
    if not path.endswith(".py"):
        return [f"tests/{path}"]
    folder, _, name = path.rpartition("/")
    return [f"tests/{folder}/test_{name}" if name != "__init__.py" else f"tests/{folder}"]


def lay_out(where: Path, path: str) -> None:
    """Copy what is needed to `where` and write the settings there."""
    for name in ("src", "tests"):
        shutil.copytree(ROOT / name, where / name, ignore=shutil.ignore_patterns("__pycache__", ".hypothesis"))
    shutil.copy(ROOT / "README.md", where / "README.md")
    settings = (ROOT / "pyproject.toml").read_text()
    (where / "pyproject.toml").write_text(re.sub(r"(?ms)^\[tool\.mutmut\]$.*?(?=^\[|\Z)", "", settings) + config(path))


def measure(path: str, children: int, minutes: float | None) -> dict[str, str]:
    """Return what became of each mutant of a path, of which as many were judged as there was time for."""
    with tempfile.TemporaryDirectory(prefix="gonogo-mutants-") as name:
        where = Path(name)
        lay_out(where, path)
        environment = {**os.environ, "PYTHONPATH": "", "HYPOTHESIS_STORAGE_DIRECTORY": str(where / ".hypothesis")}
        mutmut = [sys.executable, "-m", "mutmut"]
        log = where / "mutmut.log"
        with log.open("w") as out:
            ran = subprocess.Popen(
                [*mutmut, "run", "--max-children", str(children)],
                cwd=where,
                env=environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                ran.wait(None if minutes is None else minutes * 60)
            except subprocess.TimeoutExpired:
                os.killpg(ran.pid, signal.SIGTERM)
                ran.wait()
        told = subprocess.run(
            [*mutmut, "results", "--all", "true"], cwd=where, env=environment, capture_output=True, text=True
        )
        found = dict(re.findall(r"^\s*(\S+): (.+?)\s*$", told.stdout, flags=re.MULTILINE))
        if not found:
            print(log.read_text()[-3000:], file=sys.stderr)
            raise SystemExit(f"mutmut gave no result for {path}")
        return found


def rate(found: dict[str, str]) -> tuple[int, int]:
    """Return how many mutants were killed, of how many that were judged."""
    counts = Counter(found.values())
    killed = sum(counts[state] for state in KILLED)
    return killed, killed + sum(counts[state] for state in SURVIVED)


def main() -> int:
    """Measure every path and say whether all together reach the least rate."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="*", default=DEFAULT, metavar="PATH")
    parser.add_argument("--least", type=float, default=LEAST, help="least kill rate in percent (%(default)s)")
    parser.add_argument("--children", type=int, default=max(1, (os.cpu_count() or 2) // 2))
    parser.add_argument("--minutes", type=float, help="longest time for each path (default: until it is done)")
    given = parser.parse_args()
    os.nice(10)
    all_killed = all_judged = 0
    for path in given.paths:
        found = measure(path, given.children, given.minutes)
        killed, judged = rate(found)
        all_killed, all_judged = all_killed + killed, all_judged + judged
        for name in sorted(n for n, state in found.items() if state in SURVIVED):
            print(f"  {found[name]}: {name}")
        others = {state: n for state, n in Counter(found.values()).items() if state not in (*KILLED, *SURVIVED)}
        print(
            f"{path}: {killed} of {judged} killed ({_percent(killed, judged)} %)"
            + (f", left out: {others}" if others else "")
        )
    print(f"all: {_percent(all_killed, all_judged)} % killed, at least {given.least:g} % wanted")
    return 0 if all_judged and 100 * all_killed >= given.least * all_judged else 1


def _percent(killed: int, judged: int) -> str:
    return f"{100 * killed / judged:.1f}" if judged else "0.0"


if __name__ == "__main__":
    raise SystemExit(main())
