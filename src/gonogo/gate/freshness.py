"""Evidence ages, and it is bound to what it saw (docs/decisions/0003-freshness.md).

A finding that speaks well of the system (`pass`, `not-applicable`) counts only while it is fresh, seen in the state and
the environment that are judged. One that does not (`fail`, `error`, `inconclusive`) never ages away: it stays until
newer evidence takes its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from gonogo.catalog.control import Control
from gonogo.facts import PARTS, Finding, Method, Outcome, Subject
from gonogo.gate.figures import Overrides, figure
from gonogo.gate.moments import in_future, shown, utc
from gonogo.gate.policy import Policy

CADENCE_DAYS = {"monthly": 31, "quarterly": 92}
"""A month and a quarter, at their longest."""

AGE_THRESHOLDS: Mapping[str, timedelta] = {
    "evidence_age_days": timedelta(days=1),
    "age_days": timedelta(days=1),
    "max_age_days": timedelta(days=1),
    "drill_age_days": timedelta(days=1),
    "check_age_h": timedelta(hours=1),
}
"""Thresholds that tighten a shelf life, with their unit. The gate reads them; no check needs to."""

TREE = "tree"
"""The key under which a scan's finding carries the digest of all files that it read."""

_AT_A_DEPLOYMENT: frozenset[Method] = frozenset({"probe"})


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What evidence is held against: the judged state, now, and the law's figures."""

    subject: Subject
    now: datetime
    policy: Policy
    overrides: Overrides = {}


class Aged(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as the gate counts it. `finding` is unchanged; `outcome` is what it counts as now.

    `stale` says why it no longer counts, `expires` when it will not, `parts` which parts changed under it.
    """

    finding: Finding
    outcome: Outcome
    stale: str | None = None
    expires: datetime | None = None
    parts: tuple[str, ...] = ()


def shelf_life(control: Control, scope: Scope) -> timedelta:
    """Return how long evidence of a control counts: its cadence, tightened by its own age thresholds."""
    life = timedelta(days=CADENCE_DAYS.get(control.cadence.every, scope.policy.shelf_days))
    for name, unit in AGE_THRESHOLDS.items():
        value = figure(control, name, scope.overrides)
        if value is not None:
            life = min(life, value * unit)
    return life


def age(finding: Finding, control: Control, scope: Scope) -> Aged:
    """Hold one finding against now, the judged state and the environment."""
    if finding.outcome not in ("pass", "not-applicable"):
        return Aged(finding=finding, outcome=finding.outcome)
    if finding.outcome == "not-applicable" and finding.seen_at is None and not finding.fingerprints:
        return Aged(finding=finding, outcome="not-applicable")
    expires = None if finding.seen_at is None else utc(finding.seen_at) + shelf_life(control, scope)
    changed = changed_parts(finding, control, scope.subject)
    stale = (
        _elsewhere(finding, scope)
        or _unbound(finding, control)
        or _changed(finding, changed)
        or _aged(finding, expires, scope.now)
    )
    if stale:
        return Aged(finding=finding, outcome="not-collected", stale=stale, parts=changed)
    return Aged(finding=finding, outcome=finding.outcome, expires=expires)


def changed_parts(finding: Finding, control: Control, subject: Subject) -> tuple[str, ...]:
    """Return the parts that the proof depends on and that are not as the finding saw them.

    A scan that names the tree it read is bound to the whole tree. A part that only one side knows has changed.
    """
    if finding.method == "scan" and TREE in finding.fingerprints:
        return () if finding.fingerprints[TREE] == subject.tree else (TREE,)
    depends = {part for proof in control.proofs(finding.method) for part in proof.parts}
    named = depends or {part for part in finding.fingerprints if part != TREE}
    differs = {part for part in named if finding.fingerprints.get(part) != subject.fingerprints.get(part)}
    return tuple(sorted(differs, key=lambda part: (PARTS.index(part) if part in PARTS else len(PARTS), part)))


def _elsewhere(finding: Finding, scope: Scope) -> str | None:
    wanted, seen = scope.policy.environment, finding.environment
    if finding.method not in _AT_A_DEPLOYMENT or wanted is None or seen in (None, wanted):
        return None
    return f"the {finding.method} looked at {seen}, not at {wanted}"


def _unbound(finding: Finding, control: Control) -> str | None:
    if finding.method != "scan" or finding.fingerprints or any(p.parts for p in control.proofs("scan")):
        return None
    return "the scan does not say which files it read"


def _changed(finding: Finding, changed: tuple[str, ...]) -> str | None:
    if not changed:
        return None
    if changed == (TREE,):
        return f"the {finding.method} read another state of the files"
    return f"the {finding.method} saw another state of: {', '.join(changed)}"


def _aged(finding: Finding, expires: datetime | None, now: datetime) -> str | None:
    if finding.seen_at is None or expires is None:
        return f"the {finding.method} does not say when it saw it"
    if in_future(finding.seen_at, now):
        return f"the {finding.method} is dated in the future ({shown(finding.seen_at)})"
    if now >= expires:
        return f"the {finding.method} of {shown(finding.seen_at)} expired at {shown(expires)}"
    return None
