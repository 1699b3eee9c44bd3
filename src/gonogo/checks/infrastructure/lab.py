"""Infrastructure, by the lab: what the service does where a setting is missing, and what its health routes say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, not_collected, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import AppStart, Evidence, ScenarioRun


@check("infrastructure.config-valid", by="lab", scenario="starts", needs=(Journey, AppStart))
def config_valid_by_lab(journeys: list[Journey], starts: list[AppStart]) -> Answer:
    """Without each required setting the service does not start, or is never ready, and names what is missing."""
    if bad := unhealthy(journeys):
        return bad
    withheld = [s for s in starts if s.without]
    if not withheld:
        return not_collected("no required setting is declared", fix="add lab: {required: [...]} to gonogo.yaml")
    served = [s for s in withheld if s.ready_s is not None]
    if served:
        return failed(
            f"the service starts without {', '.join(s.without for s in served)}",
            [Evidence(None, None, f"ready after {s.ready_s:.1f} s without {s.without}") for s in served],
        )
    mute = [s for s in withheld if s.without not in s.said]
    if mute:
        return failed(
            f"the service does not say that {', '.join(s.without for s in mute)} is missing",
            [Evidence(None, None, s.said[-200:] or "nothing was said") for s in mute],
        )
    return passed(f"{counted(withheld, 'required setting', 'required settings')}: without each it stops and names it")


def _asked(health: list[Journey]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((j.case, j.exchange.name) for j in health))


@check("infrastructure.health-endpoints", by="lab", scenario="health-routes", needs=(Journey, ScenarioRun))
def health_endpoints_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """Readiness turns red while the model is away and green again after; liveness stays green; both are quick."""
    if bad := unhealthy(journeys) or unplayed(runs, "away", "back"):
        return bad
    health = [j for j in journeys if j.exchange.purpose == "health"]
    ready, live = ([j for j in health if j.exchange.name == name] for name in ("ready", "live"))
    if any(not _well(j) for j in ready if j.case == "healthy"):
        return inconclusive("the readiness route is red with all well", [(j, told(j)) for j in ready[:1]])
    spent = [j for j in health if j.calls]
    if spent:
        return failed("a health route calls the model", [(j, told(j)) for j in spent])
    asked = [[j for j in health if (j.case, j.exchange.name) == each] for each in _asked(health)]
    quickest = [min(each, key=lambda j: j.seconds) for each in asked]
    slow = [j for j in quickest if j.seconds * 1000 > limits.answer_ms]
    if slow:
        return failed(
            f"a health route takes {max(j.seconds for j in slow) * 1000:.0f} ms at its quickest",
            [(j, f"{j.exchange.name}: {j.seconds * 1000:.0f} ms") for j in slow],
        )
    if dead := [j for j in live if not _well(j)]:
        shown = [(j, f"{j.case}: {j.exchange.status}") for j in dead]
        return failed("liveness turns red though the service lives", shown)
    took = {case: _turned(ready, case, red=case == "away") for case in ("away", "back")}
    if took["away"] is None or took["away"] > limits.detect_s:
        return failed("readiness stays green while no model can be reached", [j for j in ready if j.case == "away"][:3])
    if took["back"] is None or took["back"] > limits.detect_s:
        return failed("readiness stays red after the model came back", [j for j in ready if j.case == "back"][-3:])
    off, on = took["away"], took["back"]
    return passed(f"readiness red after {off:.1f} s without a model, green {on:.1f} s after it came back")


def _well(journey: Journey) -> bool:
    return 200 <= (journey.exchange.status or 0) < 400


def _turned(ready: Sequence[Journey], case: str, *, red: bool) -> float | None:
    """Return after how many seconds of a case readiness was as it should be, None where it never was."""
    mine = [j for j in ready if j.case == case]
    turned = next((j for j in mine if _well(j) is not red), None)
    return None if turned is None else turned.exchange.started_s - mine[0].exchange.started_s
