"""Infrastructure, by statement."""

from __future__ import annotations

from gonogo.catalog.limits import Limits
from gonogo.checks.check import Answer, check, failed
from gonogo.checks.counts import counted
from gonogo.checks.stated import agreed, column_of, judged, shown, too_old, undeclared
from gonogo.derive.declared import components
from gonogo.facts import Attestation, Declaration


@check(
    "infrastructure.ownership-model",
    by="attest",
    needs=(Attestation, Declaration),
    optional=(Attestation, Declaration),
)
def ownership_model_by_attest(
    attestations: list[Attestation], declarations: list[Declaration], limits: Limits
) -> Answer:
    """For every declared component it was decided recently whether it is managed, why, and how one leaves it."""
    declared = components(declarations[-1].system) if declarations else ()

    def judge(stated: Attestation) -> Answer:
        if not declared:
            return undeclared(
                stated, "component", "name providers, data_stores, indexes and dependencies in gonogo.yaml"
            )
        dates = column_of(stated, "date").items()
        late = [f"{part} was decided {said}" for part, day in dates if (said := too_old(stated, day, limits.age_days))]
        if late:
            return failed(late[0], [e for told in late for e in shown(stated, told)])
        return agreed(stated, f"{counted(declared, 'component has', 'components have')} a decision on who runs it")

    return judged(attestations, "infrastructure.ownership-model", judge)
