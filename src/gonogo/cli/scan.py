"""`gonogo scan`: the facts that reading a repository gives, without any judgement."""

from __future__ import annotations

from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gonogo.facts import Fact


class Format(StrEnum):
    """How the facts are written."""

    text = "text"
    json = "json"


_FRAME = ("seen_at", "run")
"""What a fact says of its run and not of the repository."""


def scan(
    path: Path = typer.Argument(Path(), help="The repository."),
    format: Format = typer.Option(Format.text, "--format", "-f", help="How to write the facts."),
    kind: list[str] = typer.Option([], "--kind", "-k", help="Only facts of this kind, such as model_call_site."),
) -> None:
    """Print the facts that reading the repository gives.

    Nothing of the repository is executed and nothing is written. JSON is one list; each fact has its kind, path, line,
    confidence (certain, likely or guess) and its own fields.
    """
    import sys

    from gonogo import assess
    from gonogo.cli.show import progress
    from gonogo.facts import Run
    from gonogo.report.hostile import json_text, visible

    wanted = _kinds(kind)
    with progress() as tell:
        state = assess.look(assess.Request(root=path, record=False, tell=tell))
        facts = assess.collect(state, ("scan",))
    shown = _shown(facts, wanted)
    if format is Format.json:
        sys.stdout.write(json_text([_record(f) for f in shown]))
    else:
        for fact in shown:
            print(visible(_line(_record(fact))))
    for run in facts.of(Run):
        for problem in run.problems:
            print(visible(problem), file=sys.stderr)


def _kinds(given: Iterable[str]) -> frozenset[str]:
    from gonogo.errors import UsageError
    from gonogo.facts import fact_types, kind_of

    known = [kind_of(t.__name__) for t in fact_types()]
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise UsageError(f"there is no kind of fact {name!r}", mend=f"--kind {near[0]}" if near else None)
    return frozenset(given)


def _shown(facts: Iterable[Fact], wanted: frozenset[str]) -> list[Fact]:
    """Return the facts of the repository, those about it as a whole first, the others by place."""
    from gonogo.facts import Declaration, Run, kind_of

    kept = [f for f in facts if not isinstance(f, Declaration | Run)]
    kept = [f for f in kept if not wanted or kind_of(type(f).__name__) in wanted]
    return sorted(kept, key=lambda f: (getattr(f, "path", ""), getattr(f, "line", None) or 0, type(f).__name__))


def _record(fact: Fact) -> dict[str, Any]:
    import msgspec

    record = msgspec.to_builtins(fact)
    first = {"kind": record.pop("kind"), "path": None, "line": None, "confidence": "certain"}
    return first | {k: v for k, v in record.items() if k not in _FRAME}


def _line(record: dict[str, Any]) -> str:
    place = f"{record['path']}:{record['line']}" if record["line"] else record["path"] or "."
    own = {k: v for k, v in record.items() if k not in ("kind", "path", "line", "confidence")}
    told = " ".join(f"{k}={_short(v)}" for k, v in own.items() if v not in (None, "", [], (), {}) and _short(v) != "-")
    sure = "" if record["confidence"] == "certain" else f" ({record['confidence']})"
    return f"{place} {record['kind']}{sure} {told}"


def _short(value: Any) -> str:
    """Write a setting as its value, `-` when unset, `?` when dynamic."""
    if isinstance(value, dict) and set(value) == {"value", "from"}:
        return {"unset": "-", "dynamic": "?"}.get(value["from"], str(value["value"]))
    if isinstance(value, list | tuple):
        return ",".join(str(v) for v in value)[:200]
    return str(value)[:200]
