"""The gate's own controls (`decision.*`), evaluated last over the results of all others.

Their findings have the method `records`: they rest on the records that the gate was given, and on nothing else.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import msgspec

from gonogo.catalog.control import Catalog, Control
from gonogo.facts import ApprovalNote, ControlResult, Evidence, Finding, Outcome, Signer, System, Waiver, WaiverNote
from gonogo.facts.declaration import Person
from gonogo.gate import declared
from gonogo.gate.freshness import Aged, Scope
from gonogo.gate.people import Roster, key_id
from gonogo.gate.safeguards import GATE_RULES, is_non_negotiable, is_protected
from gonogo.gate.signoff import people_who
from gonogo.gate.waivers import Court, refused


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules look at. `results` and `aged` are of all controls but these rules; `declared` holds the law's
    reasons for "does not apply" by control."""

    catalog: Catalog
    scope: Scope
    results: Mapping[str, ControlResult]
    aged: Sequence[Aged] = ()
    waivers: Sequence[WaiverNote] = ()
    approvals: Sequence[ApprovalNote] = ()
    declared: Mapping[str, str] = {}


class Said(msgspec.Struct, frozen=True):
    """A rule's answer; `shown` are its evidence, in sentences."""

    outcome: Outcome
    summary: str
    shown: tuple[str, ...] = ()
    fix: str | None = None


def evaluate(control: Control, record: Record) -> Finding:
    """Return the finding of the gate's own rule `control`."""
    said = _RULES[control.id](record)
    return Finding(
        control=control.id,
        method="records",
        outcome=said.outcome,
        severity=control.severity,
        summary=said.summary,
        evidence=tuple(Evidence(detail=sentence) for sentence in said.shown),
        fix=said.fix,
        seen_at=record.scope.now,
    )


def critical_all_pass(record: Record) -> Said:
    """Every critical control of the profile passes, is shown not to apply, or is openly waived."""
    critical = [r for r in record.results.values() if r.severity == "critical"]
    if not critical:
        return Said("not-collected", "the profile has no other critical control")
    open_ = [r for r in critical if r.outcome not in ("pass", "not-applicable") and not r.waived]
    if open_:
        shown = tuple(f"{r.control}: {r.outcome}" for r in open_)
        fix = next((r.close for r in open_ if r.close), None)
        return Said("fail", f"{len(open_)} of {len(critical)} critical controls are open", shown, fix)
    waived = sum(r.waived for r in critical)
    return Said("pass", f"none of {len(critical)} critical controls is open" + (f", {waived} waived" if waived else ""))


def non_negotiable(record: Record) -> Said:
    """No waiver and no declaration touches a safeguard, and an attempt to make one is refused."""
    guarded = [c for c in record.catalog.controls.values() if is_non_negotiable(c)]
    if not guarded:
        return Said("not-collected", "the catalogue marks no control as non-negotiable")
    names = {c.id for c in guarded}
    touched = [f"a waiver of {w.control} by {w.owner}" for w in record.waivers if w.control in names]
    touched += [f"{name} is declared not applicable" for name in record.declared if name in names]
    if touched:
        return Said("fail", "safeguards are waived or declared away", tuple(sorted(touched)), "remove these entries")
    court, free = _trial_court(record), _first_waivable(record.catalog)
    if free is not None and refused(_trial(free, court), court):
        return Said("inconclusive", "the trial waiver was refused for a control that may be waived as well")
    accepted = [c.id for c in guarded if not refused(_trial(c, court), court) or not declared.refused(c, "x" * 99)]
    if accepted:
        return Said("fail", "a safeguard could be waived or declared away", tuple(accepted))
    return Said("pass", f"a waiver and a declaration were tried on each of {len(guarded)} safeguards and refused")


def second_person(record: Record) -> Said:
    """Someone who neither wrote the change nor decides verified this evidence and approved it."""
    people = people_who(record.approvals, "evidence")
    refusals = tuple(f"{a.signer}: {a.detail}" for a in record.approvals if a.state == "refused")
    if people:
        return Said("pass", f"approved by {', '.join(sorted(people))}", refusals)
    return Said("not-collected", "no second person has approved this evidence", refusals)


def waivers_justified(record: Record) -> Said:
    """Every waiver holds: reason, compensation, owner, second approver, and an end that is not past."""
    bad = [w for w in record.waivers if w.state in ("refused", "expired")]
    if bad:
        shown = tuple(f"{w.control} ({w.owner}): {w.state}, {w.detail}" for w in bad)
        return Said("fail", f"{len(bad)} of {len(record.waivers)} waivers do not hold", shown, "renew or remove them")
    soon = tuple(f"{w.control}: {w.detail}" for w in record.waivers if w.state == "expiring")
    return Said("pass", f"all {len(record.waivers)} waivers hold" if record.waivers else "there are no waivers", soon)


def rerun_on_change(record: Record) -> Said:
    """No control rests on evidence of another state of the parts that it depends on."""
    bound = [a for a in record.aged if a.finding.outcome == "pass"]
    if not bound:
        return Said("not-collected", "there is no passing evidence that could be of another state")
    old = [a for a in bound if a.parts and record.results[a.finding.control].outcome == "not-collected"]
    if old:
        shown = tuple(dict.fromkeys(f"{a.finding.control}: {a.stale}" for a in old))
        fix = next((c for a in old if (c := record.results[a.finding.control].close)), None)
        return Said(
            "fail", f"{len({a.finding.control for a in old})} controls must run again after a change", shown, fix
        )
    return Said("pass", f"{len(bound)} passing findings are of the judged state")


def _trial_court(record: Record) -> Court:
    """Return a court in which nothing but the control itself can be an obstacle: two known people, today."""
    people = tuple(
        Person(name=name, email=f"{name}@example.org", key="ed25519:" + base64.b64encode(seed * 32).decode())
        for name, seed in (("requester", b"\x01"), ("approver", b"\x02"))
    )
    return Court(catalog=record.catalog, roster=Roster(System(name="trial", approvers=people)), now=record.scope.now)


def _trial(control: Control, court: Court) -> Waiver:
    first, second = court.roster.approvers
    return Waiver(
        seen_at=court.now,
        control=control.id,
        owner=first.name,
        reason="the gate tries whether this waiver would be refused " * 9,
        compensation="none: it is a trial",
        expires=(court.now + timedelta(days=1)).date(),
        signers=tuple(Signer(key=key_id(p.key) or "", name=p.name, valid=True) for p in (first, second)),
    )


def _first_waivable(catalog: Catalog) -> Control | None:
    return next((c for c in catalog.controls.values() if not is_protected(c)), None)


_RULES: dict[str, Callable[[Record], Said]] = {
    "decision.critical-all-pass": critical_all_pass,
    "decision.non-negotiable": non_negotiable,
    "decision.second-person": second_person,
    "decision.waivers-justified": waivers_justified,
    "decision.rerun-on-change": rerun_on_change,
}
assert _RULES.keys() == GATE_RULES  # noqa: S101  (two lists of one thing; a difference must not survive an import)
