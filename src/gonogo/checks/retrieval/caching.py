"""The cache of searches, by the lab: it spares the second search, and neither leaks nor outlives the index."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.journeys import of, told, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import Declaration, ScenarioRun

_ANEW = {
    "other-tenant": "a user of another tenant got what the cache held for the first",
    "published": "after the index changed, the cache still answered",
    "expired": "the cache still answered after its time",
}
"""Cases in which the store is to be searched anew, and what it means where it is not."""


@check(
    "retrieval.retrieval-caching", by="lab", scenario="retrieval-caching", needs=(Journey, Declaration, ScenarioRun)
)  # fmt: skip
def retrieval_caching_by_lab(
    journeys: list[Journey], declared: list[Declaration], runs: list[ScenarioRun], limits: Any
) -> Answer:
    """A question that comes again is not searched for again, until its time is over or the index has changed."""
    first, *again = of(journeys, "healthy")
    if not _searched(first):
        return inconclusive(
            "no query reached the lab's store",
            fix="point the app's store at the lab: lab: {point: {QDRANT_URL: qdrant}} in gonogo.yaml",
        )
    stated = max((i.cache_s for d in declared for i in d.system.indexes if i.cache_s is not None), default=0.0)
    if stated > limits.ttl_s:
        return failed(f"searches are cached for {stated:g} s, and {limits.ttl_s:g} s is the most", [first])
    twice = [j for j in (*again, *of(journeys, "short")[1:]) if _searched(j)]
    if twice:
        return failed("a question that comes again is searched for again", [(j, told(j)) for j in twice])
    stale = [(j, f"{_ANEW[j.case]}: {told(j)}") for j in of(journeys, *_ANEW) if not _searched(j)]
    if stale:
        return failed("the cache answers where the store must be asked", stale)
    if bad := unplayed(runs, "published", "expired"):
        return bad
    tenants = {i.tenant for d in declared for i in d.system.identities if i.tenant}
    if len(tenants) > 1 and not of(journeys, "other-tenant"):
        return inconclusive("the question was not asked by another tenant", fix="give journeys[0] an identity")
    apart = ", for each tenant apart" if of(journeys, "other-tenant") else ""
    return passed(f"the same question is searched for once{apart}, and again when the index or the time has changed")


def _searched(journey: Journey) -> bool:
    return any(r.operation == "query" for r in journey.retrievals)
