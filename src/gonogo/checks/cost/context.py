"""How much context is sent, by the lab: a bounded history, and passages instead of documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.cost.lab import chat
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.derive import marks
from gonogo.derive.journeys import Journey
from gonogo.facts import Declaration, ScenarioRun

LATER = 10
"""A turn so far into a chat has something behind it."""


@check("cost.context-trimmed", by="lab", scenario="context-trimmed", needs=(Journey, Declaration, ScenarioRun))
def context_trimmed_by_lab(
    journeys: list[Journey], declared: list[Declaration], runs: list[ScenarioRun], limits: Any
) -> Answer:
    """Whatever was said and found before, a request stays within the budget of its route and holds what matters."""
    if bad := unhealthy(journeys) or unplayed(runs, "chat"):
        return bad
    budgets: dict[str, int] = next((d.system.lab.context for d in declared if d.system.lab), {})
    if limits.context_budget_tokens != "declared":
        return inconclusive(
            "context_budget_tokens is declared by route", fix="say in lab.context of gonogo.yaml what each has"
        )
    turns, found = of(journeys, "chat"), of(journeys, "documents")
    dear = [j for j in (*turns, *found) if _tokens(j) > budgets.get(j.exchange.name, 0)]
    if dear:
        worst = max(dear, key=_tokens)
        where = (
            f"turn {_turn(turns, worst)} of a chat" if worst.case == "chat" else "a search that finds long documents"
        )
        return failed(
            f"{where} sends {_tokens(worst)} tokens, and {worst.exchange.name} may send {budgets[worst.exchange.name]}",
            [(j, f"{_tokens(j)} tokens") for j in dear],
        )
    silent = [j for j in (*turns, *found) if not chat(j)]
    if silent:
        return inconclusive("turns of the chat made no model call", [(j, told(j)) for j in silent[:3]])
    carries = [j.exchange.name for j in turns if _carried(turns, j)]
    bare = [j for j in found if not _holds(j, marks.PASSAGES)]
    if found and bare:
        return failed(
            "the passage that matters is not among what is sent of long documents", [(j, told(j)) for j in bare]
        )
    if not carries and not found:
        return inconclusive(
            "no request carried anything of what was said before, so nothing had to be trimmed", turns[-1:],
            fix="declare as lab.context a journey that is a conversation: the same body continues it",
        )  # fmt: skip
    most = max(_tokens(j) for j in (*turns, *found))
    what = "a chat and documents" if found and carries else "documents" if found else "a chat"
    return passed(f"requests of {what} carried {most} tokens at most, within the budget of each route")


def _tokens(journey: Journey) -> int:
    """Return the tokens of the longest request; of a stream, which may state none, about as many as it has bytes."""
    return max((c.input_tokens or c.request_bytes // 4 for c in chat(journey)), default=0)


def _turn(turns: Sequence[Journey], journey: Journey) -> int:
    mine = [j for j in turns if j.exchange.name == journey.exchange.name]
    return mine.index(journey) + 1


def _carried(turns: Sequence[Journey], journey: Journey) -> bool:
    """Tell whether a later turn sends what was said in the one before it."""
    number = _turn(turns, journey)
    return number > LATER and _holds(journey, [marks.turn(number - 1)])


def _holds(journey: Journey, words: Any) -> bool:
    prompt = "\n".join(turn.text for call in chat(journey) for turn in call.prompt)
    return any(word in prompt for word in words)
