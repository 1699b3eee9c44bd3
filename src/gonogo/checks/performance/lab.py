"""Performance, by the lab: how fast the service starts, and whether slow calls hold each other up."""

from __future__ import annotations

from statistics import median
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import beside, of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import Evidence, Measure, ScenarioRun

_DELAY_S = 1.0
"""How long the stand-in model takes for each call in the scenario `slow-provider`."""


@check("performance.startup-time", by="lab", scenario="starts", needs=(Journey, Measure), optional=(Measure,))
def startup_time_by_lab(journeys: list[Journey], measures: list[Measure], limits: Any) -> Answer:
    """Each cold start is ready, and answers its first request well, within the limit."""
    if bad := unhealthy(journeys):
        return bad
    ready = [m for m in measures if m.name == "ready"]
    if len(ready) < 2:
        return inconclusive(f"{counted(ready, 'cold start', 'cold starts')} succeeded, too few to tell")
    failed_first = [j for j in of(journeys, "cold") if not j.answered]
    if failed_first:
        return failed("the first request after a start gets no answer", [(j, told(j)) for j in failed_first])
    answers = [m.value for m in measures if m.name == "first-answer"]
    slow = [m for m in ready if m.value > limits.ready_s]
    said = f"median {median(m.value for m in ready):.1f} s, at most {max(m.value for m in ready):.1f} s"
    if slow:
        shown = [Evidence(None, None, f"{m.subject}: {m.value:.1f} s") for m in slow]
        return failed(f"it takes {said} to be ready", shown)
    return passed(f"{len(ready)} cold starts ready in {said}, and the first answer after {max(answers):.1f} s at most")


@check("performance.async-calls", by="lab", scenario="slow-provider", needs=(Journey, ScenarioRun))
def async_calls_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """While many calls wait for the model the health route answers at once, and all take about one delay."""
    if bad := unhealthy(journeys) or unplayed(runs, "together"):
        return bad
    together, health = of(journeys, "together"), beside(journeys, "together")
    good = [j for j in together if j.answered]
    if len(good) < len(together):
        lost = [(j, told(j)) for j in together if not j.answered]
        return inconclusive("not all requests were answered while the model was slow", lost[:3])
    if not health or any(j.exchange.status is None for j in health):
        return inconclusive("the health route was not answered", fix="declare service.health in gonogo.yaml")
    late = [j for j in health if j.seconds * 1000 > limits.health_ms]
    if late:
        return failed(
            f"the health route takes {late[0].seconds * 1000:.0f} ms while calls wait for the model",
            [(j, f"{j.seconds * 1000:.0f} ms") for j in late],
        )
    begun = min(j.exchange.started_s for j in together)
    took = max(j.exchange.started_s + j.seconds for j in together) - begun
    usual = max(j.seconds for j in of(journeys, "healthy"))
    if took > 2 * (_DELAY_S + usual):
        return failed(
            f"{len(together)} calls at once take {took:.1f} s, though the model needs {_DELAY_S:g} s for each",
            [(j, told(j)) for j in together[-3:]],
        )
    return passed(f"{len(together)} calls at once take {took:.1f} s, and the health route at most "
                  f"{max(j.seconds for j in health) * 1000:.0f} ms")  # fmt: skip
