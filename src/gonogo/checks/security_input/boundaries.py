"""What an app does with answers that nobody agreed on, by the lab: of its model, its store, its tools."""

from __future__ import annotations

import re

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, ScenarioRun

CASES = ("model", "model-html", "store", "store-html", "store-garbage", "tool", "tool-html")
_RAW = re.compile(r"(?i)<html|<!doctype|\ufffd{3}")
_SAID = re.compile(r"(?i)error|invalid|malformed|schema|contract|unexpected|warn|fail|not to be understood")


@check(
    "security-input.boundary-contracts", by="lab", scenario="boundary-contracts",
    needs=(Journey, AppLog, ScenarioRun), optional=(AppLog,),
)  # fmt: skip
def boundary_contracts_by_lab(journeys: list[Journey], lines: list[AppLog], runs: list[ScenarioRun]) -> Answer:
    """An answer off its contract ends at its boundary: the app says so, and passes nothing of it on."""
    if bad := unhealthy(journeys) or unplayed(runs, *CASES):
        return bad
    hit = [j for j in of(journeys, *CASES) if j.hit]
    used = _boundaries(of(journeys, "healthy"))
    unmet = used - {j.case.partition("-")[0] for j in hit}
    if not hit or unmet:
        return inconclusive(
            f"nothing off its contract reached the app at: {', '.join(sorted(unmet)) or 'any boundary'}"
        )
    broken = [j for j in hit if j.exchange.status is None and j.exchange.exit_code is None]
    if broken:
        return failed(f"{share(broken, hit, 'journey')} broke off", [(j, f"{j.case}: {told(j)}") for j in broken])
    passing = [j for j in hit if _RAW.search(j.exchange.body) or _handed_on(j)]
    if passing:
        return failed("what was off its contract was passed on", [(j, f"{j.case}: {told(j)}") for j in passing])
    silent = [j for j in hit if not j.refused and not j.fell_back and not _reported(j, lines)]
    if silent:
        return failed(
            f"{share(silent, hit, 'journey')} went on as if nothing was wrong",
            [(j, f"{j.case}: {told(j)}") for j in silent],
        )
    return passed(f"{counted(hit, 'answer', 'answers')} off contract ended at the boundary: {', '.join(sorted(used))}")


def _boundaries(healthy: list[Journey]) -> set[str]:
    """The boundaries that the app has, as healthy journeys show them."""
    kinds = {"model": "calls", "store": "retrievals", "tool": "tools"}
    return {name for name, kind in kinds.items() if any(getattr(j, kind) for j in healthy)}


def _handed_on(journey: Journey) -> bool:
    """Whether a model was sent what a store or a tool should not have answered."""
    return any(_RAW.search(turn.text) for call in journey.calls for turn in call.prompt)


def _reported(journey: Journey, lines: list[AppLog]) -> bool:
    """Whether the app logged that something was wrong while the journey was under way."""
    began = journey.exchange.started_s
    return any(began <= line.at_s <= began + journey.seconds + 0.5 and _SAID.search(line.text) for line in lines)
