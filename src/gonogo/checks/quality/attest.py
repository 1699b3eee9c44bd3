"""Quality, by statement: what people read, walked through, and answered."""

from __future__ import annotations

from datetime import timedelta

from gonogo.catalog.limits import Limits
from gonogo.checks.check import Answer, check, failed, inconclusive
from gonogo.checks.counts import counted
from gonogo.checks.stated import (
    agreed,
    column_of,
    given,
    judged,
    moment_of,
    shown,
    signed_by,
    undeclared,
    unrecorded,
)
from gonogo.derive.declared import flows
from gonogo.derive.recorded import HOUR, WEEK, RecordedCall, sample
from gonogo.facts import Attestation, Declaration, Run, System, UserFeedback


@check(
    "quality.feedback-reviewed",
    by="attest",
    needs=(Attestation, Declaration, UserFeedback, Run),
    optional=(Attestation, Declaration, UserFeedback, Run),
)
def feedback_reviewed_by_attest(
    attestations: list[Attestation],
    declarations: list[Declaration],
    feedback: list[UserFeedback],
    runs: list[Run],
    limits: Limits,
) -> Answer:
    """Every negative item of the first week has a disposition."""
    system = declarations[-1].system if declarations else None

    def judge(stated: Attestation) -> Answer:
        released = moment_of(given(stated, "released_at"))
        if released is None:
            return failed("it names no moment of the release", shown(stated, "released_at"))
        end = released + WEEK
        if not feedback or not any(r.method == "records" and r.seen_at >= end for r in runs):
            return unrecorded(stated, f"no records of feedback reach to the end of the week, {end:%Y-%m-%d}")
        if stated.seen_at < end:
            return failed("it was signed before the week was over", shown(stated, f"the week ends {end:%Y-%m-%d}"))
        if wrong := signed_by(stated, system, "reviewer"):
            return wrong
        negative = {f.id.lower(): f.id for f in feedback if f.negative and released <= f.seen_at < end}
        covered = column_of(stated, "disposition")
        left = [name for key, name in negative.items() if key not in covered]
        if negative and 100 * (len(negative) - len(left)) / len(negative) < limits.covered:
            many = counted(left, "negative item has", "negative items have")
            return failed(
                f"{many} no disposition", [e for name in left[:20] for e in shown(stated, f"{name} has no row")]
            )
        return agreed(
            stated, f"{counted(negative, 'negative item', 'negative items')} of the week: each has a disposition"
        )

    return judged(attestations, "quality.feedback-reviewed", judge)


@check(
    "quality.live-sample-reviewed",
    by="attest",
    needs=(Attestation, Declaration, RecordedCall),
    optional=(Attestation, Declaration, RecordedCall),
)
def live_sample_reviewed_by_attest(
    attestations: list[Attestation], declarations: list[Declaration], calls: list[RecordedCall], limits: Limits
) -> Answer:
    """Within a day of the release a person judged the interactions that gonogo drew from the records."""
    system = declarations[-1].system if declarations else None

    def judge(stated: Attestation) -> Answer:
        released, until, reviewed = (moment_of(given(stated, k)) for k in ("released_at", "until", "reviewed_at"))
        if released is None or until is None or reviewed is None:
            return failed("it names no moments", shown(stated, "released_at, until, reviewed_at"))
        latest = released + timedelta(hours=limits.within_h)
        if (until - released) % HOUR or not released < until <= reviewed <= min(latest, stated.seen_at):
            return failed(
                f"the sample is not of whole hours after the release, read within {limits.within_h:g} h of it",
                shown(
                    stated, f"released {released.isoformat()}, until {until.isoformat()}, read {reviewed.isoformat()}"
                ),
            )
        if wrong := signed_by(stated, system, "reviewer"):
            return wrong
        drawn = sample(calls, released, until, int(limits.sample))
        if drawn.population < limits.sample:
            many = counted(drawn.population, "interaction is", "interactions are")
            return unrecorded(stated, f"{many} on record of that time, and {limits.sample:g} are to be read")
        if given(stated, "seed") != drawn.seed:
            return failed("the sample was not drawn by gonogo from these records", shown(stated, "seed"), _AGAIN)
        judged_ = column_of(stated, "verdict")
        left = [trace for trace in drawn.drawn if trace.lower() not in judged_]
        if left:
            many = counted(left, "interaction", "interactions")
            return failed(
                f"no verdict on {many} of the sample", [e for t in left[:20] for e in shown(stated, t)], _AGAIN
            )
        bad = [trace for trace in drawn.drawn if judged_[trace.lower()].lower() == "bad"]
        return agreed(
            stated, f"{len(drawn.drawn)} of {drawn.population} interactions were read, {len(bad)} of them bad"
        )

    return judged(attestations, "quality.live-sample-reviewed", judge)


_AGAIN = "gonogo attest quality.live-sample-reviewed --template --field released_at=MOMENT"


@check(
    "quality.manual-qa",
    by="attest",
    needs=(Attestation, Declaration, RecordedCall, Run),
    optional=(Attestation, Declaration, RecordedCall),
)
def manual_qa_by_attest(
    attestations: list[Attestation],
    declarations: list[Declaration],
    calls: list[RecordedCall],
    runs: list[Run],
    limits: Limits,
) -> Answer:
    """People walked through every declared flow of this release, and once more where it is deployed by now."""
    system = declarations[-1].system if declarations else None
    declared = flows(system) if system else ()
    code = next((r.subject.fingerprints.get("code") for r in reversed(runs) if r.method == "attest"), None)

    def judge(stated: Attestation) -> Answer:
        if not declared:
            return undeclared(stated, "journey", "name what users do under `journeys:` in gonogo.yaml")
        live = [c for c in calls if system and code and c.code == code and c.environment in _production(system)]
        for column, where, seen in (("", "", calls), ("deployed_", " on the deployed version", live)):
            if column and not live:
                return agreed(stated, f"{_walked(declared)}; it is not deployed yet, by the records")
            if answer := _unwalked(stated, column, where, declared, seen, limits):
                return answer
        return agreed(stated, f"{_walked(declared)}, before go and on the deployed version")

    return judged(attestations, "quality.manual-qa", judge)


def _walked(declared: tuple[str, ...]) -> str:
    return f"{counted(declared, 'flow was', 'flows were')} walked through"


def _production(system: System) -> set[str]:
    return {environment.name for environment in system.environments if environment.production}


def _unwalked(
    stated: Attestation,
    column: str,
    where: str,
    declared: tuple[str, ...],
    calls: list[RecordedCall],
    limits: Limits,
) -> Answer | None:
    """Say which flows were not walked through well, or left no trace."""
    results, traces = column_of(stated, f"{column}result"), column_of(stated, f"{column}trace")
    left = [flow for flow in declared if results.get(flow.lower(), "").lower() != "pass"]
    if 100 * (len(declared) - len(left)) / len(declared) < limits.flows_covered:
        many = counted(left, "flow has", "flows have")
        return failed(f"{many} not passed{where}: {', '.join(left)}", shown(stated, "the checklist"))
    if not calls:
        return unrecorded(stated, "no records of where the testers walked, and their visits have traces there")
    seen = {call.trace for call in calls}
    lost = [flow for flow in declared if flow not in left and traces.get(flow.lower()) not in seen]
    if lost:
        told = [f"{flow}: no record has the trace {traces.get(flow.lower()) or 'that is not given'}" for flow in lost]
        return inconclusive(
            f"{counted(lost, 'visit', 'visits')}{where} left no trace on record: {', '.join(lost)}",
            [e for one in told for e in shown(stated, one)],
            fix="gonogo check --evidence PATH, with the ledger of where the testers walked",
        )
    twice = len({traces[flow.lower()] for flow in declared if flow not in left}) < len(declared) - len(left)
    return failed("two flows have the same trace", shown(stated, "the checklist")) if twice else None
