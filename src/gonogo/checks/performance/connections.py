"""Connections, by the lab: they are reused and bounded, and who waits for one does not wait long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import Declaration, Evidence, Measure, ModelCall, ScenarioRun

COUNTED = ("sequential", "parallel")
SLACK_S = 0.5
"""What a busy machine may add to a wait."""
_BUSY = (429, 503)


@check(
    "performance.connection-reuse",
    by="lab",
    scenario="connection-reuse",
    needs=(Declaration, Journey, ModelCall, ScenarioRun, Measure),
    optional=(Journey, ModelCall, Measure),
)
def connection_reuse_by_lab(
    declarations: list[Declaration],
    journeys: list[Journey],
    calls: list[ModelCall],
    runs: list[ScenarioRun],
    measures: list[Measure],
    limits: Any,
) -> Answer:
    """No dependency sees more connections than its pool holds; with the pool full who waits is told so in time."""
    if bad := unhealthy(journeys) or unplayed(runs, *COUNTED):
        return bad
    if lost := _unanswered(journeys, measures):
        return lost
    pools = {d.name: d.pool_size for d in declarations[-1].system.dependencies if d.pool_size}
    seen = {(m.subject, m.case): int(m.value) for m in measures if m.name == "connections"}
    over = {place: n for place, n in seen.items() if n > pools.get(place[0], n)}
    if over:
        name, case = max(over, key=lambda place: over[place])
        return failed(
            f"{name} saw {counted(range(over[name, case]), 'connection', 'connections')}, and the {limits.connections} "
            f"is {pools[name]}",
            [Evidence(None, None, f"{case}: {n} connections to {name}") for (name, case), n in over.items()],
        )
    for name in pools:
        if not any(seen.get((name, case)) for case in COUNTED):
            why = runs[-1].cut.get(name, "none of the requests needed it")
            return inconclusive(
                f"no connection to {name} was seen: {why}",
                fix="declare the pool_size of what the lab starts or stands in for: lab.services, or a provider's name",
            )
    calls_to = {m.subject: int(m.value) for m in measures if (m.name, m.case) == ("calls", "sequential")}
    if few := [name for name in pools if calls_to.get(name, pools[name] + 1) <= pools[name]]:
        return inconclusive(
            f"{counted(range(calls_to[few[0]]), 'call', 'calls')} to {few[0]} in a row "
            f"can tell nothing of a pool of {pools[few[0]]}",
            fix="switch caches off for the lab, by lab.environment or load.environment in gonogo.yaml",
        )
    if wrong := unplayed(runs, "full") or _full(journeys, calls, limits.pool_wait_s):
        return wrong
    most = ", ".join(f"{max(seen.get((name, case), 0) for case in COUNTED)} to {name}" for name in pools)
    return passed(f"{_sent(measures)} requests took at most so many connections: {most}; with the pool full "
                  f"nobody waits longer than {limits.pool_wait_s:g} s")  # fmt: skip


def _unanswered(journeys: Sequence[Journey], measures: Sequence[Measure]) -> Answer | None:
    """Say that requests failed with all well, so that too few connections were tried; None where none did."""
    lost = [j for j in of(journeys, *COUNTED) if not j.well_formed]
    if not lost:
        return None
    limited = any(j.exchange.status == 429 for j in lost)
    return inconclusive(
        f"{len(lost)} of {_sent(measures)} requests were not answered with all well",
        [(j, told(j)) for j in lost[:3]],
        fix="lift the limit of users for such runs: load.environment in gonogo.yaml" if limited else None,
    )


def _sent(measures: Sequence[Measure]) -> int:
    return sum(int(m.subject.removeprefix("of ")) for m in measures if m.name == "answered")


def _full(journeys: Sequence[Journey], calls: Sequence[ModelCall], wait_s: float) -> Answer | None:
    """Say that with the pool full somebody waits too long, or is told nothing; None where both is well."""
    full = of(journeys, "full")
    stray = [c for c in calls if c.case == "full" and not c.journey]
    if stray:
        return inconclusive(
            f"of {len(full)} requests at once {counted(stray, 'call does', 'calls do')} not say whose they are",
            fix="pass the header traceparent of a request on to its model calls",
        )
    if not any(j.calls for j in full):
        return inconclusive("no call got to the model that was to fill the pool", [(j, told(j)) for j in full[:3]])
    late = [(j, waited) for j in full if (waited := _waited_s(j)) > wait_s + SLACK_S]
    if late:
        longest = max(waited for _, waited in late)
        return failed(
            f"with the pool full {share(late, full, 'request')} waited for a connection, up to {longest:.1f} s",
            [(j, f"{waited:.1f} s before its first call; {told(j)}") for j, waited in late[:5]],
            fix=f"Bound the wait for a connection ({wait_s:g} s at most), and answer 503 when it is over.",
        )
    unclear = [j for j in full if not j.calls and not _clear(j)]
    if unclear:
        return failed(
            f"with the pool full {share(unclear, full, 'request')} got no clear error",
            [(j, told(j)) for j in unclear[:5]],
            fix="Answer 503 with a sentence and Retry-After where no connection is free.",
        )
    return None


def _waited_s(journey: Journey) -> float:
    """Return how long a request waited before its first call, or until its end where it never made one."""
    return journey.calls[0].started_s - journey.exchange.started_s if journey.calls else journey.seconds


def _clear(journey: Journey) -> bool:
    """Whether the user reads that the service is busy: 429 or 503 with a text, or an answer in the app's own words."""
    exchange = journey.exchange
    return bool(exchange.body.strip()) and (journey.well_formed or exchange.status in _BUSY)
