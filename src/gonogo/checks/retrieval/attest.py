"""Retrieval, by statement."""

from __future__ import annotations

from gonogo.catalog.limits import Limits
from gonogo.checks.check import Answer, check, failed
from gonogo.checks.counts import counted
from gonogo.checks.stated import agreed, column_of, judged, number_of, shown, undeclared
from gonogo.derive.declared import vector_stores
from gonogo.facts import Attestation, Declaration


@check(
    "retrieval.vector-db-replicated",
    by="attest",
    needs=(Attestation, Declaration),
    optional=(Attestation, Declaration),
)
def vector_db_replicated_by_attest(
    attestations: list[Attestation], declarations: list[Declaration], limits: Limits
) -> Answer:
    """The contract of every managed vector store promises that it is there for enough of the time."""
    declared = vector_stores(declarations[-1].system) if declarations else ()

    def judge(stated: Attestation) -> Answer:
        if not declared:
            return undeclared(stated, "vector index", "name the index and its store under `indexes:` in gonogo.yaml")
        promised = {store: number_of(figure) for store, figure in column_of(stated, "sla_percent").items()}
        low = [
            f"{store}: {value or 0:g} % is promised, at least {limits.sla:g} % is asked"
            for store, value in promised.items()
            if value is None or not limits.sla <= value <= 100
        ]
        if low:
            return failed(low[0], [e for told in low for e in shown(stated, told)])
        return agreed(
            stated, f"{counted(promised, 'store is', 'stores are')} promised at least {limits.sla:g} % of the time"
        )

    return judged(attestations, "retrieval.vector-db-replicated", judge)
