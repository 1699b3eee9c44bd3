"""From facts to findings: every proof of every control asked for gives exactly one finding, whatever happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from gonogo.catalog.combining import outcome_of, roles
from gonogo.catalog.control import Catalog, Control, Proof
from gonogo.catalog.limits import limits
from gonogo.checks.check import Answer, Check, Others, inconclusive, not_applicable, not_collected
from gonogo.derive.applying import outside
from gonogo.derive.factset import FactSet, facts_behind
from gonogo.facts import (
    AppLog,
    AppStart,
    Contact,
    Fact,
    Finding,
    LabFile,
    Method,
    Outcome,
    Run,
    ScenarioRun,
    SecretScan,
    SourceTree,
)
from gonogo.facts.lab import ELSEWHERE

Overrides = Mapping[str, Mapping[str, object]]


def judge(
    facts: FactSet,
    catalog: Catalog,
    controls: Iterable[str],
    checks: Iterable[Check],
    overrides: Overrides | None = None,
) -> list[Finding]:
    """Return one finding per (control, method), in the order of `controls` and of the catalogue's proofs.

    `overrides` are threshold overrides by control id, as the law in force has them.
    """
    by_proof = {(c.control, c.by): c for c in checks}

    def answered(name: str, others: Others) -> Iterator[tuple[Method, Check | None, Answer]]:
        control = catalog.controls[name]
        why_not = outside(control, facts)
        for method in dict.fromkeys(p.method for p in control.proof):
            check = by_proof.get((name, method))
            given = (overrides or {}).get(name, {})
            away = not_applicable(why_not) if why_not else None
            yield method, check, away or _ask(check, control, method, facts, given, others)

    def other(name: str) -> Outcome | None:
        if name not in catalog.controls:
            return None
        mine = roles(catalog.controls[name])
        # A control that asks for others itself gets no answer here, so that none can wait for each other.
        said = answered(name, lambda _: "not-collected")
        return outcome_of([(mine[method], answer.outcome) for method, _, answer in said])

    return [
        _finding(catalog.controls[name], method, check, answer, facts, _runs(check, method, facts))
        for name in controls
        for method, check, answer in answered(name, other)
    ]


def _ask(
    check: Check | None,
    control: Control,
    method: Method,
    facts: FactSet,
    overrides: Mapping[str, object],
    others: Others,
) -> Answer:
    fix = _proof(control, method).fix or None
    if check is None:
        return not_collected(f"this version of gonogo has no {method} for it yet", fix)
    if check.scenario and (silent := _unplayed(check.scenario, method, facts, fix)):
        return silent
    if check.scenario and (unseen := _unseen(check, facts)):
        return unseen
    given = [_within(facts.needed(cls), check.scenario, method) for cls in check.needs]
    for cls, found in zip(check.needs, given, strict=True):
        if not found and cls not in check.optional:
            return not_collected(f"no {method} has looked at it", fix)
    named: dict[str, Any] = {"others": others} if check.wants_others else {}
    try:
        if check.wants_limits:
            named["limits"] = limits(control, overrides, facts.system)
        return check(*given, **named)
    except Exception as broken:
        return Answer(outcome="error", summary=f"the check broke: {type(broken).__name__}: {broken}")


def _within(seen: list[Any], scenario: str | None, method: Method) -> list[Any]:
    """Return what was seen in the scenario; what belongs to no scenario (a declaration) is seen in all.

    A probe asks the deployment with all well: what the lab asked while it broke the app is no answer to that.
    """
    if method == "probe":
        return [one for one in seen if not getattr(one, "scenario", "")]
    return [one for one in seen if scenario is None or getattr(one, "scenario", scenario) == scenario]


def _unplayed(scenario: str, method: Method, facts: FactSet, fix: str | None) -> Answer | None:
    """Say that the scenario was not played, or why it could not be; None where there is something to judge."""
    played = [s for s in facts.of(ScenarioRun) if s.scenario == scenario]
    if not played:
        return not_collected(f"no {method} has looked at it", fix)
    if lacking := played[-1].left_out:
        return not_collected(f"the scenario {scenario} was left out: {lacking}", fix)
    if problem := played[-1].problem:
        return inconclusive(
            f"the scenario {scenario} could not be played: {problem}", fix=f"mend that, then: {fix}" if fix else None
        )
    return None


_OF_THE_APP: dict[type[Fact], str] = {
    AppLog: "output", AppStart: "start", LabFile: "files", Contact: "connections to others"
}  # fmt: skip
"""What is seen of an app that the lab started, and of no other."""


def _unseen(check: Check, facts: FactSet) -> Answer | None:
    """Say that the app ran already, so that what the check asks for could not be seen; None where it could."""
    played = [s for s in facts.of(ScenarioRun) if s.scenario == check.scenario]
    lacking = [said for kind, said in _OF_THE_APP.items() if kind in check.needs]
    if not lacking or not played or played[-1].contained != ELSEWHERE:
        return None
    return inconclusive(
        f"the app ran already, where its {' and '.join(lacking)} cannot be seen",
        fix=f"gonogo lab --scenario {check.scenario}, without --env",
    )


def _unless_overlooked(answer: Answer, check: Check | None, runs: list[Run]) -> Answer:
    """Take a pass back where the repository was not read to its end: what was not read may hold the opposite.

    Trouble of the search for secrets concerns the check of secrets, and that of other scanners all the others.
    """
    if check is None or answer.outcome != "pass" or not {SourceTree, SecretScan} & {*check.needs}:
        return answer
    of_secrets = SecretScan in check.needs
    missed = [p for run in runs for p in run.problems if p.startswith(SECRETS) == of_secrets]
    if not missed:
        return answer
    return inconclusive(
        f"{answer.summary}, but not everything was looked at: {missed[0]}",
        answer.evidence,
        fix="mend what stopped it, or leave out by `exclude:` in gonogo.yaml what need not be read",
    )


SECRETS = ("secrets: ", "the scanner for secrets ")
"""How the problems of the search for secrets begin."""


def _finding(
    control: Control, method: Method, check: Check | None, answer: Answer, facts: FactSet, runs: list[Run]
) -> Finding:
    proof = _proof(control, method)
    answer = _unless_overlooked(answer, check, runs)
    prints = {part: digest for run in runs for part, digest in run.subject.fingerprints.items()}
    # What was read may stand in files of no part (a runbook), and reading again is cheap: bind it to the whole tree.
    tree = {"tree": runs[-1].subject.tree} if runs and method == "scan" else {}
    return Finding(
        control=control.id,
        method=method,
        outcome=answer.outcome,
        severity=control.severity,
        summary=answer.summary,
        evidence=answer.evidence,
        fix=(answer.fix or proof.fix or None) if answer.outcome not in ("pass", "not-applicable") else None,
        sample=answer.sample,
        seen_at=answer.seen_at or _oldest(check, runs, facts),
        fingerprints={part: digest for part, digest in prints.items() if not proof.parts or part in proof.parts} | tree,
        environment=next((run.environment for run in runs if run.environment), None),
        facts=tuple(run.run for run in runs),
        planned=check is None,
    )


def _proof(control: Control, method: Method) -> Proof:
    return control.proofs(method)[0]


def _runs(check: Check | None, method: Method, facts: FactSet) -> list[Run]:
    """Return the runs that the check's facts came from."""
    if check is None:
        return []
    named = {fact.run for cls in facts_behind(check.needs) for fact in _within(facts.of(cls), check.scenario, method)}
    mine = facts.ran(method)
    if check.scenario:
        return [run for run in mine if run.collector == f"{method}:{check.scenario}"] or mine
    # A check of the declaration alone rests on the run that read the repository, whichever run carries the declaration.
    return [run for run in mine if run.run in named] or mine


def _oldest(check: Check | None, runs: list[Run], facts: FactSet) -> datetime | None:
    if check is None:
        return None
    named = {run.run for run in runs}
    classes: list[type[Fact]] = [*facts_behind(check.needs), Run]
    mine = [fact for cls in classes for fact in facts.of(cls) if fact.run in named]
    return min((fact.seen_at for fact in mine), default=None)
