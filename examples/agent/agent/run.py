"""One task: the model chooses tools until it answers, and the bounds end what does not end by itself."""

import json
import re
import time
from collections import Counter

from agent import failures, log, metrics, model, tools, watch

MOST_EQUAL = 2
NO_PROGRESS = 5
DEADLINE_S = 15.0
MOST_PART = 2_000
SYSTEM = "You do tasks with the tools that you have. Say plainly what could not be done."


class Away(Exception):
    """The model cannot be reached."""


def task(text, trace, user, journal, id=None):
    """Do a task, or the rest of it that its journal does not have, and keep what it took, and that it failed.

    `id` is given where a task that failed is done again.
    """
    began, spent = time.monotonic(), {"model": 0.0, "tools": 0.0}
    came = ended("it ended by an error", "error", 0)
    try:
        came = steps(text, tools.Desk(trace, user, text, journal), spent)
        return came
    except Away as away:
        came = ended(str(away), "away", 0)
        raise
    finally:
        took = {f"{part}_ms": round(1000 * seconds) for part, seconds in spent.items()}
        took["total_ms"] = round(1000 * (time.monotonic() - began))
        log.line(message="task", trace=trace, user=user, outcome=came["outcome"], **took)
        metrics.task(came["outcome"])
        watch.task(came["outcome"] not in failures.FAILED)
        failures.settle(id or journal.id, came, text=text, trace=trace, user=user)


def steps(text, desk, spent):
    """Take the steps of a task; the outcome is done, waiting, or one of those in failures.FAILED."""
    ends, equal, found = time.monotonic() + DEADLINE_S, Counter(), []
    calls = turns = idle = 0
    seen = set()
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": text}]
    while time.monotonic() < ends:
        began, turns = time.monotonic(), turns + 1
        try:
            said = desk.journal.step(turn, messages, desk, turns, ends)
            spent["model"] += time.monotonic() - began
        except model.Failed as failure:
            spent["model"] += time.monotonic() - began
            if time.monotonic() >= ends:
                break
            if not found:
                raise Away(str(failure)) from None
            return cut("I lost the model; it is not finished.", found, "away", calls)
        uses = said.get("tool_calls") or []
        if not uses:
            return ended(said.get("content") or "", desk.trouble or "done", calls)
        messages.append(said)
        for use in uses:
            name, arguments = use["function"]["name"], use["function"]["arguments"]
            equal[alike(name, arguments)] += 1
            if equal[alike(name, arguments)] > MOST_EQUAL:
                return cut("I stopped: the same step came again and again (loop).", found, "loop", calls)
            if calls >= tools.MOST_CALLS:
                return cut(f"I stopped after {calls} steps; it is not finished.", found, "limit", calls)
            calls += 1
            began = time.monotonic()
            try:
                text = result(name, arguments, desk)
                spent["tools"] += time.monotonic() - began
            except tools.Held as held:
                return cut(f"{name} waits for approval ({held}).", found, "waiting", calls)
            idle = idle + 1 if text in seen else 0
            seen.add(text)
            found += [] if idle or text.startswith("error:") else [text]
            messages.append({"role": "tool", "tool_call_id": use["id"], "content": text})
            if idle >= NO_PROGRESS:
                why = f"I am stuck: {idle} steps in a row brought nothing new; please look at it."
                return cut(why, found, "stuck", calls)
    return cut(f"I ran out of time after {calls} steps; it is not finished.", found, "timeout", calls)


def turn(messages, desk, number, ends):
    """Return what the model says in a turn, on record with what that took."""
    began = time.monotonic()
    said, usage = model.ask(messages, desk.offers, desk.trace, ends)
    rests_on = [m["tool_call_id"] for m in messages if m["role"] == "tool"]
    log.turn(desk.trace, desk.user, number, model.MODEL, usage, time.monotonic() - began, said, rests_on)
    return said


def result(name, arguments, desk):
    """Return what the model reads of a tool call, its failure included."""
    try:
        given = json.loads(arguments)
    except ValueError:
        return "error: the arguments are no JSON"
    try:
        return desk.call(name, given)
    except tools.Failed as failure:
        return f"error: {failure}"


def cut(why, found, outcome, calls):
    """End a task that is not finished: why, and what its finished steps gave."""
    parts = ["So far I found:", *(f"- {text[:MOST_PART]}" for text in found)]
    return ended("\n".join([why, *parts]) if found else why, outcome, calls)


def alike(name, arguments):
    """Return what is equal for calls that differ in their wording alone."""
    return name, " ".join(re.findall(r"\w+", arguments.lower()))


def ended(answer, outcome, calls):
    return {"answer": answer, "outcome": outcome, "calls": calls}
