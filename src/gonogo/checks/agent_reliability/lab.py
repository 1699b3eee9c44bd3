"""Agent reliability, by the lab: what the agent did while its model would not stop and its tools failed."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from gonogo.checks.agents import asked_after, done, idle, shown, told_as
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import of
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, ScenarioRun, ToolCall

SLACK_S = 0.5
"""What is allowed on top of a limit for the measurement itself."""
_CODE = re.compile(r"code|exec|python|shell|bash|command", re.IGNORECASE)
_LOOP = re.compile(r"\bloop", re.IGNORECASE)
_FAILURE = re.compile(r"error|fail|timed? ?out|could not|unavailable|no (?:answer|result)|exception", re.IGNORECASE)


@check("agent-reliability.iteration-limit", by="lab", scenario="iteration-limit", needs=(Journey, ScenarioRun))
def iteration_limit_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """A model that always asks for one more, different call is ended at the cap, with something for the user."""
    if bad := idle(journeys, runs, "four-calls", "endless"):
        return bad
    endless = of(journeys, "endless")
    over = [j for j in endless if len(j.tools) > limits.iterations]
    if over:
        return failed(f"one request made {max(len(j.tools) for j in over)} tool calls", shown(over))
    unended = [j for j in endless if not j.ended_within(j.seconds) or (j.exchange.status or 0) >= 500]
    if unended:
        return failed(f"{share(unended, endless, 'run')} ended without a result", shown(unended))
    short = [j for j in of(journeys, "four-calls") if not j.answered or len(j.tools) < FEW]
    if short:
        return inconclusive(f"a task of {FEW} calls was not finished, so the cap may be none", shown(short))
    return passed(f"ended after at most {counted(max(len(j.tools) for j in endless), 'call', 'calls')}", shown(endless))


FEW, MANY = 4, 6
"""Calls of the tasks that must be finished: cases `four-calls` and `six-calls`."""


@check("agent-reliability.loop-detection", by="lab", scenario="loop-detection", needs=(Journey, ScenarioRun, AppLog),
       optional=(AppLog,))  # fmt: skip
def loop_detection_by_lab(journeys: list[Journey], runs: list[ScenarioRun], logs: list[AppLog], limits: Any) -> Answer:
    """Calls that repeat, alternate or differ in wording alone are stopped as a loop; six different ones are not."""
    cases = ("repeated", "alternating", "reworded")
    if bad := idle(journeys, runs, "six-calls", *cases):
        return bad
    looping = of(journeys, *cases)
    again = [(j, f"{most} equal calls; {done(j)}") for j in looping if (most := _most_equal(j)) > limits.repeats]
    if again:
        return failed(f"{share(again, looping, 'run')} went on repeating itself", again)
    stopped = [j for j in of(journeys, "six-calls") if not j.answered or len(j.tools) < MANY]
    if len(stopped) > limits.false_stops:
        return failed(
            f"{share(stopped, of(journeys, 'six-calls'), 'run')} of different calls did not finish", shown(stopped)
        )
    unnamed = [j for j in looping if not told_as(_LOOP, j, logs)]
    if unnamed:
        return failed(f"{share(unnamed, looping, 'run')} ended, and not as a loop", shown(unnamed))
    return passed(f"{counted(looping, 'loop was', 'loops were')} stopped", shown(looping))


def _most_equal(journey: Journey) -> int:
    """How often the most frequent call came, wording aside: case, spaces and punctuation."""
    equal = Counter((t.tool, " ".join(re.findall(r"\w+", t.arguments.lower()))) for t in journey.tools)
    return max(equal.values(), default=0)


@check("agent-reliability.tool-timeouts", by="lab", scenario="tool-timeouts", needs=(Journey, ScenarioRun))
def tool_timeouts_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """A tool that hangs or drips is given up at its limit, and the agent takes its next step; a slow one may answer."""
    if bad := idle(journeys, runs, "slow", "hang", "drip"):
        return bad
    tried = [(j, t) for j in of(journeys, "hang", "drip") for t in j.tools if t.fault]
    if not tried:
        return inconclusive("the silence of the tool reached no call", shown(of(journeys, "hang", "drip")))
    longest = [(j, t, _limit(t, limits), t.ended_s) for j, t in tried]
    held = [(j, f"{t.tool}: {_held(ended)}; {done(j)}") for j, t, most, ended in longest
            if ended is None or ended > most + SLACK_S]  # fmt: skip
    if held:
        return failed(f"{share(held, tried, 'call')} of a silent tool went on beyond its limit", held)
    stuck = [j for j, t in tried if asked_after(j, t) is None and not j.well_formed]
    if stuck:
        return failed(f"{share(stuck, tried, 'run')} took no next step after the tool was given up", shown(stuck))
    hasty = [j for j in of(journeys, "slow") if not j.answered or any(t.aborted for t in j.tools)]
    if hasty:
        return failed("a tool that answers within a second was given up", shown(hasty))
    most = max(ended or 0.0 for _, _, _, ended in longest)
    return passed(
        f"{counted(tried, 'silent call', 'silent calls')} given up within {most:.1f} s", shown(j for j, _ in tried)
    )


def _limit(call: ToolCall, limits: Any) -> float:
    """The limit of a tool's class: tools that run code may take longer."""
    return float(limits.code_s if _CODE.search(call.tool) else limits.api_s)


def _held(ended_s: float | None) -> str:
    return "never given up" if ended_s is None else f"given up after {ended_s:.1f} s"


@check(
    "agent-reliability.tool-failure-fallback", by="lab", scenario="tool-failure-fallback", needs=(Journey, ScenarioRun)
)
def tool_failure_fallback_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """After a tool failed, the model reads that it failed, or the user is told; nobody is told that it was done."""
    cases = ("error-result", "errors", "reset")
    if bad := idle(journeys, runs, *cases):
        return bad
    tried = [j for j in of(journeys, *cases) if any(t.fault for t in j.tools)]
    if len({j.case for j in tried}) < len(cases):
        return inconclusive("not every failure of a tool reached a call", shown(of(journeys, *cases)))
    hidden = [j for j in tried if not _knows(j)]
    if len(hidden) > limits.false_claims:
        return failed(f"{share(hidden, tried, 'run')} went on as if the tool had done its work", shown(hidden))
    return passed(f"after {counted(tried, 'failure', 'failures')} the model was told, or the user", shown(tried))


def _knows(journey: Journey) -> bool:
    """Whether the failure was told: to the model in the result that it reads, or to the user in words or a status."""
    first = next(t for t in journey.tools if t.fault)
    later = asked_after(journey, first)
    read = " ".join(t.text for t in later.prompt if t.role == "tool") if later else ""
    told = journey.exchange.answer if later is None else ""
    return bool(_FAILURE.search(read) or _FAILURE.search(told) or journey.refused)


@check("agent-reliability.agent-edge-cases", by="lab", scenario="agent-edge-cases", needs=(Journey, ScenarioRun))
def agent_edge_cases_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """Broken tool results and strange tasks end in an answer or a clear refusal, and the agent goes on working."""
    broken = ("truncated", "malformed", "wrong-type", "empty", "nothing", "html", "garbage")
    if bad := idle(journeys, runs, *broken, "tasks", "after"):
        return bad
    tried = of(journeys, *broken, "tasks")
    met = {j.case for j in tried if any(t.fault for t in j.tools)}
    if unmet := set(broken) - met:
        return inconclusive(f"no call met the result {sorted(unmet)[0]}", shown(of(journeys, *broken)))
    crashed = [j for j in tried if j.exchange.error or (j.exchange.status or 0) >= 500 or j.exchange.exit_code]
    if len(crashed) > limits.crashes:
        return failed(f"{share(crashed, tried, 'run')} crashed", shown(crashed))
    lost = [j for j in of(journeys, "after") if not j.answered]
    if lost:
        return failed("afterwards a task that went well before got no answer", shown(lost))
    return passed(f"{counted(tried, 'run', 'runs')} ended in an answer or a refusal", shown(tried))
