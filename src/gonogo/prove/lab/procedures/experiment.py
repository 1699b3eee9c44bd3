"""Two experiments: one in which both versions fare alike, and one in which the new one is better as planned."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from typing import Any

from gonogo.errors import CollectError
from gonogo.facts import ModelCall, Prediction
from gonogo.facts.declaration import Experiment, Feedback, Journey, PredictionEndpoint
from gonogo.prove.drive.answers import value_at
from gonogo.prove.drive.asking import ask
from gonogo.prove.lab.needs import predicting
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.records import UNSEEN, feedback, takes_whole_numbers, usual_output
from gonogo.prove.lab.script import Script

_CASES = {"same": False, "better": True}
_AGAIN = 20
"""Users who ask a second time: they must get the version that they had."""
_RATED_UP = 0.6
"""The share of good ratings of the version in use."""
_GOLDEN = 0.6180339887
"""Multiples of it, less their whole part, fill the numbers from 0 to 1 evenly, however many there are."""
_CLEAR, _WIDEST = 4.0, 0.57
"""How many standard errors the planned effect is made; how far errors scatter around their mean at most."""
_ANALYSIS_S = 60.0


async def play(play: Play) -> None:
    """Play both, each under a name of its own."""
    await play.ready()
    deployment = play.system.deployment
    plan = deployment.experiment if deployment else None
    assert plan is not None  # noqa: S101  (the scenario needs it)
    endpoint, journey = next(
        ((e, j) for e, j in predicting(play.system) if e.id and e.accuracy and e.feedback and e.feedback.label),
        (None, next((j for j in play.system.journeys if j.feedback and j.id and j.feedback.label), None)),
    )
    if journey is None:
        raise CollectError(
            "it is not declared how outcomes reach the experiment",
            mend="declare predictions[].id, .accuracy and .feedback with its label, or journeys[].id and .feedback",
        )
    usual = usual_output(endpoint) if endpoint else None
    script = Script(predictions={} if usual is None else {"*": usual})
    for case, better in _CASES.items():
        await play.anew({k: v.replace("{name}", case) for k, v in plan.environment.items()})
        play.session.room.play(play.scenario.scenario, case, script)
        play.tell(f"{play.scenario.scenario}: {case}")
        await _run(play, plan, endpoint, journey, better)
        await _analysed(play, plan, case)
        play.done.append(case)


async def _run(
    play: Play, plan: Experiment, endpoint: PredictionEndpoint | None, journey: Journey, better: bool
) -> None:
    """Let every user ask once and tell the outcome; then let some ask again."""
    room = play.session.room
    given = endpoint.feedback if endpoint else journey.feedback
    pointer = endpoint.id if endpoint else journey.id
    assert given is not None  # noqa: S101  (the caller looked)
    assert pointer is not None  # noqa: S101
    before, arms, told = len(room.facts), Counter[bool](), 0
    first: dict[int, bool] = {}
    for user in range(plan.users):
        new, body = await _asked(play, plan, journey, user)
        if new is None:
            continue
        first[user] = new
        value = value_at(body, endpoint.output) if endpoint else None
        label = _outcome(plan, endpoint, given, value, arms[new], better and new)
        arms[new] += 1
        id = value_at(body, pointer)
        came = await play.session.ask(feedback(given, journey, str(id), label), "feedback")
        told += came.status is not None and came.status < 300
        if user % 50 == 0:
            play.forget(before)
    again = [await _asked(play, plan, journey, user) for user in list(first)[:_AGAIN]]
    moved = sum(new is not None and new != first[user] for (new, _), user in zip(again, list(first), strict=False))
    play.forget(before)
    play.measure("users-new", arms[True], "users")
    play.measure("users-usual", arms[False], "users")
    play.measure("outcomes", told, "users")
    play.measure("moved", moved, "users")


async def _asked(play: Play, plan: Experiment, journey: Journey, user: int) -> tuple[bool | None, str]:
    """Ask as a user; return whether the new version was called (None where no model was), and the body."""
    facts = play.session.room.facts
    before = len(facts)
    asked = ask(journey, play.new_id(), headers={plan.unit: f"user-{user:05d}"})
    came = await play.session.ask(dataclasses.replace(asked, name="user"))
    play.sent += 1
    calls = [f for f in facts[before:] if isinstance(f, ModelCall | Prediction)]
    new = any(plan.model in (c.model, getattr(c, "version", "")) for c in calls)
    return (new if calls and came.status is not None and came.status < 300 else None), came.body


def _outcome(
    plan: Experiment, endpoint: PredictionEndpoint | None, given: Feedback, value: Any, number: int, better: bool
) -> Any:
    """Return the outcome of the `number`th user of a version: the same series for both, but for the planned effect."""
    u = (number + 1) * _GOLDEN % 1
    if endpoint is None or endpoint.accuracy is None:
        return given.up if u < min(1.0, _RATED_UP + plan.effect * better) else given.down
    accuracy = endpoint.accuracy
    if accuracy.metric == "accuracy":
        right = u < min(1.0, accuracy.baseline + plan.effect * better)
        return value if right else next((c for c in endpoint.classes if c != value), UNSEEN)
    spread = min(_WIDEST, plan.effect * math.sqrt(plan.users / 4) / _CLEAR)
    off = accuracy.baseline * (1 - plan.effect * better) * (1 + spread * math.sqrt(3) * (2 * u - 1))
    label = value / (1 + off) if accuracy.metric == "mape" else value - off
    return round(label) if takes_whole_numbers(given) else label


async def _analysed(play: Play, plan: Experiment, case: str) -> None:
    """Let the team's own analysis compare both."""
    command = [word.replace("{name}", case) for word in plan.analysis]
    ran = await play.session.box.run(command, environment=play.session.environment(), timeout_s=_ANALYSIS_S)
    out = ran.stdout.decode("utf-8", "replace")
    p = value_at(out, plan.p_value)
    known = isinstance(p, int | float) and not isinstance(p, bool) and math.isfinite(p)
    said = out.strip() or ran.stderr.decode("utf-8", "replace").strip()
    play.measure("p-value", p if known else -1, "", text=said[-300:])
