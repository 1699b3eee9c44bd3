"""What would close most: the last lines of a NO-GO."""

from __future__ import annotations

import re
from collections import Counter

from gonogo.facts import ControlResult, Decision
from gonogo.gate.combine import COMMAND

EDIT = "edit"
"""Stands for all fixes that are no command of ours: see each control for its edit."""


_NAMED = re.compile(r"^(gonogo (?:load|drill|eval)) [a-z]\S*")


def close_commands(decision: Decision, most: int = 5) -> list[tuple[str, int]]:
    """Return the commands that would close most blocking controls, with how many each, the largest count first.

    Commands that differ only in the control, the scenario or the run that they name are one: with `ID` or `NAME` in
    its place, or without the scenario. Edits are counted together under `edit`, last. At most `most` commands are
    named; the rest are left out.
    """
    blocking = [r for r in decision.results if r.blocking]
    patterns = Counter(_pattern(r) for r in blocking)
    exact = {_pattern(r): r.close or EDIT for r in blocking}
    commands = [(exact[p] if n == 1 else p, n) for p, n in patterns.items() if p != EDIT]
    ranked = sorted(commands, key=lambda pair: (-pair[1], pair[0]))[:most]
    return [*ranked, (EDIT, patterns[EDIT])] if patterns[EDIT] else ranked


def _pattern(result: ControlResult) -> str:
    """Return the command without what differs from control to control: its id, the scenario, the name of the run."""
    if not result.close or not result.close.startswith(COMMAND):
        return EDIT
    whole = re.sub(rf"(?<=\s){re.escape(result.control)}(?!\S)", "ID", result.close)
    return _NAMED.sub(r"\1 NAME", whole.partition(" --scenario ")[0])
