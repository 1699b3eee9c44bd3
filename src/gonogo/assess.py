"""The one composition, and the public Python API: collect facts, judge them, decide.

    from gonogo import assess
    result = assess.check(assess.Request(root=Path(".")))
    result.decision.verdict                      # "GO" or "NO-GO"

`check` looks anew and judges what it saw together with what is on record; `gate` judges the record alone. Both go
through `decide`, so an auditor who has the record gets the same answer.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from gonogo import __version__, catalog, ledger, plugins, system
from gonogo.catalog.control import Catalog
from gonogo.checks.judge import judge
from gonogo.derive.factset import FactSet
from gonogo.derive.newest import newest_runs, of_runs
from gonogo.errors import CollectError, LedgerError, UsageError
from gonogo.facts import Approval, Assessment, Attestation, Declaration, Fact, Finding, Run, Subject, Waiver
from gonogo.facts.declaration import Environment
from gonogo.facts.law import Law
from gonogo.gate import decide as gate_decide
from gonogo.gate import rules
from gonogo.gate.policy import Policy, policy_for
from gonogo.prove.base import Collector, Target, utc_now
from gonogo.prove.subject import subject_of
from gonogo.system.law import law_of

RECORD = Path(".gonogo") / "ledger"
"""Where the evidence of a repository is kept, relative to its root."""

STATIC = ("scan", "attest")
"""Methods that only read the repository."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to assess. `root` is the repository, `system` the name of one of several systems in it.

    `base` is the git revision whose law counts (default: where the branch left the default branch), `policy` a file
    that holds the law instead. `evidence` are further ledgers. `tell` is called with a few words of progress.
    """

    root: Path
    system: str | None = None
    profile: str | None = None
    environment: str | None = None
    base: str | None = None
    policy: Path | None = None
    evidence: tuple[Path, ...] = ()
    record: bool = True
    tell: Callable[[str], None] = lambda _: None
    now: Callable[[], datetime] = utc_now


@dataclass(frozen=True, kw_only=True)
class State:
    """What is judged, before anything was collected."""

    request: Request
    root: Path
    declaration: Declaration | None
    subject: Subject
    law: Law
    catalog: Catalog

    @property
    def environment(self) -> Environment | None:
        """The declared environment that was asked for."""
        if self.request.environment is None:
            return None
        declared = self.declaration.system.environments if self.declaration else ()
        for environment in declared:
            if environment.name == self.request.environment:
                return environment
        names = ", ".join(e.name for e in declared) or "none"
        raise UsageError(
            f"gonogo.yaml names no environment {self.request.environment!r}; it names: {names}",
            mend="add it under environments: in gonogo.yaml",
        )


def look(request: Request) -> State:
    """Read the declaration, the subject, the law and the catalogue of a repository."""
    root = request.root.resolve()
    if not root.is_dir():
        raise UsageError(f"{request.root} is not a directory", mend="give the path of the repository")
    declaration = system.load(root, request.system)
    law = law_of(root, request.base, policy=request.policy, name=request.system)
    own = sorted((root / "gonogo" / "controls").glob("*.yaml"))
    return State(
        request=request,
        root=root,
        declaration=declaration,
        subject=subject_of(root, declaration, law.commit),
        law=law,
        catalog=catalog.load(own),
    )


def collect(
    state: State, methods: Iterable[str] = STATIC, keep: Callable[[Sequence[Fact]], None] = lambda _: None
) -> FactSet:
    """Send the collectors of `methods` out and return what they saw; each run's facts are handed to `keep` as it ends.

    Where there is no gonogo.yaml, a declaration is drafted from the scan.
    """
    facts: list[Fact] = [state.declaration] if state.declaration else []
    for collector in plugins.collectors():
        if collector.method in methods:
            seen = _send(collector, state, FactSet(facts))
            keep(seen)
            facts += seen
    if state.declaration is None:
        drafted, unknown = system.draft(FactSet(facts), state.root.name)
        facts.insert(0, drafted)
    return FactSet(facts)


def _send(collector: Collector, state: State, known: FactSet) -> list[Fact]:
    started = state.request.now()
    run = f"{collector.name}-{uuid.uuid4().hex[:16]}"
    live = collector.method not in STATIC
    target = Target(
        root=state.root,
        subject=state.subject,
        run=run,
        declaration=state.declaration,
        environment=state.environment if live else None,
        known=known,
        tell=state.request.tell,
        now=state.request.now,
    )
    seen: list[Fact] = []
    try:
        seen.extend(collector.collect(target))
    except CollectError as error:
        target.problems.append(str(error))
    ended = Run(
        seen_at=state.request.now(),
        run=run,
        method=collector.method,
        collector=collector.name,
        subject=state.subject,
        started_at=started,
        environment=target.environment.name if target.environment else None,
        complete=not target.problems,
        problems=tuple(target.problems),
        gonogo=__version__,
    )
    return [*seen, ended]


def recall(state: State, without: Iterable[str] = ()) -> list[Fact]:
    """Return the newest evidence on record, but for the methods in `without`: this repository's ledger and those given."""
    directories = [d for d in (state.root / RECORD, *state.request.evidence) if d.exists()]
    if not directories:
        return []
    runs = [r for r in ledger.read(directories, kinds=("run",)) if isinstance(r, Run) and r.method not in set(without)]
    chosen = newest_runs(runs, state.request.environment)
    return of_runs(ledger.read(directories, runs=[r.run for r in chosen]), chosen) if chosen else []


def check(request: Request) -> Assessment:
    """Look at the repository, and at the environment where one is named; judge that and what is on record."""
    state = look(request)
    methods = (*STATIC, "probe") if state.environment else STATIC
    problems: list[str] = []
    with _recorder(state, problems) as keep:
        fresh = collect(state, methods, keep)
    facts = FactSet([*fresh, *recall(state, without=methods)])
    return decide(state, facts, problems)


def gate(request: Request) -> Assessment:
    """Judge what is on record, and the statements that are committed; look at nothing anew."""
    state = look(request)
    if state.declaration is None:
        raise UsageError("there is no gonogo.yaml here", mend="gonogo init")
    fresh = collect(state, ("attest",))
    facts = FactSet([*fresh, *recall(state, without=("attest",))])
    return decide(state, facts, [])


def decide(state: State, facts: FactSet, problems: Sequence[str]) -> Assessment:
    """Judge `facts` and let the gate decide."""
    request = state.request
    policy: Policy = policy_for(state.law, request.environment, request.profile)
    profile = profile_of(state.catalog, policy.profile)
    overrides = state.law.system.thresholds if state.law.system else {}
    asked = [c for c in profile.controls if c not in rules.CONTROLS]
    findings = judge(facts, state.catalog, asked, plugins.checks(), overrides)
    new_law = law_of(state.root, None, name=request.system, tree=True)
    decision = gate_decide.decide(
        findings,
        state.catalog,
        profile,
        system=facts.system.name if facts.system else state.root.name,
        subject=state.subject,
        law_old=state.law,
        law_new=new_law,
        waivers=facts.of(Waiver),
        approvals=facts.of(Approval),
        policy=policy,
        now=request.now(),
        environment=request.environment,
        heads=heads(state),
    )
    judged: tuple[Finding, ...] = tuple(f for result in decision.results for f in result.findings)
    runs = tuple(facts.of(Run))
    return Assessment(
        system=decision.system,
        subject=state.subject,
        profile=profile.name,
        environment=request.environment,
        findings=judged,
        facts=facts.counts(),
        runs=runs,
        decision=decision,
        drafted=bool(facts.declaration and facts.declaration.drafted),
        problems=(*problems, *(p for run in runs for p in run.problems)),
    )
