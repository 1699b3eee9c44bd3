"""Mutation testing of the pure judgement: `make mutants`, or `python tests/mutants.py [--least 85] [PATH ...]`.

Works in a throw-away copy of `src`, `tests` and `pyproject.toml`, with mutmut: each PATH (a package or module below
`src/gonogo`, by default `gate` and `checks`) is mutated on its own and the tests of its part of the mirror run, of
each mutant only those that reach the mutated function. Prints the kill rate of every module and the mutants that
survived, at last one JSON object {"killed", "judged", "rate", "not_judged"}, and exits with 1 where the rate is below
the least one. A mutant that no test reaches has survived; one that makes the tests run out of time is killed.

mutmut leaves decorated functions alone, and every check is one: in the copy `@check(...) def name` is written as
`def name_plain` and `name = check(...)(name_plain)`, so that the bodies of the checks are mutated like any other.
Sentences for people (a plain string with words in it) are left as they are: the tests hold their essential words.

Tests that draw their inputs, load the whole catalogue anew or start collectors are left out: the tables and recorded
facts must do alone, and each survivor would cost seconds. When --minutes are over, no further mutant is judged; how
many that leaves is said by module, and they count neither way.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tokenize
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = Path("src/gonogo")
DEFAULT = ("gate", "checks")
KILLED = ("killed", "timeout", "caught by type check", "segfault")
SURVIVED = ("survived", "no tests", "suspicious")
LEAST = 85.0
MINUTES = 28.0
NOT_MUTATED = (
    "sentences and docstrings, f-strings, annotations, properties, tables of modules, calls of len and isinstance"
)
_SENTENCE = re.compile(r"[\w,:;`] [\w`]")
PYTEST = (
    "-p",
    "no:cacheprovider",
    "--ignore-glob=*/test_properties.py",
    "--ignore-glob=*/test_catalog_fit.py",
    "--deselect=tests/checks/test_cases.py::test_recording_a_case_again_gives_the_same_facts",
)


def config(path: str) -> str:
    """Return the settings of mutmut for one path."""
    pattern = f"{SOURCE}/{path}/*" if (ROOT / SOURCE / path).is_dir() else f"{SOURCE}/{path}"
    return (
        "\n[tool.mutmut]\n"
        'source_paths = ["src"]\n'
        f"only_mutate = [{pattern!r}]\n"
        f"pytest_add_cli_args_test_selection = {_tests(path)!r}\n"
        f"pytest_add_cli_args = {list(PYTEST)!r}\n"
        'also_copy = ["README.md"]\n'
        "use_git_change_detection = false\n"
        "timeout_constant = 10.0\n"
    )


def _tests(path: str) -> list[str]:
    """Return the tests of a path: all of its package in the mirror, which share tables of cases."""
    return [f"tests/{path.partition('/')[0]}"]


def lay_out(where: Path, path: str) -> None:
    """Copy what is needed to `where` and write the settings there."""
    for name in ("src", "tests"):
        shutil.copytree(ROOT / name, where / name, ignore=shutil.ignore_patterns("__pycache__", ".hypothesis"))
    shutil.copy(ROOT / "README.md", where / "README.md")
    settings = (ROOT / "pyproject.toml").read_text()
    (where / "pyproject.toml").write_text(re.sub(r"(?ms)^\[tool\.mutmut\]$.*?(?=^\[|\Z)", "", settings) + config(path))
    target = where / SOURCE / path
    for file in sorted(target.rglob("*.py")) if target.is_dir() else [target]:
        file.write_text(sentences_kept(plain(file.read_text())))


def plain(text: str) -> str:
    """Return a module with each decorated function of its top level as a plain one, and its name bound after it."""
    lines = text.splitlines()
    for function in reversed([n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.decorator_list]):
        first, name = function.decorator_list[0].lineno - 1, function.name
        body = lines[function.lineno - 1 : function.end_lineno]
        body[0] = body[0].replace(f"def {name}(", f"def {name}_plain(", 1)
        bound = f"{name}_plain"
        for decorator in reversed(function.decorator_list):
            bound = f"({ast.unparse(decorator)})({bound})"
        lines[first : function.end_lineno] = [*body, "", f"{name} = {bound}"]
    return "\n".join(lines) + "\n"


def sentences_kept(text: str) -> str:
    """Return a module with each sentence as an f-string without fields, which mutmut does not touch."""
    lines = text.splitlines(keepends=True)
    for token in reversed(list(tokenize.generate_tokens(io.StringIO(text).readline))):
        one = token.type == tokenize.STRING and token.string[0] in "'\"" and not token.string.startswith('"""')
        if one and _SENTENCE.search(token.string):
            (row, start), end = token.start, token.end[1]
            shown = token.string.replace("{", "{{").replace("}", "}}")
            lines[row - 1] = f"{lines[row - 1][:start]}f{shown}{lines[row - 1][end:]}"
    return "".join(lines)


def measure(path: str, children: int, seconds: float) -> dict[str, str]:
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
                ran.wait(seconds)
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


def rate(states: list[str]) -> tuple[int, int]:
    """Return how many mutants were killed, of how many that were judged."""
    counts = Counter(states)
    killed = sum(counts[state] for state in KILLED)
    return killed, killed + sum(counts[state] for state in SURVIVED)


def table(found: dict[str, str]) -> None:
    """Print the survivors and the rate of every module."""
    modules: dict[str, list[str]] = defaultdict(list)
    for name, state in sorted(found.items()):
        modules[name.rpartition(".")[0].removeprefix("gonogo.")].append(state)
        if state in SURVIVED:
            print(f"  {state}: {name}")
    for module, states in modules.items():
        killed, judged = rate(states)
        left = f"  ({len(states) - judged} not judged)" if judged < len(states) else ""
        print(f"{module:<40}{killed:>6} of {judged:>5} killed {_percent(killed, judged):>6} %{left}", flush=True)


def main() -> int:
    """Measure every path and say whether all together reach the least rate."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="*", default=DEFAULT, metavar="PATH")
    parser.add_argument("--least", type=float, default=LEAST, help="least kill rate in percent (%(default)s)")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 2, help="processes (%(default)s)")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="longest time for all paths (%(default)s)")
    given = parser.parse_args()
    os.nice(10)
    end = time.monotonic() + given.minutes * 60
    found: dict[str, str] = {}
    for done, path in enumerate(given.paths):
        share = (end - time.monotonic()) / (len(given.paths) - done)
        one = measure(path, given.children, max(share, 1.0))
        table(one)
        found |= one
    killed, judged = rate(list(found.values()))
    print(f"not mutated: {NOT_MUTATED}")
    print(f"all: {_percent(killed, judged)} % killed, at least {given.least:g} % wanted")
    result = {"killed": killed, "judged": judged, "rate": float(_percent(killed, judged))}
    print(json.dumps(result | {"not_judged": len(found) - judged}))
    return 0 if judged and 100 * killed >= given.least * judged else 1


def _percent(killed: int, judged: int) -> str:
    return f"{100 * killed / judged:.1f}" if judged else "0.0"


if __name__ == "__main__":
    raise SystemExit(main())
