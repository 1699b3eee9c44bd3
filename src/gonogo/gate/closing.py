"""What would close most: the last lines of a NO-GO."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from gonogo.facts import ControlResult, Decision
from gonogo.gate.combine import COMMAND

EDIT = "edit"
"""Stands for all fixes that are no command of ours: see each control for its edit."""
PLANNED = "proofs that this version of gonogo cannot make yet"

_NAMED = re.compile(r"^(gonogo (?:load|drill|eval)) [a-z]\S*")


def close_commands(decision: Decision, most: int = 5) -> list[tuple[str, int]]:
    """Return the commands that would close most blocking controls, with how many each, the largest count first.

    Commands that differ only in the control, the scenario or the run that they name are one: with `ID` or `NAME` in
    its place, or without the scenario. At most `most` commands are named; the rest are left out. Then come edits,
    counted together under `edit`, and last, in one line, what waits for proofs that this version cannot make yet.
    """
    blocking = [r for r in decision.results if r.blocking]
    ranked = _ranked([r for r in blocking if not r.planned])
    edits = [pair for pair in ranked if pair[0] == EDIT]
    commands = [pair for pair in ranked if pair[0] != EDIT][:most]
    return [*commands, *edits, *_planned([r for r in blocking if r.planned])]


def _planned(results: Sequence[ControlResult]) -> list[tuple[str, int]]:
    """Return one line for all that waits for proofs to come: the commands that will make them."""
    verbs = sorted({_pattern(r).split()[1] for r in results if _pattern(r) != EDIT})
    return [(f"{PLANNED} ({', '.join(verbs) or 'none named'})", len(results))] if results else []


def _ranked(results: Sequence[ControlResult]) -> list[tuple[str, int]]:
    patterns = Counter(_pattern(r) for r in results)
    exact = {_pattern(r): r.close or EDIT for r in results}
    commands = [(exact[p] if n == 1 and p != EDIT else p, n) for p, n in patterns.items()]
    return sorted(commands, key=lambda pair: (-pair[1], pair[0]))


def _pattern(result: ControlResult) -> str:
    """Return the command without what differs from control to control: its id, the scenario, the name of the run."""
    if not result.close or not result.close.startswith(COMMAND):
        return EDIT
    whole = re.sub(rf"(?<=\s){re.escape(result.control)}(?!\S)", "ID", result.close)
    return _NAMED.sub(r"\1 NAME", whole.partition(" --scenario ")[0])
