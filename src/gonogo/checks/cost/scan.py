"""Cost, by reading: every call limits its output."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.catalog.limits import Limits
from gonogo.checks.calls import Calls, Verdict, explicitly_none, of_calls, told
from gonogo.checks.check import Answer, check, failed, not_collected, passed
from gonogo.checks.counts import counted
from gonogo.facts import Declaration, Evidence, ModelCallSite

FULL = 100.0
"""Per cent of the budget at which the money is gone."""
ALERTS_BELOW = 2


@of_calls("cost.max-tokens-set")
def max_tokens_set_by_scan(calls: Calls, limits: Limits) -> Answer:
    """Every call that generates text passes an output limit, or goes through a gateway that sets one."""
    least = limits.requests_with_limit
    return calls.weigh(
        _limit,
        good=("limits its output", "limit their output"),
        bad=(f"limits no output ({least:g} % must)", f"limit no output ({least:g} % must)"),
        unknown=("has an output limit that reading cannot resolve", "have output limits that reading cannot resolve"),
        text_only=True,
        least=least,
    )


def _limit(site: ModelCallSite) -> Verdict:
    if site.max_output_tokens.origin == "dynamic":
        return "unknown", f"its output limit is {told(site.max_output_tokens)}"
    if site.max_output_tokens.value is not None:
        return "good", f"at most {told(site.max_output_tokens)} tokens"
    if site.sdk == "anthropic" or (site.client or "").endswith("ChatAnthropic"):
        return "good", "the API takes no request without a limit"
    if explicitly_none(site.max_output_tokens):
        return "bad", "the output limit is switched off with None"
    return "bad", "no output limit is set"


@check("cost.budget-alerts", by="scan", needs=(Declaration,))
def budget_alerts_by_scan(declarations: Sequence[Declaration]) -> Answer:
    """At least two alerts are declared below the monthly limit, with a channel that they go to."""
    declared = declarations[-1]
    budgets = declared.system.budgets
    if declared.drafted or budgets is None or budgets.monthly_usd is None:
        return not_collected("no monthly budget is declared", fix="declare `budgets:` in gonogo.yaml")
    place = Evidence(declared.path, declared.lines.get("budgets"), f"alert_percent: {list(budgets.alert_percent)}")
    below = {share for share in budgets.alert_percent if 0 < share < FULL}
    if len(below) < ALERTS_BELOW:
        said = counted(below, "alert is", "alerts are")
        return failed(f"{said} declared below the monthly limit, {ALERTS_BELOW} are needed", [place])
    if not budgets.alert_channel:
        return failed("no channel is declared that budget alerts go to", [place])
    return passed(f"{len(below)} alerts below the monthly limit go to {budgets.alert_channel}", [place])
