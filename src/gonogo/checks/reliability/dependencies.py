"""External dependencies, by the lab: without each of them the app serves its fallback or says so, and it comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import beside, of, told, unhealthy
from gonogo.checks.reliability.lab import INSIDES, says
from gonogo.derive.journeys import Journey
from gonogo.facts import Declaration, ScenarioRun

HOWS = ("refused", "hung", "garbage")


@check(
    "reliability.dependency-fallbacks",
    by="lab",
    scenario="dependency-fallbacks",
    needs=(Journey, ScenarioRun, Declaration),
)
def dependency_fallbacks_by_lab(
    journeys: list[Journey], runs: list[ScenarioRun], declared: list[Declaration], limits: Any
) -> Answer:
    """With each dependency refused, silent or garbled users get the fallback or an error, and then all again."""
    if bad := unhealthy(journeys):
        return bad
    system = next(d.system for d in declared)
    messages = [f.degraded_mode for f in system.features if f.degraded_mode]
    tried, cut = [], []
    for dependency in system.dependencies:
        cases = [f"{dependency.name} {how}" for how in HOWS]
        if not all(case in run.cases for run in runs for case in (*cases, f"{dependency.name} back")):
            cut.append(dependency.name)
            continue
        if not dependency.fallback:
            return inconclusive(
                f"no fallback is declared for {dependency.name}", fix="write dependencies[].fallback in gonogo.yaml"
            )
        for case in cases:
            hit, health = of(journeys, case), beside(journeys, case)
            if gap := _away(hit, health, case, dependency.fallback, messages):
                return gap
        if gap := _back(of(journeys, f"{dependency.name} back"), dependency.name, limits.recovery_s):
            return gap
        tried.append(dependency.name)
    if cut:
        why = next((run.cut[name] for run in runs for name in cut if name in run.cut), "it was not reached")
        return inconclusive(f"{', '.join(cut)} could not be cut: {why}", fix="declare its process under lab.services")
    return passed(f"without {', '.join(tried)} users got the fallback or an error of the app's, and then all was well")


def _away(
    hit: Sequence[Journey], health: Sequence[Journey], case: str, fallback: str, messages: Sequence[str]
) -> Answer | None:
    """Say what is wrong while a dependency is away; None where nothing is."""
    bare = [j for j in hit if j.exchange.error or j.exchange.ended == "timeout"]
    if bare:
        return failed(f"{case}: {share(bare, hit, 'user')} got no answer at all", [(j, told(j)) for j in bare])
    broken = [j for j in hit if j.exchange.status == 500 or INSIDES.search(j.exchange.body)]
    if broken:
        return failed(f"{case}: {share(broken, hit, 'user')} got an unhandled error", [(j, told(j)) for j in broken])
    down = [j for j in health if not j.well_formed and j.exchange.status != 503]
    if down:
        return failed(f"{case}: the health route fails with it", [(j, told(j)) for j in down])
    served = [j for j in hit if (j.well_formed and j.markers) or says([fallback, *messages], j)]
    hollow = [j for j in hit if j.well_formed and j not in served]
    if hollow:
        return failed(
            f"{case}: {share(hollow, hit, 'user')} got an answer that looks well and is none of the model",
            [(j, j.exchange.body[:120]) for j in hollow],
        )
    if not served:
        return failed(
            f"{case}: {share(hit, hit, 'user')} got an error, and none the declared fallback",
            [(j, told(j)) for j in hit],
        )
    return None


def _back(mine: Sequence[Journey], name: str, limit_s: float) -> Answer | None:
    """Say that the app did not come back with a dependency; None where it did, in time."""
    if not mine:
        return inconclusive(f"nobody asked after {name} was back")
    last = {j.exchange.name: j for j in mine}
    lost = [j for j in last.values() if not (j.well_formed and j.markers)]
    took = max(j.exchange.started_s for j in last.values()) - mine[0].exchange.started_s
    if lost:
        return failed(
            f"{name} is back, and {counted(lost, 'journey is', 'journeys are')} not", [(j, told(j)) for j in lost]
        )
    if took > limit_s:
        return failed(f"the app came back {took:.0f} s after {name}", [(mine[0], told(mine[0]))])
    return None
