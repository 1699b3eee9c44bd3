"""Run kingfisher over a directory of texts: offline, without validation, with an empty environment."""

from __future__ import annotations

import subprocess
from importlib.util import find_spec
from pathlib import Path

import msgspec
from platformdirs import user_cache_path

TIMEOUT_S = 240
_ARGS = (
    "--no-update-check",
    "--no-validate",
    "--format",
    "json",
    "--git-history",
    "none",
    "--quiet",
    "--no-ignore",
    "--no-dedup",
)
_GENERIC = ("generic", "entropy", "jwt", "uuid", "hash", "credentials", "http-basic", "uri")
"""Parts of rule names that stand for guesses; our own rules cover these and hold them to a stricter test."""


class _Finding(msgspec.Struct):
    snippet: str
    path: str
    line: int = 1
    confidence: str = ""


class _Rule(msgspec.Struct):
    name: str = ""
    id: str = ""


class _Entry(msgspec.Struct):
    rule: _Rule
    finding: _Finding


class _Report(msgspec.Struct):
    findings: list[_Entry] = []


class Hit(msgspec.Struct, frozen=True):
    """Something that kingfisher found: the file in the directory, the 1-based line, the rule, the secret."""

    file: str
    line: int
    rule: str
    secret: str


def binary() -> Path | None:
    """Return the program of the package kingfisher-bin, None where it is not installed."""
    spec = find_spec("kingfisher")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "bin"
    return next((p for p in (folder / "kingfisher", folder / "kingfisher.exe") if p.is_file()), None)


def search(directory: Path) -> list[Hit] | str:
    """Return what kingfisher finds in `directory`, or in a word why it could not look."""
    program = binary()
    if program is None:
        return "is not installed"
    cache = _cache(directory)
    command = [str(program), "scan", *_ARGS, "--rule-cache-dir", str(cache), str(directory)]
    try:
        # Its output holds the secrets themselves: it goes nowhere but into this process.
        done = subprocess.run(
            command, cwd=directory.parent, env={"HOME": str(directory.parent), "PATH": ""}, capture_output=True,
            timeout=TIMEOUT_S, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"did not finish within {TIMEOUT_S} s"
    except OSError as e:
        return f"could not be started: {e.strerror}"
    try:
        report = msgspec.json.decode(done.stdout, type=_Report)
    except msgspec.DecodeError:
        return f"gave no report (exit code {done.returncode})"
    return [_hit(entry) for entry in report.findings if not _guess(entry)]


def _cache(directory: Path) -> Path:
    """Where its compiled rules are kept between runs: building them takes seconds."""
    cache = user_cache_path("gonogo") / "kingfisher"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        return directory.parent / "rules"
    return cache


def _guess(entry: _Entry) -> bool:
    return entry.finding.confidence == "low" or any(word in entry.rule.name.lower() for word in _GENERIC)


def _hit(entry: _Entry) -> Hit:
    name = entry.rule.name or entry.rule.id.rpartition(".")[2]
    return Hit(Path(entry.finding.path).name, entry.finding.line, name, entry.finding.snippet)
