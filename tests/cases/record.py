"""Records the passing and the failing case of every proof with the proof's own collector (README.md says how).

python -m tests.cases.record [CONTROL ...]      records, and writes the index that `gonogo catalog coverage` reads
python -m tests.cases.record static             records those that run nothing: after a change of gonogo.yaml's shape
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import yaml

from gonogo import catalog, plugins, system
from gonogo.checks.check import Check
from gonogo.checks.judge import judge
from gonogo.derive.factset import FactSet, facts_behind
from gonogo.facts import Declaration, Fact, Finding, Run, ScenarioRun, SecretScan, decode, encode
from gonogo.prove.base import Collector, Target
from gonogo.prove.subject import subject_of

CASES = Path(__file__).parent
APP = CASES / "_app"
EXAMPLES = CASES.parents[1] / "examples"
RUNNING = ("lab", "load", "drill")
"""Methods that run the system: what they see differs a little each time, so that cases are held by their outcome."""
STATIC = "static"
INDEX = CASES.parents[1] / "src" / "gonogo" / "checks" / "cases.json"
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
OUTCOMES = {"pass": "pass", "fail": "fail"}


def proofs() -> list[tuple[str, str]]:
    """Return every (control, method) that has a directory here, sorted."""
    return sorted(
        (control.name, method.name)
        for control in CASES.iterdir()
        if control.is_dir() and "." in control.name
        for method in control.iterdir()
        if method.is_dir()
    )


def check_of(control: str, method: str) -> Check:
    """Return the registered check of a proof."""
    found = [c for c in plugins.checks() if (c.control, c.by) == (control, method)]
    assert found, f"no check is registered for {control} by {method}, and yet it has cases"
    return found[0]


def settings(control: str, method: str, which: str) -> dict[str, object]:
    """Return the case.yaml of one case: what both share, overlaid by its own key."""
    path = CASES / control / method / "case.yaml"
    given = yaml.safe_load(path.read_text()) or {} if path.exists() else {}
    own = given.pop(which, None) or {}
    return {k: v for k, v in given.items() if k not in OUTCOMES} | own


def git(root: Path, *arguments: str, minute: int = 0) -> None:
    """Run git with a fixed author and date and without anybody's configuration."""
    when = f"2026-06-01T11:{minute:02d}:00Z"
    who = {"NAME": "Author", "EMAIL": "author@example.org", "DATE": when}
    environment = {"PATH": os.environ["PATH"], "HOME": str(root), "GIT_CONFIG_NOSYSTEM": "1"}
    environment |= {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    subprocess.run(
        ["git", *arguments], cwd=root, env=environment, check=True, capture_output=True, timeout=30,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def commit(root: Path, minute: int, message: str) -> None:
    """Commit everything that stands in `root`."""
    git(root, "add", "-A", minute=minute)
    git(root, "commit", "-q", "--allow-empty", "-m", message, minute=minute)


@contextmanager
def laid_out(control: str, method: str, which: str) -> Iterator[Path]:
    """Yield a scratch repository with the case in it."""
    given = settings(control, method, which)
    with tempfile.TemporaryDirectory(prefix="gonogo-case-") as scratch:
        root = Path(scratch) / "repository"
        base = EXAMPLES / str(given["app"]) if "app" in given else APP
        shutil.copytree(base, root, ignore=shutil.ignore_patterns("__pycache__"))
        git(root, "init", "-q", "-b", "main")
        for minute, step in enumerate(given.get("history") or []):  # type: ignore[arg-type]
            for path, content in step.get("files", {}).items():
                target = root / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.unlink(missing_ok=True) if content is None else target.write_text(content)
            commit(root, minute, "an earlier change")
            if tag := step.get("tag"):
                git(root, "tag", tag)
        for path in given.get("remove") or []:  # type: ignore[attr-defined]
            (root / path).unlink()
        overlay = CASES / control / method / which
        if overlay.is_dir():
            shutil.copytree(overlay, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        for path, changes in (given.get("edit") or {}).items():  # type: ignore[attr-defined]
            edited(root / path, changes)
        if given.get("release"):
            commit(root, 40, "the release that people looked at")
        prepare(root, method, given)
        commit(root, 50, "the state under judgement")
        yield root


def edited(path: Path, changes: dict[str, str]) -> None:
    """Replace texts in a file, each of which must stand there exactly once: the point at issue, and nothing else."""
    text = path.read_text()
    for old, new in changes.items():
        assert text.count(old) == 1, f"{path.name}: {old!r} stands there {text.count(old)} times"
        text = text.replace(old, new)
    path.write_text(text)


def prepare(root: Path, method: str, given: dict[str, object]) -> None:
    """Sign the statements of an attest case."""
    if method == "attest":
        from tests.cases.statements import sign_all

        sign_all(root, given.get("statements") or [])  # type: ignore[arg-type]


def collector_of(method: str, check: Check | None = None, given: dict[str, object] | None = None) -> Collector:
    """Return the registered collector of a method; one that runs the system is narrowed to what the check judges."""
    if method in RUNNING and check is not None:
        from tests.cases.running import narrowed

        return narrowed(method, check, given or {})
    return next(c for c in plugins.collectors() if c.method == method)


def collected(control: str, method: str, which: str) -> list[Fact]:
    """Lay the case out, run the proof's own collector on it, and return the facts that its check asks for."""
    check = check_of(control, method)
    with laid_out(control, method, which) as root:
        declaration = system.load(root)
        subject = subject_of(root, declaration)
        target = Target(
            root=root, subject=subject, run="case", declaration=declaration, now=lambda: NOW,
            without=frozenset() if SecretScan in check.needs else frozenset({"secrets"}),
        )  # fmt: skip
        if method == "probe":
            from tests.cases.served import probed

            facts = probed(root, target, collector_of("scan"), collector_of("probe"), settings(control, method, which))
        elif method in RUNNING:
            facts = list(collector_of(method, check, settings(control, method, which)).collect(target))
        else:
            facts = list(collector_of(method).collect(target))
        mine = f"{method}:{check.scenario}" if check.scenario else method
        facts = [fact for fact in facts if not isinstance(fact, Run | Declaration)]
        if given_records := settings(control, method, which).get("records"):
            from tests.cases.statements import records_of

            facts += records_of(given_records, subject)  # type: ignore[arg-type]
        run = Run(
            seen_at=NOW, run="case", method=check.by, collector=mine, subject=subject, started_at=NOW,
            complete=not target.problems, problems=tuple(target.problems),
        )  # fmt: skip
    declared: list[Fact] = [] if declaration is None else [declaration_fact(declaration)]
    wanted = (*facts_behind(check.needs), Run, *((ScenarioRun,) if check.scenario else ()))
    return [fact for fact in (*declared, *facts, run) if isinstance(fact, wanted)]


def declaration_fact(declaration: Declaration) -> Declaration:
    """Return the declaration as seen at the case's fixed time."""
    import msgspec

    return msgspec.structs.replace(declaration, seen_at=NOW, run="case")


def recording(facts: list[Fact]) -> bytes:
    """Return facts as the lines of a recorded case, without the place where this machine keeps its python."""
    lines = b"".join(encode(fact) + b"\n" for fact in facts)
    return lines.replace(sys.base_prefix.encode(), b"/usr")


def path_of(control: str, method: str, which: str) -> Path:
    """Return where a recorded case stands."""
    return CASES / control / method / f"{which}.jsonl"


def judged(control: str, method: str, lines: bytes) -> Finding:
    """Judge a recorded case."""
    facts = FactSet(decode(line) for line in lines.splitlines())
    overrides = {control: settings(control, method, "pass").get("thresholds") or {}}
    check = check_of(control, method)
    checks = plugins.checks() if check.wants_others else [check]
    findings = judge(facts, catalog.load(plugins=False), [control], checks, overrides)  # type: ignore[arg-type]
    return next(f for f in findings if f.method == method)


def main(only: list[str]) -> int:
    """Record the cases, write the index, and say what each case was judged."""
    wrong = 0
    index: dict[str, dict[str, dict[str, str]]] = {}
    for control, method in proofs():
        digests = {}
        for which, outcome in OUTCOMES.items():
            path = path_of(control, method, which)
            wanted = control in only or (only == [STATIC] and method not in RUNNING)
            if not only or wanted or not path.exists():
                path.write_bytes(recording(collected(control, method, which)))
            finding = judged(control, method, path.read_bytes())
            right = finding.outcome == outcome
            wrong += not right
            print(f"{'ok   ' if right else 'WRONG'} {control} {method} {which}: {finding.outcome}: {finding.summary}")
            if right:
                digests[which] = hashlib.sha256(path.read_bytes()).hexdigest()
        if len(digests) == len(OUTCOMES):
            index.setdefault(control, {})[method] = digests
    INDEX.write_text(json.dumps(index, indent=1, sort_keys=True) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
