"""Waivers: a failing control is accepted for a while, in the open (DESIGN rule 2).

A waiver stands beside a result and never edits a finding. It counts from its signature through the last second, in UTC,
of the day that it names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

import msgspec

from gonogo.catalog.control import Catalog
from gonogo.facts import ControlResult, Signer, Waiver, WaiverNote, encode
from gonogo.gate.figures import Overrides, figure_of
from gonogo.gate.moments import end_of, in_future, utc
from gonogo.gate.people import Roster
from gonogo.gate.safeguards import GATE_RULES, is_protected

RULE = "decision.waivers-justified"
MAX_DAYS = 90
REASON_CHARS = 40
EXPIRING_DAYS = 7
"""A waiver with this many days left, or fewer, is said to expire soon."""

State = Literal["active", "expiring", "expired", "unneeded", "refused"]


class Court(msgspec.Struct, frozen=True, kw_only=True):
    """What a waiver is held against. `authors` wrote the commits under judgement."""

    catalog: Catalog
    roster: Roster
    now: datetime
    authors: tuple[str, ...] = ()
    overrides: Overrides = {}


def assess(waivers: Iterable[Waiver], results: Mapping[str, ControlResult], court: Court) -> tuple[WaiverNote, ...]:
    """Say of each waiver what it is worth, in the order of control, date and owner."""
    notes = [_note(waiver, results, court) for waiver in waivers]
    covered = in_use(notes)
    notes = [_superseded(note) if note.state == "expired" and note.control in covered else note for note in notes]
    return tuple(sorted(notes, key=lambda n: (n.control, n.expires, n.owner, encode(n))))


def in_use(notes: Iterable[WaiverNote]) -> dict[str, datetime]:
    """Return when the waivers that count end, by control: the moment after the last day."""
    ends: dict[str, datetime] = {}
    for note in notes:
        if note.state in ("active", "expiring"):
            ends[note.control] = max(ends.get(note.control, end_of(note.expires)), end_of(note.expires))
    return ends


def _superseded(note: WaiverNote) -> WaiverNote:
    return msgspec.structs.replace(note, state="unneeded", detail="a later waiver has taken its place")


def _note(waiver: Waiver, results: Mapping[str, ControlResult], court: Court) -> WaiverNote:
    state, detail = _state(waiver, results.get(waiver.control), court)
    return WaiverNote(control=waiver.control, owner=waiver.owner, expires=waiver.expires, state=state, detail=detail)


def _state(waiver: Waiver, result: ControlResult | None, court: Court) -> tuple[State, str]:
    refusal = refused(waiver, court)
    if refusal:
        return "refused", refusal
    if result is None:
        return "unneeded", "the control is not part of this profile"
    if result.outcome in ("pass", "not-applicable"):
        return "unneeded", "the control passes" if result.outcome == "pass" else "the control does not apply"
    if court.now >= end_of(waiver.expires):
        return "expired", f"its last day was {waiver.expires.isoformat()}"
    left = (waiver.expires - utc(court.now).date()).days
    if left <= EXPIRING_DAYS:
        return "expiring", "today is its last day" if left == 0 else f"{left} {'day' if left == 1 else 'days'} left"
    return "active", f"until {waiver.expires.isoformat()}"


def refused(waiver: Waiver, court: Court) -> str | None:
    """Say why a waiver cannot count at all, or return None."""
    return _refused_for_control(waiver, court) or _refused_for_text(waiver, court) or _refused_for_people(waiver, court)


def _refused_for_control(waiver: Waiver, court: Court) -> str | None:
    control = court.catalog.controls.get(waiver.control)
    if control is None:
        return f"the catalogue has no control {waiver.control}"
    if not is_protected(control):
        return None
    return "it is a rule of the gate itself" if control.id in GATE_RULES else "the safeguard is non-negotiable"


def _refused_for_text(waiver: Waiver, court: Court) -> str | None:
    least = int(figure_of(court.catalog, RULE, "reason_chars", court.overrides, REASON_CHARS))
    longest = int(figure_of(court.catalog, RULE, "max_days", court.overrides, MAX_DAYS))
    if len(" ".join(waiver.reason.split())) < least:
        return f"the reason is shorter than {least} characters"
    if not waiver.compensation.strip():
        return "no compensating measure is named"
    if not waiver.owner.strip():
        return "no owner is named"
    if in_future(waiver.seen_at, court.now):
        return "it is dated in the future"
    if (waiver.expires - utc(waiver.seen_at).date()).days > longest:
        return f"it lasts longer than {longest} days from its signature"
    return None


def _refused_for_people(waiver: Waiver, court: Court) -> str | None:
    unknown = next((s for s in waiver.signers if court.roster.person(s.key) is None), None)
    if unknown:
        return f"the law in force does not know the key {unknown.key}"
    if not all(s.valid for s in waiver.signers):
        return "a signature does not hold"
    if len({s.key for s in waiver.signers}) < 2:
        return "no second person signed it"
    objections = [_objection(signer, waiver, court) for signer in waiver.signers[1:]]
    return None if None in objections else objections[0]


def _objection(second: Signer, waiver: Waiver, court: Court) -> str | None:
    """Say why a countersigner is no independent approver, or return None."""
    person, first = court.roster.approver(second.key), court.roster.person(waiver.signers[0].key)
    if person is None:
        return "the second signature is not an approver's"
    names = (waiver.owner, *((first.name, first.email or "", waiver.signers[0].key) if first else ()))
    if court.roster.is_one_of(person, names):
        return f"{person.name} asked for it and cannot approve it"
    if not court.roster.has_address(person):
        return f"the law gives no address for {person.name}, so that nobody can tell whether they wrote the change"
    if court.roster.is_one_of(person, court.authors):
        return f"{person.name} wrote the change and cannot approve it"
    return None
