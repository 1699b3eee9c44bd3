"""Observability, by statement."""

from __future__ import annotations

from datetime import timedelta

from gonogo.catalog.limits import Limits
from gonogo.checks.check import Answer, Others, check, failed, inconclusive
from gonogo.checks.counts import counted
from gonogo.checks.stated import (
    agreed,
    column_of,
    day_of,
    given,
    judged,
    old,
    shown,
    signed_by,
    undeclared,
    unrecorded,
    words_of,
)
from gonogo.derive.declared import regimes
from gonogo.facts import Attestation, Declaration

DUTIES = ("retention", "access", "integrity", "deletion", "audit-fields")
"""What every regime asks of logs."""


@check(
    "observability.compliance-logging",
    by="attest",
    needs=(Attestation, Declaration),
    optional=(Attestation, Declaration),
)
def compliance_logging_by_attest(
    attestations: list[Attestation], declarations: list[Declaration], limits: Limits, others: Others
) -> Answer:
    """The compliance owner maps every duty of every declared regime to a control, and each of these passes."""
    system = declarations[-1].system if declarations else None
    declared = regimes(system) if system else ()

    def judge(stated: Attestation) -> Answer:
        if not declared:
            return undeclared(stated, "regime", "write the regimes that apply under `regimes:` in gonogo.yaml")
        if late := old(stated, "date", limits.age_days, "the mapping was decided"):
            return late
        if wrong := signed_by(stated, system, "owner", "compliance"):
            return wrong
        asked, done = column_of(stated, "regimes"), column_of(stated, "duties")
        met = {(r, d) for control in asked for r in words_of(asked[control]) for d in words_of(done.get(control, ""))}
        open_ = [f"{regime}: {duty}" for regime in declared for duty in DUTIES if (regime.lower(), duty) not in met]
        if open_:
            many = counted(open_, "duty is", "duties are")
            return failed(f"{many} mapped to no control: {', '.join(open_)}", shown(stated, "the mapping"))
        return _standing(stated, {control: others(control) for control in asked})

    return judged(attestations, "observability.compliance-logging", judge)


def _standing(stated: Attestation, outcomes: dict[str, str | None]) -> Answer:
    bad = [
        f"{control} is no control of the catalogue" if outcome is None else f"{control} fails"
        for control, outcome in outcomes.items()
        if outcome in (None, "fail")
    ]
    if bad:
        return failed(bad[0], [e for told in bad for e in shown(stated, told)])
    missing = [control for control, outcome in outcomes.items() if outcome != "pass"]
    if missing:
        return inconclusive(
            f"{counted(missing, 'mapped control is', 'mapped controls are')} not shown to pass: {', '.join(missing)}",
            [e for control in missing for e in shown(stated, f"{control}: {outcomes[control]}")],
            fix=f"close it: gonogo catalog show {missing[0]}",
        )
    return agreed(
        stated, f"every duty is mapped, and {counted(outcomes, 'mapped control passes', 'mapped controls pass')}"
    )


@check("observability.log-review", by="attest", needs=(Attestation, Declaration), optional=(Attestation, Declaration))
def log_review_by_attest(attestations: list[Attestation], declarations: list[Declaration], limits: Limits) -> Answer:
    """The logs were reviewed up to a recent day, from where the last review ended, and up to a record of the chain."""
    system = declarations[-1].system if declarations else None

    def judge(stated: Attestation) -> Answer:
        start, end = day_of(given(stated, "from")), day_of(given(stated, "until"))
        if start is None or end is None or not start <= end <= stated.seen_at.date():
            return failed(
                "the period does not end between its first day and the signature", shown(stated, "from, until")
            )
        if late := old(stated, "until", limits.age_days, "the period ended"):
            return late
        if wrong := signed_by(stated, system, "reviewer"):
            return wrong
        before = [
            day for a in attestations if a.control == stated.control and a.seen_at < stated.seen_at
            if (day := day_of(given(a, "until")))
        ]  # fmt: skip
        if before and start > max(before) + timedelta(days=1):
            return failed(
                f"nobody reviewed what lies between {max(before)} and {start}", shown(stated, "the period has a gap")
            )
        if not any(c.name == "head" for c in stated.checks):
            return unrecorded(stated, "no ledger lies here, so the head of the log cannot be looked up")
        return agreed(stated, f"the logs from {start} to {end} were reviewed")

    return judged(attestations, "observability.log-review", judge)
