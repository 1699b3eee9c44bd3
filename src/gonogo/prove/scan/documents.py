"""The documents that people read: what each is for, its headings, and the commands in its code blocks."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from gonogo.facts import Command, Document, Fact
from gonogo.git import git
from gonogo.prove.base import Target
from gonogo.prove.scan.placing import seen
from gonogo.prove.scan.tree import SourceFile, Tree
from gonogo.screen.secrets import mask

MAX_COMMANDS = 200
MAX_LABELS = 100
MAX_COMMITS = "5000"
_LANGUAGES = ("markdown", "rst")
_ROLES = (
    ("runbook", ("runbook", "playbook", "rollback", "disaster")),
    ("contacts", ("contact", "escalation", "on-call", "oncall", "on_call", "rota", "stakeholder")),
    ("incident", ("incident", "postmortem", "post-mortem")),
    ("changelog", ("changelog", "changes", "history", "release-notes", "releases")),
    ("architecture", ("architecture", "design", "adr")),
    ("operations", ("operation", "deploy", "monitoring", "alerting", "sre")),
    ("security", ("security",)),
    ("api", ("api", "openapi")),
    ("contributing", ("contributing",)),
    ("readme", ("readme",)),
)
_SHELL = ("", "sh", "bash", "shell", "console", "zsh", "text", "shell-session", "powershell")
_FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})\s*([\w+-]*)")

_LABEL = re.compile(r"(?:^|[.;!?]\s|[-*|]\s|\*\*)([A-Za-z][A-Za-z -]{1,24})(?:\*\*)?:", re.M)


def scan(tree: Tree, target: Target) -> Iterator[Fact]:
    """Yield every document with its role, the more telling words of its path first."""
    found = [f for f in tree.files if f.language in _LANGUAGES or f.name.upper() in ("README", "CHANGELOG", "RUNBOOK")]
    changed = _changed(tree) if found else {}
    for file in found:
        headings, commands = _read(file)
        yield Document(
            **seen(target, file.path, 1),
            role=role_of(file.path, headings),
            title=mask(headings[0]) if headings else "",
            headings=tuple(mask(h).lower() for h in headings),
            commands=tuple(Command(mask(c.text), c.line) for c in commands[:MAX_COMMANDS]),
            words=len(file.text.split()),
            changed_at=changed.get(file.path),
            labels=tuple(sorted({m.lower() for m in _LABEL.findall(file.text)}))[:MAX_LABELS],
            missing=tuple(mask(m) for m in _missing(tree, file, commands)),
        )


def role_of(path: str, headings: list[str]) -> str:
    """Return what a document is for, by its name, its directory, or its first heading."""
    folder, _, name = path.lower().rpartition("/")
    for text in (name, folder, headings[0].lower() if headings else ""):
        words = set(re.split(r"[^a-z]+", text))
        for role, names in _ROLES:
            if any(n in words or f"{n}s" in words or (not n.isalpha() and n in text) for n in names):
                return role
    return "docs"


def _read(file: SourceFile) -> tuple[list[str], list[Command]]:
    headings: list[str] = []
    commands: list[Command] = []
    fence, language, previous = "", "", ""
    for number, line in enumerate(file.lines, 1):
        mark = _FENCE.match(line)
        if mark and (not fence or (mark.group(1).startswith(fence) and not mark.group(2))):
            fence, language = ("", "") if fence else (mark.group(1), mark.group(2).lower())
        elif fence:
            if language in _SHELL and line.strip() and not line.lstrip().startswith("#"):
                commands.append(Command(re.sub(r"^\s*[$>]\s+", "", line).strip(), number))
        elif line.startswith("#"):
            headings.append(line.strip("# ").strip())
        elif previous.strip() and re.fullmatch(r"(=|-|~|\^){3,}\s*", line) and "|" not in previous:
            headings.append(previous.strip())
        previous = line
    return [h for h in headings if h], commands


def _missing(tree: Tree, file: SourceFile, commands: list[Command]) -> list[str]:
    """The files of this repository that commands start (`./deploy.sh`, `python tools/x.py`) and that do not exist."""
    found = set()
    for command in commands:
        for word in command.text.split()[:2]:
            path = word.removeprefix("./")
            named = word.startswith("./") or (word.endswith((".sh", ".py")) and "/" not in word[:1])
            here = file.path.rpartition("/")[0]
            if (
                named
                and re.fullmatch(r"[\w./-]+", path)
                and not any((tree.root / folder / path).is_file() for folder in ("", here))
            ):
                found.add(word)
    return sorted(found)


def _changed(tree: Tree) -> dict[str, str]:
    """The date of the last commit of each path, by one pass over the history; empty without git."""
    options = ("--format=%x00%ct", "--name-only", "-z", "--relative", "--no-renames", "-n", MAX_COMMITS)
    said = git(tree.root, "log", *options, "--", ".") if tree.git else None
    dates: dict[str, str] = {}
    date = ""
    for part in (said or b"").split(b"\0"):
        text = part.strip(b"\n")
        head, _, path = text.partition(b"\n\n") if b"\n\n" in text else (text, b"", b"")
        if head.isdigit() and len(head) >= 9:
            date = datetime.fromtimestamp(int(head), UTC).isoformat()
            text = path
        if text and date:
            dates.setdefault(os.fsdecode(text), date)
    return dates
