"""The decision: everything the gate knows in, GO or NO-GO out, and always the same answer for the same input.

GO needs: no blocking control, no reason against it, and at least one control that was shown to hold. A control blocks
when it neither passes nor is shown not to apply, is not waived, and its severity is at least the policy's `fail_on`
(major by default: critical and major controls block, minor ones are listed).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from gonogo.catalog.control import Catalog, Control, Profile
from gonogo.facts import (
    Approval,
    ApprovalNote,
    ControlResult,
    Decision,
    Finding,
    Subject,
    System,
    Waiver,
    WaiverNote,
    encode,
)
from gonogo.facts.law import Law
from gonogo.gate import declared, rules, signoff, waivers
from gonogo.gate.combine import combine
from gonogo.gate.freshness import Aged, Scope, age
from gonogo.gate.law import NO_LAW, changes
from gonogo.gate.moments import utc
from gonogo.gate.people import Roster
from gonogo.gate.policy import Policy, in_force
from gonogo.gate.safeguards import GATE_RULES

SECOND_PERSON = "decision.second-person"


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is judged, in one record; `decide` makes it of its parameters."""

    findings: tuple[Finding, ...]
    catalog: Catalog
    profile: Profile
    scope: Scope
    law: Law | None
    new: Law | None
    waivers: tuple[Waiver, ...]
    approvals: tuple[Approval, ...]
    deciders: tuple[str, ...]

    @property
    def subject(self) -> Subject:
        """The judged state."""
        return self.scope.subject

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.scope.policy

    @property
    def roster(self) -> Roster:
        """The people of the law in force."""
        return Roster(self.law.system if self.law else None)

    @property
    def needed(self) -> int:
        """How many people must have approved the evidence."""
        return max(self.policy.approvals, int(SECOND_PERSON in self.profile.controls))


def decide(
    findings: Iterable[Finding],
    catalog: Catalog,
    profile: Profile,
    *,
    subject: Subject,
    law_old: Law | None,
    law_new: Law | None,
    policy: Policy,
    now: datetime,
    waivers: Iterable[Waiver] = (),
    approvals: Iterable[Approval] = (),
    deciders: Iterable[str] = (),
    system: str = "",
    heads: Mapping[str, str] | None = None,
    gonogo: str = "",
) -> Decision:
    """Return GO or NO-GO for `subject` in the policy's environment.

    `law_old` is the law of the base or of `--policy`, `law_new` what the judged state declares (None without a
    gonogo.yaml). `deciders` are the key ids, addresses and names of whoever runs the gate. `now` must have a zone.
    The order of findings, waivers and approvals never matters. Raises `ValueError` for a `now` without a zone.
    """
    if now.tzinfo is None:
        raise ValueError("now must have a time zone")
    law = in_force(law_old)
    overrides = law.system.thresholds if law and law.system else {}
    case = Case(
        findings=tuple(findings),
        catalog=catalog,
        profile=profile,
        scope=Scope(subject=subject, now=utc(now), policy=policy, overrides=overrides),
        law=law,
        new=law_new,
        waivers=tuple(waivers),
        approvals=tuple(approvals),
        deciders=tuple(deciders),
    )
    return _decision(case, system=system, heads=dict(heads or {}), gonogo=gonogo)


def _decision(case: Case, *, system: str, heads: dict[str, str], gonogo: str) -> Decision:
    aged = _aged(case)
    results, notes = _results(case, aged)
    waiver_notes = waivers.assess(case.waivers, results, _court(case))
    results = _waived(results, waivers.in_use(waiver_notes))
    approval_notes = signoff.assess(case.approvals, _seat(case))
    record = rules.Record(
        catalog=case.catalog,
        scope=case.scope,
        results=results,
        aged=tuple(a for name in results for a in aged.get(name, ())),
        waivers=waiver_notes,
        approvals=approval_notes,
        declared=declared.reasons(case.law),
    )
    final = _blocking(_with_rules(case, results, aged, record), case.policy)
    reasons = (*_law_reasons(case, approval_notes), *_other_reasons(case, final, waiver_notes, approval_notes))
    blockers = tuple(r.control for r in final if r.blocking)
    go = not blockers and not reasons
    return Decision(
        verdict="GO" if go else "NO-GO",
        system=system,
        subject=case.subject,
        profile=case.profile.name,
        environment=case.policy.environment,
        decided_at=case.scope.now,
        expires=_expires(case, final, waiver_notes, approval_notes) if go else None,
        blockers=blockers,
        reasons=reasons,
        notes=(*notes, *_dirty_note(case), *_minor_note(final)),
        waived=tuple(r.control for r in final if r.waived),
        not_collected=tuple(r.control for r in final if r.outcome == "not-collected"),
        waivers=waiver_notes,
        approvals=approval_notes,
        approvals_needed=case.needed,
        results=final,
        law=case.law.digest if case.law else "",
        law_origin=case.law.origin if case.law else "",
        evidence=signoff.evidence_digest(case.findings),
        heads=heads,
        catalog=case.catalog.digest,
        gonogo=gonogo,
    )


def _named(case: Case) -> list[Control]:
    return [case.catalog.controls[name] for name in case.profile.controls if name in case.catalog.controls]


def _aged(case: Case) -> dict[str, list[Aged]]:
    found: dict[str, list[Aged]] = {}
    for finding in case.findings:
        control = case.catalog.controls.get(finding.control)
        if control is not None and signoff.is_evidence(finding):
            found.setdefault(control.id, []).append(age(finding, control, case.scope))
    return {name: sorted(items, key=lambda a: encode(a.finding)) for name, items in found.items()}


def _results(case: Case, aged: Mapping[str, Sequence[Aged]]) -> tuple[dict[str, ControlResult], tuple[str, ...]]:
    """Return the results of all controls but the gate's own rules, in the profile's order, and what was refused."""
    results, notes, said = {}, [], declared.reasons(case.law)
    for control in _named(case):
        if control.id in GATE_RULES:
            continue
        result = _kind(case, control, combine(control, aged.get(control.id, ())))
        results[control.id], note = declared.apply(control, result, said.get(control.id))
        notes += [note] if note else []
    return results, tuple(notes)


def _kind(case: Case, control: Control, result: ControlResult) -> ControlResult:
    """A control of kinds that neither the law in force nor the judged state declares is not applicable, or fails."""
    systems: list[System] = [law.system for law in (case.law, case.new) if law and law.system]
    kinds = {kind for s in systems for kind in s.kinds}
    if not systems or any(not s.kinds for s in systems) or kinds & set(control.kinds) or result.outcome == "fail":
        return result
    summary = f"it concerns {', '.join(control.kinds)}; this system is declared as {', '.join(sorted(kinds))}"
    return msgspec.structs.replace(
        result, outcome="not-applicable", summary=summary, stale=None, expires=None, close=None
    )


def _court(case: Case) -> waivers.Court:
    return waivers.Court(
        catalog=case.catalog,
        roster=case.roster,
        now=case.scope.now,
        authors=case.subject.authors,
        overrides=case.scope.overrides,
    )


def _seat(case: Case) -> signoff.Seat:
    return signoff.Seat(
        subject=case.subject,
        evidence=signoff.evidence_digest(case.findings),
        newest=signoff.newest(case.findings),
        roster=case.roster,
        now=case.scope.now,
        deciders=case.deciders,
        law=case.new.digest if case.new else None,
        days=case.policy.approval_days,
    )


def _waived(results: Mapping[str, ControlResult], ends: Mapping[str, datetime]) -> dict[str, ControlResult]:
    return {
        name: msgspec.structs.replace(result, waived=True, expires=ends[name]) if name in ends else result
        for name, result in results.items()
    }


def _with_rules(
    case: Case, results: Mapping[str, ControlResult], aged: Mapping[str, Sequence[Aged]], record: rules.Record
) -> tuple[ControlResult, ...]:
    """Return all results in the profile's order, the gate's own rules evaluated over the others."""
    made = []
    for control in _named(case):
        if control.id not in GATE_RULES:
            made.append(results[control.id])
            continue
        own = rules.evaluate(control, record)
        made.append(combine(control, [*aged.get(control.id, ()), Aged(finding=own, outcome=own.outcome)]))
    return tuple(made)


def _blocking(results: Sequence[ControlResult], policy: Policy) -> tuple[ControlResult, ...]:
    return tuple(
        msgspec.structs.replace(r, blocking=True) if _is_open(r) and policy.blocks(r.severity) else r for r in results
    )


def _is_open(result: ControlResult) -> bool:
    return result.outcome not in ("pass", "not-applicable") and not result.waived


def _law_reasons(case: Case, notes: Sequence[ApprovalNote]) -> tuple[str, ...]:
    if case.law is None:
        return (NO_LAW,) if case.policy.needs_law else ()
    said = changes(case.law, case.new, case.catalog)
    if not said or signoff.people_who(notes, "law"):
        return ()
    return tuple(f"the law changed and no approver of the law in force has signed it: {sentence}" for sentence in said)


def _other_reasons(
    case: Case,
    results: Sequence[ControlResult],
    waiver_notes: Sequence[WaiverNote],
    approval_notes: Sequence[ApprovalNote],
) -> tuple[str, ...]:
    reasons = [
        f"the profile names {name}, which the catalogue does not have"
        for name in case.profile.controls
        if name not in case.catalog.controls
    ]
    reasons += _profile_reasons(case)
    if case.subject.dirty and not case.policy.allow_dirty:
        reasons.append(_dirty(case.subject) + "; commit them, or allow it in the policy of this environment")
    approved = len(signoff.people_who(approval_notes, "evidence"))
    if approved < case.policy.approvals:
        reasons.append(f"{approved} of {case.policy.approvals} needed people have approved this evidence")
    used, most = len(waivers.in_use(waiver_notes)), case.policy.max_waivers
    if most is not None and used > most:
        reasons.append(f"{used} waivers are in use, the policy allows {most}")
    # With blockers this says nothing new; without any it is what keeps an empty judgement from being a GO.
    if not any(r.blocking or (r.outcome == "pass" and r.control not in GATE_RULES) for r in results):
        reasons.append("no control of the profile was shown to hold")
    return tuple(reasons)


def _profile_reasons(case: Case) -> list[str]:
    """Who runs the gate does not choose a weaker profile than the policy of the environment asks for."""
    policy, asked = case.policy, case.catalog.profiles.get(case.policy.profile)
    if policy.environment is None or case.profile.name == policy.profile:
        return []
    missing = set(asked.controls if asked else ()) - set(case.profile.controls)
    if asked and not missing:
        return []
    count = f"{len(missing)} of its controls were not judged" if asked else "the catalogue does not have it"
    return [f"the policy of {policy.environment} asks for the profile {policy.profile}: {count}"]


def _dirty(subject: Subject) -> str:
    return "there are uncommitted changes" if subject.commit else "the files are under no version control"


def _dirty_note(case: Case) -> tuple[str, ...]:
    allowed = case.subject.dirty and case.policy.allow_dirty
    return (f"dirty: {_dirty(case.subject)}; the policy allows it",) if allowed else ()


def _minor_note(results: Sequence[ControlResult]) -> tuple[str, ...]:
    count = sum(_is_open(r) and not r.blocking for r in results)
    return (
        (f"{count} open {'control does' if count == 1 else 'controls do'} not block under this policy",)
        if count
        else ()
    )


def _expires(
    case: Case,
    results: Sequence[ControlResult],
    waiver_notes: Sequence[WaiverNote],
    approval_notes: Sequence[ApprovalNote],
) -> datetime | None:
    """Return when a GO stops to hold by itself: with the first evidence, waiver in use or needed approval to end.

    Where every waiver must hold, one over a control that cannot block itself ends it too.
    """
    watched = {w.control for w in waiver_notes} if waivers.RULE in case.profile.controls else set()
    counting = [r for r in results if case.policy.blocks(r.severity) or r.control in watched]
    ends: list[datetime | None] = [r.expires for r in counting]
    ends += [signoff.until(approval_notes, case.needed)] if case.needed else []
    return min((end for end in ends if end is not None), default=None)
