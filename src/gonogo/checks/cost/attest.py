"""Cost, by statement."""

from __future__ import annotations

from gonogo.catalog.limits import Limits
from gonogo.checks.check import Answer, check, failed, inconclusive
from gonogo.checks.counts import counted
from gonogo.checks.stated import agreed, judged, number_of, shown, too_old
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
