"""Reading the journeys of a scenario: was the good path good, did the fault arrive, what did the users get."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from email.utils import parsedate_to_datetime

from gonogo.checks.check import Answer, inconclusive
from gonogo.checks.counts import counted
from gonogo.derive.journeys import HEALTHY, Journey
from gonogo.derive.timelines import told as told
from gonogo.facts import ModelCall, ScenarioRun


def of(journeys: Iterable[Journey], *cases: str) -> list[Journey]:
    """Return the journeys of these cases, in order; requests that are no declared journey are not among them."""
    return [j for j in journeys if j.case in cases and j.exchange.purpose in ("journey", "attack")]


def beside(journeys: Iterable[Journey], *cases: str) -> list[Journey]:
    """Return the further requests that were sent in these cases (a health route, say)."""
    return [j for j in journeys if j.case in cases and j.exchange.purpose not in ("journey", "attack")]


def unhealthy(journeys: Iterable[Journey]) -> Answer | None:
    """Say that the control run failed: with nothing wrong a journey got no answer. None where all was well."""
    good = of(journeys, *HEALTHY)
    if not good:
        return inconclusive("no journey was played with everything in order, so nothing can be compared with it")
    if not any(j.calls for j in good):
        return inconclusive(
            "no model call was seen in the healthy journeys",
            good,
            fix="point the app at the lab: providers[].base_url_variable or lab.point in gonogo.yaml",
        )
    bad = [j for j in good if not j.answered]
    if bad:
        return inconclusive(
            f"with nothing wrong {counted(bad, 'journey gets', 'journeys get')} no answer of the model",
            [(j, told(j)) for j in bad],
            fix="mend the healthy journey first: gonogo lab --scenario observe",
        )
    return None


def unplayed(runs: Sequence[ScenarioRun], *cases: str) -> Answer | None:
    """Say that a case that decides was cut, and why; None where all of `cases` were played."""
    for run in runs:
        for case in cases:
            if case not in run.cases:
                why = run.cut.get(case, "it was not reached")
                return inconclusive(
                    f"the case {case} was not played: {why}", fix=f"gonogo lab --scenario {run.scenario}"
                )
    return None


def model_behind(journey: Journey, calls: Iterable[ModelCall]) -> ModelCall | None:
    """Return the last of these model calls whose words the user got, whichever journey it is counted to."""
    found = [c for c in calls if c.marker and c.marker in journey.markers]
    return found[-1] if found else None


def apart_s(first: Journey, last: Journey) -> float | None:
    """Return how many seconds lie between two answers by the app's own clock, None where it does not tell the time."""
    dates = [j.exchange.headers.get("date") for j in (first, last)]
    try:
        then, now = (parsedate_to_datetime(date or "") for date in dates)
    except ValueError:
        return None
    return (now - then).total_seconds()


def seconds(values: Sequence[float]) -> str:
    """Return durations in words: `0.3, 0.9 and 2.1 s`."""
    shown = [f"{v:.1f}" for v in values[:8]]
    if len(values) > 8:
        shown.append("...")
    return f"{' and '.join([', '.join(shown[:-1]), shown[-1]] if shown[1:] else shown)} s"
