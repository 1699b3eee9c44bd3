"""Which model answers what, by the lab: the rules are kept, and what the cheap model cannot do goes up once."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.cost.lab import chat
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import Declaration, ScenarioRun
from gonogo.facts.lab_declaration import Tier

FEWEST = 5
"""Labelled questions that each tier needs: of fewer, luck cannot be told from rules."""


@check("cost.routing-rules", by="lab", scenario="routing-rules", needs=(Journey, Declaration, ScenarioRun))
def routing_rules_by_lab(
    journeys: list[Journey], declared: list[Declaration], runs: list[ScenarioRun], limits: Any
) -> Answer:
    """Of the labelled questions so many go to the model that the rules name."""
    if bad := unhealthy(journeys) or unplayed(runs, "labelled"):
        return bad
    tiers = _tiers(declared)
    thin = [t.model for t in tiers if len(t.texts) < FEWEST]
    if thin:
        return inconclusive(
            f"fewer than {FEWEST} questions are labelled for {', '.join(thin)}",
            fix="add texts to lab.tiers[] in gonogo.yaml",
        )
    wanted = {text: tier.model for tier in tiers for text in tier.texts}
    asked = [j for j in of(journeys, "labelled") if j.exchange.said in wanted]
    silent = [j for j in asked if not chat(j)]
    if silent or not asked:
        return inconclusive(
            f"{counted(silent, 'labelled question', 'labelled questions')} made no model call",
            [(j, told(j)) for j in silent],
        )
    wrong = [j for j in asked if chat(j)[0].model != wanted[j.exchange.said]]
    if 100 * (len(asked) - len(wrong)) < limits.match * len(asked):
        return failed(
            f"{share(wrong, asked, 'labelled question')} went to another model than the rules say",
            [(j, f"{chat(j)[0].model}, not {wanted[j.exchange.said]}: {j.exchange.said[:80]}") for j in wrong],
        )
    kept = len(asked) - len(wrong)
    return passed(f"{kept} of {len(asked)} labelled questions went to the model that the rules name")


@check("cost.routing-escalation", by="lab", scenario="routing-escalation", needs=(Journey, Declaration, ScenarioRun))
def routing_escalation_by_lab(journeys: list[Journey], declared: list[Declaration], runs: list[ScenarioRun]) -> Answer:
    """Where the cheap model is unsure or says nothing the stronger one is asked once, and its answer is given."""
    if bad := unhealthy(journeys) or unplayed(runs, "sure", "nothing"):
        return bad
    cheap, *stronger = _tiers(declared)
    if cut := unplayed(runs, "unsure", "all-unsure"):
        return inconclusive(
            cut.summary, fix="say in lab.tiers[0].doubtful what the cheap model says where it is unsure"
        )
    up = {t.model for t in stronger}
    for journey in of(journeys, "sure", "nothing", "unsure", "all-unsure"):
        if not chat(journey) or chat(journey)[0].model != cheap.model:
            return inconclusive(f"{cheap.model} is not asked first, so nothing can go up", [(journey, told(journey))])
    wasted = [j for j in of(journeys, "sure") if any(c.model in up for c in chat(j))]
    if wasted:
        return failed("a good answer of the cheap model goes up as well", [(j, told(j)) for j in wasted])
    for journey in of(journeys, "nothing", "unsure"):
        what = "says nothing" if journey.case == "nothing" else "is unsure"
        asked = [c for c in chat(journey) if c.model in up]
        if not asked:
            return failed(f"where {cheap.model} {what} no stronger model is asked", [(journey, told(journey))])
        if len(asked) > 1:
            return failed(
                f"where {cheap.model} {what} a stronger model is asked {len(asked)} times", [(journey, told(journey))]
            )
        by = journey.answered_by
        if by is None or by.model not in up:
            return failed(
                f"where {cheap.model} {what} the user does not get the stronger answer", [(journey, told(journey))]
            )
    again = [j for j in of(journeys, "all-unsure") if sum(c.model in up for c in chat(j)) > 1]
    if again:
        return failed("where the stronger model is unsure too it is asked again", [(j, told(j)) for j in again])
    budget = next((d.system.budgets.per_request_usd for d in declared if d.system.budgets), None)
    dear = [j for j in of(journeys, "nothing", "unsure", "all-unsure") if budget is not None and j.usd > budget]
    if dear:
        return failed(f"going up costs more than the ${budget:g} of a request", [(j, f"${j.usd:.4f}") for j in dear])
    return passed(f"what {cheap.model} is unsure of goes up once, and the stronger answer is given")


def _tiers(declared: list[Declaration]) -> tuple[Tier, ...]:
    return next((d.system.lab.tiers for d in declared if d.system.lab), ())
