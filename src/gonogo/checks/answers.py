"""Reading the exchanges of a probe: which were sent for a question, which came back, what they say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from gonogo.checks.check import Answer, inconclusive, not_collected
from gonogo.facts import Exchange, ProbeBudget

ENVIRONMENT_FIX = "gonogo check --env NAME, with the environment's url in gonogo.yaml"


def sent_for(exchanges: Iterable[Exchange], purpose: str) -> list[Exchange]:
    """Return the exchanges that were sent for one question."""
    return [e for e in exchanges if e.purpose == purpose]


def unanswered(exchanges: Sequence[Exchange], purpose: str) -> Answer | None:
    """Say that a question was not put, or got no answer at all; None where there is something to judge."""
    mine = sent_for(exchanges, purpose)
    if any(e.status is not None for e in mine):
        return None
    silent = mine or [e for e in exchanges if e.error]
    if silent:
        return inconclusive(
            "the environment gave no answer",
            [(e, e.error or "") for e in silent[:3]],
            fix="start it, or correct its url",
        )
    return not_collected(f"the probe did not get to it ({purpose})", fix=ENVIRONMENT_FIX)


def cut_short(budgets: Iterable[ProbeBudget], purpose: str) -> Answer | None:
    """Say that the probe ended amid a question: what was well until then is no pass. None where it was put whole."""
    if not any(purpose in b.left_out for b in budgets):
        return None
    return inconclusive(
        f"the probe ended before all was asked ({purpose})", fix="raise `request_budget:` of the environment"
    )


def json_body(exchange: Exchange) -> Any:
    """Return the parsed body; None where it is no JSON or was cut."""
    try:
        return json.loads(exchange.body)
    except (ValueError, RecursionError):
        return None
