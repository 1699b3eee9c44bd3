"""Cost, by the lab: what each model call that was seen carries."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, not_applicable, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import told, unhealthy
from gonogo.derive.journeys import Journey
from gonogo.facts import ModelCall


@check("cost.max-tokens-set", by="lab", scenario="observe", needs=(Journey,))
def max_tokens_set_by_lab(journeys: list[Journey], limits: Any) -> Answer:
    """Every chat call that was seen carries a limit of its output."""
    if bad := unhealthy(journeys) or uncalled(journeys):
        return bad
    calls = [(j, c) for j in journeys for c in chat(j)]
    without = [(j, f"{c.model}: no output limit") for j, c in calls if c.max_output_tokens is None]
    if 100 * (len(calls) - len(without)) < limits.requests_with_limit * len(calls):
        return failed(share(without, calls, "model call", "has no output limit", "have no output limit"), without)
    most = max(c.max_output_tokens or 0 for _, c in calls)
    return passed(f"{counted(calls, 'model call', 'model calls')}, each limited to {most} tokens at most")


@check("cost.prompt-caching", by="lab", scenario="observe", needs=(Journey,))
def prompt_caching_by_lab(journeys: list[Journey], limits: Any) -> Answer:
    """What stands before the user's words is the same, byte by byte, in all first calls of a route."""
    if bad := unhealthy(journeys) or uncalled(journeys):
        return bad
    routes: dict[str, list[tuple[Journey, ModelCall]]] = {}
    for journey in journeys:
        routes.setdefault(journey.exchange.name, []).append((journey, chat(journey)[0]))
    longest = max(c.lead_tokens for calls in routes.values() for _, c in calls)
    asked = {n: calls for n, calls in routes.items() if max(c.lead_tokens for _, c in calls) > limits.prefix_tokens}
    if not asked:
        return not_applicable(f"the longest leading block has {longest} tokens, too few for a provider to keep it")
    single = [name for name, calls in asked.items() if len(calls) < 2]
    if single:
        return inconclusive(f"{', '.join(single)} was seen once only", fix="gonogo lab --scenario observe")
    changing = {n: calls for n, calls in asked.items() if len({c.lead for _, c in calls}) > 1}
    if changing:
        return failed(
            f"the leading block of {', '.join(changing)} changes from call to call, so that no cache can hit",
            [(j, f"{c.lead_tokens} tokens before the user's words") for calls in changing.values() for j, c in calls],
        )
    if any(c.protocol == "anthropic_messages" for calls in asked.values() for _, c in calls):
        return inconclusive("the leading block is stable; whether it carries the cache marker was not looked at")
    return passed(f"the leading block of {', '.join(asked)} is the same in each call, {longest} tokens at most")


def chat(journey: Journey) -> list[ModelCall]:
    """Return the calls of a journey that make text."""
    return [c for c in journey.calls if c.operation == "chat"]


def uncalled(journeys: list[Journey]) -> Answer | None:
    """Say that journeys called no model, so that nothing was seen of them; None where each did."""
    silent = [j for j in journeys if not chat(j)]
    if not silent:
        return None
    names = ", ".join(sorted({j.exchange.name for j in silent}))
    return inconclusive(f"no model call was seen for {names}", [(j, told(j)) for j in silent])
