"""What one request may cost, by the lab: a huge text is stopped before the model is asked, and tokens are counted."""

from __future__ import annotations

import json
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.checks.records import records
from gonogo.derive import prices
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, ModelCall, ScenarioRun

_HUGE = "hundredfold"
_CASES = ("tokens-over", "bytes-over", _HUGE)
_ESTIMATES = ("estimated_tokens", "estimated_input_tokens", "token_estimate", "tokens_estimated", "estimate")
_BILLED = ("input_tokens", "prompt_tokens", "usage", "billed_tokens", "tokens_in")


@check("cost.per-request-budget", by="lab", scenario="input-size-limit", needs=(Journey, ScenarioRun))
def per_request_budget_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """No call can cost more than the maximum, and who asks for one that would is told so."""
    if bad := unhealthy(journeys) or unplayed(runs, _HUGE):
        return bad
    calls = [(j, c, _most(c)) for j in journeys for c in j.calls if c.operation == "chat"]
    dear = [(j, c, usd) for j, c, usd in calls if usd is not None and usd > limits.max_cost_usd]
    if dear:
        return failed(
            f"{counted(dear, 'model call', 'model calls')} can cost more than ${limits.max_cost_usd:g}",
            [(j, f"up to ${usd:.2f}: {c.request_bytes} bytes to {c.model}") for j, c, usd in dear],
        )
    unknown = sorted({c.model for _, c, usd in calls if usd is None})
    if unknown:
        return inconclusive(f"no price or no limit of its output is known for {', '.join(unknown)}")
    large = [j for j in of(journeys, *_CASES) if not j.calls]
    refused = [j for j in large if 400 <= (j.exchange.status or 0) < 500]
    silent = [j for j in large if j not in refused and j.exchange.status is not None]  # a cut may hide the refusal
    if silent or not refused:
        return failed("who asks for too much is not told so", [(j, told(j)) for j in silent or large])
    most = max(usd for _, _, usd in calls if usd is not None)
    return passed(f"{counted(calls, 'model call', 'model calls')}, each ${most:.4f} at most; a huge text is refused")


def _most(call: ModelCall) -> float | None:
    """Return what a call costs at most: its request, a token for four bytes, and all the output it allows."""
    if call.max_output_tokens is None:
        return None
    return prices.usd(call.model, call.request_bytes // 4, call.max_output_tokens)


@check(
    "cost.tokens-counted-before-call",
    by="lab",
    scenario="input-size-limit",
    needs=(Journey, ScenarioRun, AppLog),
    optional=(AppLog,),
)
def tokens_counted_before_call_by_lab(journeys: list[Journey], runs: list[ScenarioRun], lines: list[AppLog]) -> Answer:
    """A text over the limit is refused or cut before the model is asked; records hold an estimate beside the bill."""
    if bad := unhealthy(journeys) or unplayed(runs, *_CASES):
        return bad
    usual = max(c.request_bytes for j in of(journeys, "healthy") for c in j.calls)
    whole = [(j, c) for j in of(journeys, *_CASES) for c in j.calls if c.request_bytes > max(64_000, 20 * usual)]
    if whole:
        return failed(
            f"{counted(whole, 'text', 'texts')} far too long went to the model as they came",
            [(j, f"{c.request_bytes} bytes; {told(j)}") for j, c in whole],
        )
    calls = [r for _, r in records(lines) if "model" in r and any(name in r for name in _BILLED)]
    if not calls:
        return inconclusive(
            "no record of a model call was found", fix="name its file: lab: {call_log: ...} in gonogo.yaml"
        )
    bare = [r for r in calls if not any(name in r for name in _ESTIMATES)]
    if bare:
        return failed(
            f"{counted(bare, 'record', 'records')} of a model call without an estimate beside the billed tokens",
            [(journeys[0], json.dumps(bare[0])[:200])],
            fix="Count the tokens before the call, and log the estimate beside the provider's usage.",
        )
    return passed("texts far too long never reach the model, and each record has an estimate beside the bill")
