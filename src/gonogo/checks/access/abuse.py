"""Patterns of abuse, by the lab: each ends in a block and an event, and a heavy user is left alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import beside, of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, ChannelMessage, ScenarioRun

PATTERNS = {
    "guessing": "guessed credentials",
    "many-keys": "many keys of one address",
    "refusals": "a burst of bad requests",
    "scraping": "a walk over addresses of objects",
}
_BLOCKED = (403, 429)
_EVENT = re.compile(r"(?i)\bblock|\bban(?:ned|s)?\b|lock(?:ed)?[ _-]?out|throttl|abus|brute|suspic|penal|flagged")


@check(
    "access.abuse-detection",
    by="lab",
    scenario="abuse-detection",
    needs=(Journey, ScenarioRun, AppLog, ChannelMessage),
    optional=(AppLog, ChannelMessage),
)
def abuse_detection_by_lab(
    journeys: list[Journey], runs: list[ScenarioRun], lines: list[AppLog], messages: list[ChannelMessage], limits: Any
) -> Answer:
    """Each pattern is blocked within the time, an event says so, and a heavy user is answered throughout."""
    if bad := unhealthy(journeys) or unplayed(runs, "heavy-user", *PATTERNS):
        return bad
    stopped = [j for j in of(journeys, "heavy-user") if not j.answered]
    if len(stopped) > limits.false_block:
        heavy = counted(of(journeys, "heavy-user"), "request", "requests")
        return failed(f"a user who did nothing wrong was stopped within {heavy}", [(j, told(j)) for j in stopped])
    counts = []
    for case, what in PATTERNS.items():
        mine = beside(journeys, case)
        told_of: list[AppLog | ChannelMessage] = [*lines, *messages]
        if gap := _unstopped(mine, what, [e for e in told_of if e.case == case], limits.detect_s):
            return gap
        counts.append(_first(mine) or 0)
    return passed(
        f"{counted(PATTERNS, 'pattern', 'patterns')} of abuse were blocked, after {max(counts)} requests at most, "
        "each with an event; a heavy user was not"
    )


def _unstopped(
    mine: Sequence[Journey], what: str, events: Sequence[AppLog | ChannelMessage], limit_s: float
) -> Answer | None:
    """Say that a pattern met no block, or nothing tells of it; None where both were seen."""
    if not mine:
        return inconclusive(f"nothing was sent of {what}")
    number = _first(mine)
    if number is None:
        return failed(f"{what}: {counted(mine, 'request', 'requests')} met no block", [(mine[-1], told(mine[-1]))])
    block = mine[number]
    took = block.exchange.started_s - mine[0].exchange.started_s
    if took > limit_s:
        return failed(f"{what}: the block came after {took:.0f} s", [(block, told(block))])
    later = [j for j in mine[number + 1 :] if j.exchange.status not in _BLOCKED]
    if later:
        return failed(f"{what}: the block does not last", [(later[0], told(later[0]))])
    if not any(_EVENT.search(e.text) and e.at_s >= mine[0].exchange.started_s for e in events):
        return failed(f"{what}: a block and no event that says so", [(block, told(block))])
    return None


def _first(mine: Sequence[Journey]) -> int | None:
    """Return the number of the first request that was answered as a blocked caller is, None where none was."""
    usual = mine[0].exchange.status
    found = (n for n, j in enumerate(mine) if j.exchange.status in _BLOCKED and j.exchange.status != usual)
    return next(found, None)
