"""Rollout, by statement."""

from __future__ import annotations

from gonogo.catalog.limits import Limits
from gonogo.checks.check import Answer, check, failed, inconclusive
from gonogo.checks.counts import counted
from gonogo.checks.stated import agreed, judged, moment_of, shown, words_of
from gonogo.facts import Attestation, Declaration
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
