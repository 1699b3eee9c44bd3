"""The one composition, and the public Python API: collect facts, judge them, decide.

    from gonogo import assess
    result = assess.check(assess.Request(root=Path(".")))
    result.decision.verdict                      # "GO" or "NO-GO"

`check` looks anew and judges what it saw together with what is on record; `gate` and `replay` judge the record alone.
All go through `decide`, so an auditor who has the record gets the same answer.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from gonogo import __version__, catalog, evidence, ledger, plugins, system
from gonogo.catalog.control import Catalog, Profile
from gonogo.checks.judge import judge
from gonogo.derive.curves import curves
from gonogo.derive.factset import FactSet
from gonogo.derive.newest import with_one_declaration
from gonogo.derive.timelines import timelines
from gonogo.errors import CollectError, UsageError
from gonogo.facts import Approval, Assessment, Declaration, Fact, Finding, Run, Subject, Waiver
from gonogo.facts.declaration import Environment
from gonogo.facts.law import Law
from gonogo.gate import Policy, policy_for
from gonogo.gate import decide as decided
from gonogo.gate.signoff import is_evidence
from gonogo.gate.statement import PAYLOAD_TYPE
from gonogo.gate.statement import write as statement_of
from gonogo.ledger import dsse
from gonogo.ledger.signature import SigningKey
from gonogo.prove import machine, revision
from gonogo.prove.base import Collector, Target, utc_now
from gonogo.prove.subject import as_text, subject_of
from gonogo.report import compare as comparing
from gonogo.report import json as documents
from gonogo.system.draft import draft

STATIC = ("scan", "attest")
"""Methods that only read the repository."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to assess. `root` is the repository, `system` the name of one of several systems in it.

    `base` is the git revision whose law counts (default: where the branch left the default branch), `policy` a file
    that holds the law instead. `evidence` are further ledgers, `record` false keeps nothing. `tell` is called with a
    few words of progress.
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
    """What is judged, before anything was collected.

    `root` is the system's directory, `home` that of its gonogo.yaml. `law` binds the state, `declared` is what the
    state itself declares.
    """

    request: Request
    root: Path
    home: Path
    declaration: Declaration | None
    subject: Subject
    law: Law
    declared: Law | None
    catalog: Catalog

    @property
    def policy(self) -> Policy:
        """What the gate asks in the environment that was named."""
        return policy_for(self.request.environment, self.law, self.declaration.system if self.declaration else None)

    @property
    def environment(self) -> Environment | None:
        """The declared environment that was named; `UsageError` where gonogo.yaml has no such one."""
        if self.request.environment is None:
            return None
        declared = self.declaration.system.environments if self.declaration else ()
        for environment in declared:
            if environment.name == self.request.environment:
                return environment
        names = ", ".join(e.name for e in declared) or "none"
        raise UsageError(
            f"gonogo.yaml names no environment {self.request.environment!r}; it names: {names}",
            mend="gonogo init" if self.declaration is None else "add it under environments: in gonogo.yaml",
        )

    @property
    def profile(self) -> Profile:
        """The controls to judge: those asked for, else those of the policy."""
        name = self.request.profile or self.policy.profile
        try:
            return self.catalog.profiles[name]
        except KeyError:
            names = ", ".join(self.catalog.profiles)
            raise UsageError(f"there is no profile {name!r}", mend=f"choose one of: {names}") from None


def narrowed(state: State, controls: Iterable[str], name: str) -> State:
    """Return the state with a profile `name` of these controls alone: what a verb looked at, and nothing else."""
    wanted = tuple(c for c in state.catalog.controls if c in set(controls))
    made = Profile(name=name, title="what was looked at", about="", controls=wanted)
    profiles = {**state.catalog.profiles, name: made}
    return dataclasses.replace(
        state,
        request=dataclasses.replace(state.request, profile=name),
        catalog=msgspec.structs.replace(state.catalog, profiles=profiles),
    )


def look_for_home(root: Path) -> Path:
    """Return the directory of the gonogo.yaml that holds for `root`; `root` itself where there is none."""
    found = system.find(root)
    return (found[0] / found[1]).parent if found else root.resolve()


def look(request: Request, recorded: FactSet | None = None) -> State:
    """Read the declaration, the subject, the law and the catalogue of a repository.

    With `recorded` facts the declaration and the subject are those on record, and the files are not looked at.
    """
    given = request.root.resolve()
    if not given.is_dir():
        raise UsageError(f"{request.root} is not a directory", mend="give the path of a repository")
    home = look_for_home(given)
    controls = catalog.load(sorted((home / "gonogo" / "controls").glob("*.y*ml")))
    declaration = recorded.declaration if recorded else system.load(given, request.system, catalog=controls)
    root = home / declaration.system.path if declaration and not recorded else given
    law = system.law_of(given, request.base, name=request.system, policy=request.policy, catalog=controls)
    own = declaration and not recorded
    declared = system.law_of_tree(given, name=request.system, catalog=controls) if own else None
    return State(
        request=request,
        root=root,
        home=home,
        declaration=declaration,
        subject=_newest_subject(recorded) if recorded else subject_of(root, declaration, law.commit),
        law=law,
        declared=declared,
        catalog=system.catalog_in_force(given, law, declared, request.policy, controls),
    )


def _newest_subject(facts: FactSet) -> Subject:
    return max(facts.of(Run), key=lambda run: run.seen_at).subject


def collect(
    state: State, methods: Iterable[str] = STATIC, keep: evidence.Keep = lambda _: None, without: Iterable[str] = ()
) -> FactSet:
    """Send the collectors of `methods` out and return what they saw; each one's facts are handed to `keep` as it ends.

    Where there is no gonogo.yaml, a declaration is drafted from the scan. `without` names scanners that are left out.
    """
    facts: list[Fact] = []
    for collector in plugins.collectors():
        if collector.method in methods:
            known = [state.declaration, *facts] if state.declaration else facts
            seen = _send(collector, state, FactSet(known), frozenset(without))
            keep(seen)
            facts += seen
    if state.declaration is None:
        drafted, _ = draft(FactSet(facts), as_text(state.root.name))
        facts.insert(0, drafted)
    return FactSet(with_one_declaration(facts))


def _send(collector: Collector, state: State, known: FactSet, without: frozenset[str] = frozenset()) -> list[Fact]:
    return [fact for part in _parts(collector, state, known, without) for fact in part]


def _parts(
    collector: Collector, state: State, known: FactSet, without: frozenset[str] = frozenset()
) -> Iterator[list[Fact]]:
    """Send a collector out and yield its facts in parts that each end with their run."""
    started = state.request.now()
    run = f"{collector.name}-{uuid.uuid4().hex[:16]}"
    environment = None if collector.method in STATIC else state.environment
    target = Target(
        root=state.root,
        subject=state.subject,
        run=run,
        declaration=state.declaration,
        environment=environment,
        law=state.law.system if state.law.independent else None,
        known=known,
        without=without,
        digest_key=machine.digest_key(),
        tell=state.request.tell,
        now=state.request.now,
        home=state.home,
        version=__version__,
    )
    seen: list[Fact] = []
    parts = 0
    try:
        for fact in collector.collect(target):
            seen.append(fact)
            if isinstance(fact, Run):
                yield seen
                seen, parts = [], parts + 1
    except CollectError as error:
        target.problems.append(str(error))
    if parts and not seen and not target.problems:
        return
    if state.declaration:
        seen.insert(0, msgspec.structs.replace(state.declaration, run=run))
    ended = Run(
        seen_at=state.request.now(),
        run=run,
        method=collector.method,
        collector=collector.name,
        subject=state.subject,
        started_at=started,
        environment=environment.name if environment else None,
        complete=not target.problems,
        problems=tuple(target.problems),
        gonogo=__version__,
    )
    yield [*seen, ended]


def prove(request: Request, collector: Collector, state: State | None = None) -> tuple[Assessment, FactSet]:
    """Send one collector out, keep each part of what it sees as it comes, and judge that with what is on record.

    For verbs that run the system: the lab, load, drills. Returns the assessment, and all facts that it rests on. Raises
    `CollectError` where the collector could not look at all.
    """
    state = state or look(request)
    if state.declaration is None:
        raise UsageError("there is no gonogo.yaml here, and it says how the system starts", mend="gonogo init")
    problems: list[str] = []
    fresh: list[Fact] = []
    with evidence.recorder(_home_to_keep(state), problems) as keep:
        looked = collect(state, STATIC, keep)
        for part in _parts(collector, state, looked):
            keep(part)
            fresh += part
    whole = _joined(state, looked, STATIC, problems, fresh)
    return decide(state, whole, problems), whole


def check(request: Request, state: State | None = None) -> Assessment:
    """Look at the repository, and at the environment where one is named; judge that and what is on record.

    `state` is what `look` gave for this request, for callers that need it themselves.
    """
    state = state or look(request)
    methods = (*STATIC, "probe") if state.environment and state.profile else STATIC
    problems: list[str] = []
    with evidence.recorder(_home_to_keep(state), problems) as keep:
        fresh = collect(state, methods, keep)
    return decide(state, _joined(state, fresh, methods, problems), problems)


def gate(request: Request, key: SigningKey | None = None, state: State | None = None) -> Assessment:
    """Judge what is on record and the statements that are committed; look at nothing else anew.

    `key` is that of whoever decides: it cannot be the one that approved. `state` is as in `check`.
    """
    state = state or look(request)
    if state.declaration is None:
        raise UsageError("there is no gonogo.yaml here, so nothing was declared to decide on", mend="gonogo init")
    problems: list[str] = []
    with evidence.recorder(_home_to_keep(state), problems) as keep:
        fresh = collect(state, ("attest",), keep)
    facts = _joined(state, fresh, ("attest",), problems)
    return decide(state, facts, problems, deciders=(key.id,) if key else ())


def replay(request: Request, ledgers: Sequence[Path] = ()) -> tuple[Assessment, State]:
    """Judge what is on record again with today's checks; no collector is sent out and nothing is kept.

    `ledgers` default to the repository's own. The facts are judged as of the state that the newest of them saw, against
    `request.profile` or, without one, the controls that they speak to. Raises `VerificationError` where a ledger does
    not hold, `UsageError` where it has nothing to judge.
    """
    held = ledger.join(ledgers or [look_for_home(request.root)])
    name = evidence.one_system(held, request.system)
    facts = FactSet(with_one_declaration(evidence.recall(held, name, request.environment, (), [])))
    if not facts.of(Run):
        raise UsageError("there is no run on record to judge again", mend="gonogo check, or gonogo lab")
    state = look(request, facts)
    if state.law.system and state.law.system.name != name:
        raise UsageError(
            f"the evidence is of {name!r}, and the law here is of {state.law.system.name!r}", mend="--path"
        )
    if request.profile is None:
        whole = findings_of(narrowed(state, state.catalog.controls, "all"), facts)
        seen = [f.control for f in whole if f.outcome not in ("not-collected", "not-applicable")]
        state = narrowed(state, seen, "evidence")
    return decide(state, facts, ledgers=held), state


def _home_to_keep(state: State) -> Path | None:
    """Return where evidence is to be kept; None where nobody declared a system or nothing is to be kept."""
    return state.home if state.declaration and state.request.record else None


def _ledgers(state: State) -> list[Path]:
    return evidence.ledgers(state.home, state.request.evidence)


def _joined(
    state: State, fresh: FactSet, methods: Iterable[str], problems: list[str], parts: Sequence[Fact] = ()
) -> FactSet:
    """Return fresh facts with the newest evidence on record of every other method.

    `parts` are fresh facts of a collector whose runs age by themselves: each replaces what is on record of it alone.
    """
    name = state.declaration.system.name if state.declaration else None
    kept = evidence.recall(_ledgers(state), name, state.request.environment, methods, problems)
    newer = {(fact.method, fact.collector) for fact in parts if isinstance(fact, Run)}
    old = {fact.run for fact in kept if isinstance(fact, Run) and (fact.method, fact.collector) in newer}
    return FactSet(with_one_declaration([*fresh, *parts, *(fact for fact in kept if fact.run not in old)]))


def findings_of(state: State, facts: FactSet) -> list[Finding]:
    """Judge facts against the profile; what the gate concludes by its own rules comes later."""
    overrides = state.law.system.thresholds if state.law.independent and state.law.system else {}
    return [
        f for f in judge(facts, state.catalog, state.profile.controls, plugins.checks(), overrides) if is_evidence(f)
    ]


def decide(
    state: State,
    facts: FactSet,
    problems: Sequence[str] = (),
    deciders: Iterable[str] = (),
    ledgers: Sequence[Path] | None = None,
) -> Assessment:
    """Judge `facts` and let the gate decide. `ledgers` are those that they come from, where not the usual ones."""
    runs = tuple(facts.of(Run))
    name = facts.system.name if facts.system else as_text(state.root.name)
    decision = decided(
        findings_of(state, facts),
        state.catalog,
        state.profile,
        subject=state.subject,
        law_old=state.law,
        law_new=state.declared,
        policy=state.policy,
        now=state.request.now(),
        waivers=facts.of(Waiver),
        approvals=facts.of(Approval),
        deciders=deciders,
        system=name,
        heads=evidence.heads(_ledgers(state) if ledgers is None else ledgers),
        gonogo=__version__,
    )
    decision = msgspec.structs.replace(decision, laws=(state.law, state.declared), runs=tuple(r.run for r in runs))
    findings = tuple(f for result in decision.results for f in result.findings)
    return Assessment(
        system=name,
        subject=state.subject,
        profile=state.profile.name,
        environment=state.request.environment,
        findings=findings,
        facts=facts.counts(),
        runs=runs,
        decision=decision,
        drafted=bool(facts.declaration and facts.declaration.drafted),
        problems=(*problems, *(p for run in runs for p in run.problems)),
        timelines=timelines(facts, findings),
        loads=curves(facts),
    )


def sign(result: Assessment, key: SigningKey) -> bytes:
    """Return the decision as a signed DSSE envelope (JSON)."""
    return dsse.seal(statement_of(result.decision), PAYLOAD_TYPE, [key])


def compare(result: Assessment, with_: str, request: Request, state: State | None = None) -> Assessment:
    """Mark what is new in `result` since a git revision, or since a result saved with `--format json`.

    A revision is read as `check` reads it; what only looking at a deployment shows is not compared then. `state` is as
    in `check`.
    """
    saved = Path(with_)
    if saved.is_file():
        findings = documents.read(saved.read_bytes(), str(saved))
    else:
        state = state or look(request)
        with revision.laid_out(state.home, with_) as there:
            then = look(dataclasses.replace(request, root=there, base=None, profile=state.profile.name))
            findings = tuple(findings_of(then, collect(then)))
        findings += tuple(f for f in result.findings if f.method not in STATIC)
    base = msgspec.structs.replace(result, findings=findings)
    return comparing.compared(result, base, with_)
