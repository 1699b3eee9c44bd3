"""Quotas of users and sessions, by the lab: who spends its own is stopped, and nobody else is."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.journeys import of, told, unhealthy
from gonogo.derive.journeys import Journey
from gonogo.facts import ScenarioRun

RESETS = ("retry-after", "x-ratelimit-reset", "ratelimit-reset", "ratelimit")
"""Headers that say when a quota is whole again."""
_KINDS = {
    "user-requests": ("requests of a user", "lab.quotas.user_requests"),
    "user-tokens": ("tokens of a user", "lab.quotas.user_tokens"),
    "session-tokens": ("tokens of a session", "lab.quotas.session_tokens and lab.sessions"),
}


@check("cost.user-session-quota", by="lab", scenario="user-session-quota", needs=(Journey, ScenarioRun))
def user_session_quota_by_lab(journeys: list[Journey], runs: list[ScenarioRun]) -> Answer:
    """Beyond a quota come 429 and a reset time and no model call; other users and sessions are answered."""
    if bad := unhealthy(journeys):
        return bad
    played = [case for case in _KINDS if any(case in run.cases for run in runs)]
    for case in played:
        mine = of(journeys, case)
        gap = _session(mine) if case == "session-tokens" else _user(mine, _KINDS[case][0])
        if gap:
            return gap
    missing = [case for case in _KINDS if case not in played]
    if missing:
        what = ", ".join(_KINDS[case][0] for case in missing)
        keys = ", ".join(_KINDS[case][1] for case in missing)
        return inconclusive(f"no quota was tried of {what}", fix=f"declare {keys} in gonogo.yaml")
    return passed(
        "quotas of a user's requests, a user's tokens and a session's tokens hold, and nobody else is stopped"
    )


def _user(mine: Sequence[Journey], what: str) -> Answer | None:
    """Say what is wrong with a quota of a user; None where nothing is."""
    second = mine[-1]
    sent = mine[:-1]
    if gap := _held(sent, what):
        return gap
    first = next(j for j in sent if j.refused)
    if first.exchange.status != 429:
        return failed(f"beyond the quota of {what} comes no 429", [(first, told(first))])
    if not any(first.exchange.headers.get(name) for name in RESETS):
        return failed(f"the 429 beyond the quota of {what} tells no reset time", [(first, told(first))])
    if not second.answered:
        return failed("a second user is stopped by the quota of the first", [(second, told(second))])
    return None


def _session(mine: Sequence[Journey]) -> Answer | None:
    """Say what is wrong with the quota of a session; None where nothing is."""
    sent = [j for j in mine if not j.exchange.said]
    spent = next(j for j in mine if j.exchange.said == "spent session")
    other = next(j for j in mine if j.exchange.said == "other session")
    if gap := _held([*sent, spent], "tokens of a session"):
        return gap
    if not other.answered:
        return failed("the other session of the same user is stopped as well", [(other, told(other))])
    return None


def _held(sent: Sequence[Journey], what: str) -> Answer | None:
    """Say that a quota refuses everything, holds nobody, or lets calls through to the model beyond it."""
    if not sent[0].answered:
        return inconclusive(
            f"with little left of the {what} not even the first is answered", [(sent[0], told(sent[0]))]
        )
    first = next((n for n, j in enumerate(sent) if j.refused), None)
    if first is None:
        return failed(f"{len(sent)} journeys met no quota of {what}", [(sent[-1], told(sent[-1]))])
    late = [j for j in sent[first:] if j.calls or not j.refused]
    if late:
        return failed(f"beyond the quota of {what} the model is still called", [(j, told(j)) for j in late])
    return None
