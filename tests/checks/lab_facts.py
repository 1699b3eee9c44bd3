"""Recorded facts of a lab case, changed in one point, and what its check says of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from gonogo import catalog
from gonogo.checks.judge import judge
from gonogo.derive.factset import FactSet
from gonogo.facts import Declaration, Fact, Finding, decode
from gonogo.plugins import checks
from tests.cases import record


def facts_of(control: str, which: str = "pass") -> list[Fact]:
    """The facts of the recorded case."""
    return [decode(line) for line in record.path_of(control, "lab", which).read_bytes().splitlines()]


def judged(control: str, facts: Iterable[Fact], **thresholds: Any) -> Finding:
    """What the control's lab check says of these facts, with other thresholds than the catalogue's where given."""
    found = judge(FactSet(list(facts)), catalog.load(), [control], checks(), {control: thresholds})
    (finding,) = (f for f in found if f.method == "lab")
    return finding


def changed(facts: Iterable[Fact], kind: type[Fact], chosen: Callable[[Any], bool], **fields: Any) -> list[Fact]:
    """The same facts, with fields changed in those of a kind that are chosen."""
    return [msgspec.structs.replace(f, **fields) if isinstance(f, kind) and chosen(f) else f for f in facts]


def without(facts: Iterable[Fact], kind: type[Fact], *cases: str) -> list[Fact]:
    """The same facts but for those of a kind, in these cases or in all."""
    return [f for f in facts if not (isinstance(f, kind) and (not cases or f.case in cases))]


def declared(facts: Iterable[Fact], **lab: Any) -> list[Fact]:
    """The same facts under a declaration whose `lab:` says something else."""
    return _declaring(facts, lambda system: {"lab": dataclasses.replace(system.lab, **lab)})


def declared_each(facts: Iterable[Fact], part: str, **fields: Any) -> list[Fact]:
    """The same facts under a declaration in which every entry of a list (`tools`, `indexes`) says something else."""
    return _declaring(facts, lambda s: {part: tuple(dataclasses.replace(e, **fields) for e in getattr(s, part))})


def declared_system(facts: Iterable[Fact], **fields: Any) -> list[Fact]:
    """The same facts under a declaration whose system says something else."""
    return _declaring(facts, lambda system: fields)


def _declaring(facts: Iterable[Fact], change: Callable[[Any], dict[str, Any]]) -> list[Fact]:
    made = []
    for fact in facts:
        if isinstance(fact, Declaration):
            system = dataclasses.replace(fact.system, **change(fact.system))
            fact = msgspec.structs.replace(fact, system=system)
        made.append(fact)
    return made
