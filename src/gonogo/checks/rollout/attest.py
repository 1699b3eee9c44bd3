"""Rollout, by statement."""

from __future__ import annotations

from datetime import date, timedelta

from gonogo.catalog.limits import Limits
from gonogo.checks.check import Answer, check, failed, inconclusive
from gonogo.checks.counts import counted
from gonogo.checks.stated import agreed, day_of, given, judged, moment_of, shown, words_of
from gonogo.facts import Attestation, Declaration, Run
from gonogo.facts.declaration import Person

ROLES = ("on-call", "product", "support")
"""Roles that have to be told."""


@check("rollout.team-notified", by="attest", needs=(Attestation, Declaration), optional=(Attestation, Declaration))
def team_notified_by_attest(attestations: list[Attestation], declarations: list[Declaration], limits: Limits) -> Answer:
    """Everybody on call, in product and in support was told in time before the start."""
    system = declarations[-1].system if declarations else None
    people = (*system.rota, *system.contacts, *system.owners) if system else ()
    rota = system.rota if system else ()

    def judge(stated: Attestation) -> Answer:
        wanted = {role: [p for p in people if role in p.roles] for role in ROLES}
        wanted["on-call"] += [p for p in rota if p not in wanted["on-call"]]
        empty = [role for role, found in wanted.items() if not found]
        if empty:
            return inconclusive(
                f"gonogo.yaml names nobody for {', '.join(empty)}",
                shown(stated, "the list to compare with is missing"),
                fix="name them under `rota:` and `contacts:` in gonogo.yaml, with `roles:`",
            )
        told = words_of(stated.fields.get("recipients", ""))
        missed = [(role, p.name) for role, found in wanted.items() for p in found if not _told(p, told)]
        if missed:
            return failed(
                f"{counted(missed, 'person was', 'people were')} not told",
                [e for role, name in missed for e in shown(stated, f"{role}: {name} is not among the recipients")],
            )
        return _in_time(stated, limits.lead_h)

    return judged(attestations, "rollout.team-notified", judge)


def _told(person: Person, told: set[str]) -> bool:
    return any(word and word.strip().lower() in told for word in (person.name, person.email, person.channel))


def _in_time(stated: Attestation, lead_h: float) -> Answer:
    sent, start = (moment_of(stated.fields.get(key, "")) for key in ("sent_at", "start_at"))
    if sent is None or start is None:
        return failed("sent_at and start_at are no moments with a zone", shown(stated, "such as 2026-01-30T09:00:00Z"))
    if sent > stated.seen_at:
        return failed("the notice was signed for before it was sent", shown(stated, f"sent_at {sent.isoformat()}"))
    hours = (start - sent).total_seconds() / 3600
    emergency = stated.fields.get("emergency", "").strip().lower() not in ("", "no", "false")
    if hours < 0:
        return failed("the notice came after the start", shown(stated, f"sent_at {sent.isoformat()}"))
    if hours < lead_h and not emergency:
        return failed(
            f"the notice came {hours:.1f} h before the start, less than {lead_h:g}", shown(stated, "its time")
        )
    return agreed(stated, f"on-call, product and support were told {hours:.0f} h before the start")


@check("rollout.post-launch-review", by="attest", needs=(Attestation, Run), optional=(Attestation,))
def post_launch_review_by_attest(attestations: list[Attestation], runs: list[Run], limits: Limits) -> Answer:
    """A review is set for within a week of the launch; after that day, it was held, and what came of it is written."""
    today = max(run.seen_at for run in runs if run.method == "attest").date()

    def judge(stated: Attestation) -> Answer:
        launched, scheduled = day_of(given(stated, "launched")), day_of(given(stated, "scheduled"))
        if launched is None or scheduled is None:
            return failed("it names no day of launch and review", shown(stated, "launched, scheduled"))
        latest = launched + timedelta(days=limits.within_days)
        if given(stated, "held"):
            return _held(stated, launched, latest)
        if not launched < scheduled <= latest:
            return failed(
                f"the review is set for {scheduled}, not within {limits.within_days:g} days after {launched}",
                shown(stated, "scheduled"),
            )
        if stated.seen_at.date() > launched:
            return failed("the review was set only after the launch", shown(stated, f"launched {launched}"))
        if today > scheduled:
            return failed(
                f"the review was set for {scheduled}, and no record of it is signed", shown(stated, "held is blank")
            )
        return agreed(stated, f"the review is set for {scheduled}")

    return judged(attestations, "rollout.post-launch-review", judge)


def _held(stated: Attestation, launched: date, latest: date) -> Answer:
    held = day_of(given(stated, "held"))
    if held is None or not launched < held <= latest or held > stated.seen_at.date():
        return failed(
            f"the review was held {given(stated, 'held')}, not after {launched} and by {latest}", shown(stated, "held")
        )
    left = [
        key for key in ("attendees", "report", "report_digest", "decisions", "known_issues") if not given(stated, key)
    ]
    if left:
        return failed(f"the record of the review lacks {', '.join(left)}", shown(stated, "known_issues may be `none`"))
    return agreed(stated, f"the review was held on {held}; known issues: {given(stated, 'known_issues')[:100]}")
