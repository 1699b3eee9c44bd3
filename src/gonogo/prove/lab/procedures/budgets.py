"""Money is spent up to the daily budget and beyond, over a restart and into the next day; then past every alert."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from gonogo.errors import CollectError
from gonogo.facts import ModelCall
from gonogo.prove.drive.clock import MEND, shifted
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Answer, Script

_CALLS, _MOST, _BURST = 6, 20, 6
_PLENTY = "1000000"
_ALERT_S = 0.4
"""How long an alert gets to arrive."""
_SCRIPT = Script(answers=(Answer(text="{marker} " + "It is all well and will stay so. " * 30),))
"""Long answers: the sum is reached in few calls."""


async def play(play: Play) -> None:
    """Play the daily cap, and then the alerts with the cap lifted."""
    await play.ready()
    await _case(play, "healthy", {}, Send(), start=False)
    spent = _spent(play)
    each = max((f.usd or 0.0 for f in play.session.room.facts if isinstance(f, ModelCall)), default=0.0)
    if not each:
        raise CollectError("no price is known for the models that the app calls, so no budget can be set for it")
    limit = spent + _CALLS * each
    play.measure("daily-budget", limit, "USD")
    capped = _budget(play, daily=limit)
    await _cap(play, capped)
    await _alerts(play, each)


async def _cap(play: Play, capped: Mapping[str, str]) -> None:
    first = Send(journeys="first")
    await _case(play, "within", capped, None)
    for _ in range(_MOST):
        if any((e.status or 0) >= 400 for e in await play.send(first)):
            break
    await _case(play, "beyond", {}, Send(), start=False)
    await play.send(Send(journeys="first", times=_BURST, parallel=_BURST))
    await _case(play, "restarted", capped, first)
    tomorrow = shifted("+1d")
    if tomorrow is None:
        play.cut["next-day"] = f"the clock of the app cannot be shifted here; {MEND}"
        return
    await _case(play, "next-day", {**capped, **tomorrow}, first)


async def _alerts(play: Play, each: float) -> None:
    budgets = play.system.budgets
    lifted = dict(budgets.lifted) if budgets else {}
    if budgets and budgets.monthly_variable:
        today = datetime.now(UTC).date()
        spent = _spent(play, "next-day" if next_is_of_another_month(today) else "")
        month = spent / 0.4
        await _spend(play, "monthly-alerts", {**_budget(play, monthly=month), **lifted}, (month - spent) / each)
    spent = _spent(play, "next-day")
    day = spent / 0.7
    await _spend(play, "daily-alerts", {**_budget(play, daily=day), **lifted}, (1.2 * day - spent) / each)


def next_is_of_another_month(day: date) -> bool:
    """Tell whether the day after is of another month: what was spent then is none of this month's."""
    return (day + timedelta(days=1)).month != day.month


async def _spend(play: Play, case: str, more: Mapping[str, str], calls: float) -> None:
    await _case(play, case, more, Send(journeys="first", times=math.ceil(calls) + 1))
    await asyncio.sleep(_ALERT_S)


async def _case(play: Play, case: str, more: Mapping[str, str], send: Send | None, start: bool = True) -> None:
    session = play.session
    session.room.play(play.scenario.scenario, case, _SCRIPT)
    play.tell(f"{play.scenario.scenario}: {case}")
    if start:
        await play.anew(more)
    if send is not None:
        await play.send(send)
    play.done.append(case)


def _budget(play: Play, daily: float | None = None, monthly: float | None = None) -> dict[str, str]:
    """Return the variables that set budgets in dollars; what is not given is more than can be spent."""
    budgets = play.system.budgets
    named = {
        (budgets and budgets.daily_variable) or "": daily,
        (budgets and budgets.monthly_variable) or "": monthly,
    }
    return {name: _PLENTY if usd is None else f"{usd:.6f}" for name, usd in named.items() if name}


def _spent(play: Play, but: str = "") -> float:
    return sum(f.usd or 0.0 for f in play.session.room.facts if isinstance(f, ModelCall) and f.case != but)
