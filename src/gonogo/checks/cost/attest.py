"""Cost, by statement."""

from __future__ import annotations

from datetime import UTC, datetime, time

from gonogo.catalog.limits import Limits
from gonogo.checks.check import Answer, check, failed, inconclusive, not_applicable
from gonogo.checks.counts import counted
from gonogo.checks.stated import (
    agree,
    agreed,
    column_of,
    day_of,
    given,
    judged,
    number_of,
    old,
    shown,
    too_old,
    undeclared,
    unrecorded,
)
from gonogo.derive.declared import flows
from gonogo.derive.recorded import MONTH, WEEK, RecordedCall, by_task, hourly_floor, tell_of, within
from gonogo.derive.statements import known
from gonogo.facts import Attestation, Declaration
from gonogo.facts.declaration import Provider


@check("cost.provider-spend-limit", by="attest", needs=(Attestation, Declaration), optional=(Attestation, Declaration))
def provider_spend_limit_by_attest(
    attestations: list[Attestation], declarations: list[Declaration], limits: Limits
) -> Answer:
    """Every account that bills per use has a hard limit within the declared budget, looked at recently."""
    providers = [p for p in declarations[-1].system.providers if p.bills_per_use] if declarations else []

    def judge(stated: Attestation) -> Answer:
        if not providers:
            return inconclusive(
                "gonogo.yaml names no provider that bills per use, so nobody can tell whether all are covered",
                shown(stated, ""),
                fix="name the providers and their accounts under `providers:` in gonogo.yaml",
            )
        if limits.limit is None:
            return inconclusive(
                "no budget is declared", shown(stated, ""), fix="set `budgets.monthly_usd` in gonogo.yaml"
            )
        faults = [f for p in providers if (f := _fault(stated, p, len(providers) == 1, limits))]
        if faults:
            return failed(faults[0], [e for fault in faults for e in shown(stated, fault)])
        many = counted(providers, "account has", "accounts have")
        return agreed(stated, f"{many} a limit of at most {limits.limit:g} USD")

    return judged(attestations, "cost.provider-spend-limit", judge)


def _fault(stated: Attestation, provider: Provider, alone: bool, limits: Limits) -> str | None:
    """Say what is wrong with the limit of one provider."""
    name = provider.name.lower()

    def given(key: str) -> str:
        return stated.fields.get(f"{name}.{key}") or (stated.fields.get(key, "") if alone else "")

    account, amount = given("account"), number_of(given("limit_usd"))
    if not account or (provider.account and account.lower() != provider.account.lower()):
        return f"{name}: the account is {account or 'not given'}, declared is {provider.account or 'none'}"
    if amount is None or amount <= 0:
        return f"{name}: the limit {given('limit_usd')!r} is no amount"
    if amount > limits.limit:
        return f"{name}: a limit of {amount:g} USD is above the budget of {limits.limit:g} USD"
    old = too_old(stated, given("date"), limits.evidence_age_days)
    return f"{name}: it was looked at {old}" if old else None


@check("cost.monthly-cost-review", by="attest", needs=(Attestation, Declaration), optional=(Attestation, Declaration))
def monthly_cost_review_by_attest(
    attestations: list[Attestation], declarations: list[Declaration], limits: Limits
) -> Answer:
    """An owner reviewed the attached cost report within the last month and decided something, or not, with a reason."""
    owners = {p.name for d in declarations for p in d.system.owners}

    def judge(stated: Attestation) -> Answer:
        day, decision = stated.fields.get("date", "").strip(), stated.fields.get("decision", "").strip()
        if old := too_old(stated, day, limits.age_days):
            return failed(f"the review was {old}", shown(stated, "its date"))
        reason = decision.lower().removeprefix("no action").strip(" :,.-")
        if len(reason) < 10:
            return failed("it names no decision, and no reason for none", shown(stated, decision or "no decision"))
        if not owners & {s.name for s in known(stated.signers)}:
            return failed("no owner of the system signed it", shown(stated, "signed by others"))
        return agreed(stated, f"costs were reviewed on {day}")

    return judged(attestations, "cost.monthly-cost-review", judge)


@check("cost.model-choice-matrix", by="attest", needs=(Attestation, Declaration), optional=(Attestation, Declaration))
def model_choice_matrix_by_attest(
    attestations: list[Attestation], declarations: list[Declaration], limits: Limits
) -> Answer:
    """A recent decision names the model and tier of every declared flow, with what it rests on."""
    declared = flows(declarations[-1].system) if declarations else ()

    def judge(stated: Attestation) -> Answer:
        if not declared:
            return undeclared(stated, "journey", "name what users do under `journeys:` in gonogo.yaml")
        late = old(stated, "date", limits.age_days, "the models were chosen")
        many = counted(column_of(stated, "tier"), "route has", "routes have")
        return late or agreed(stated, f"{many} a chosen tier and model, with quality, price and latency")

    return judged(attestations, "cost.model-choice-matrix", judge)


@check(
    "cost.fine-tune-assessed",
    by="attest",
    needs=(Attestation, RecordedCall),
    optional=(Attestation, RecordedCall),
)
def fine_tune_assessed_by_attest(attestations: list[Attestation], calls: list[RecordedCall], limits: Limits) -> Answer:
    """Every task of high volume has a signed reason for its large model, with the volume that the records show."""

    def judge(stated: Attestation) -> Answer:
        if late := old(stated, "date", limits.age_days, "it was decided"):
            return late
        end = _midnight(stated)
        if not tell_of(calls, end - MONTH, end):
            return unrecorded(stated, f"no records reach over the 30 days before {end:%Y-%m-%d}")
        counts = by_task(within(calls, end - MONTH, end))
        large = {task or "all": count for task, count in sorted(counts.items()) if count > limits.applies_above}
        if not large:
            return not_applicable(
                f"no task made more than {limits.applies_above:,} calls in the 30 days before {end:%Y-%m-%d}",
                shown(stated, f"the largest made {max(counts.values()):,}"),
            )
        figures = column_of(stated, "calls_per_month")
        wrong = [told for task, count in large.items() if (told := _unlike(task, figures.get(task.lower()), count))]
        if wrong:
            return failed(wrong[0], [e for told in wrong for e in shown(stated, told)])
        many = counted(large, "task", "tasks")
        return agreed(stated, f"for {many} of high volume there is a reason, and the volume is that of the records")

    return judged(attestations, "cost.fine-tune-assessed", judge)


def _midnight(stated: Attestation) -> datetime:
    """Return when the day that a statement names begins; its form was checked before."""
    return datetime.combine(day_of(given(stated, "date")) or stated.seen_at.date(), time(), UTC)


def _unlike(task: str, figure: str | None, recorded: int) -> str | None:
    value = number_of(figure or "")
    if value is None:
        return f"{task} made {recorded:,} calls and has no row"
    return None if agree(value, recorded) else f"{task}: {value:,.0f} calls are stated, {recorded:,} are on record"


@check(
    "cost.reserved-capacity",
    by="attest",
    needs=(Attestation, RecordedCall),
    optional=(Attestation, RecordedCall),
)
def reserved_capacity_by_attest(attestations: list[Attestation], calls: list[RecordedCall], limits: Limits) -> Answer:
    """A recent decision on committed capacity states floor, price and term, and the floor is that of the records."""

    def judge(stated: Attestation) -> Answer:
        if late := old(stated, "date", limits.age_days, "it was decided"):
            return late
        end = _midnight(stated)
        if not tell_of(calls, end - WEEK, end):
            return unrecorded(stated, f"no records reach over the 7 days before {end:%Y-%m-%d}")
        floor, recorded = number_of(given(stated, "floor_per_hour")), hourly_floor(calls, end - WEEK, end)
        if floor is None or not agree(floor, recorded):
            said = "none" if floor is None else f"{floor:,g} calls an hour"
            return failed(f"the floor is stated as {said}, and the records show {recorded:,}", shown(stated, "floor"))
        return agreed(stated, f"for a floor of {recorded:,} calls an hour: {given(stated, 'decision')}")

    return judged(attestations, "cost.reserved-capacity", judge)


@check("cost.region-cost", by="attest", needs=(Attestation,), optional=(Attestation,))
def region_cost_by_attest(attestations: list[Attestation], limits: Limits) -> Answer:
    """A recent comparison of regions gives price, latency and residency of each, and says which was chosen."""

    def judge(stated: Attestation) -> Answer:
        if late := old(stated, "date", limits.age_days, "the regions were compared"):
            return late
        chosen = [region for region, said in column_of(stated, "chosen").items() if said.lower() == "yes"]
        if not chosen:
            return failed("no region is chosen", shown(stated, "the column chosen"))
        return agreed(
            stated, f"chosen of {counted(column_of(stated, 'chosen'), 'region', 'regions')}: {', '.join(chosen)}"
        )

    return judged(attestations, "cost.region-cost", judge)
