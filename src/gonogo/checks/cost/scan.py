"""Cost, by reading: every call limits its output."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.catalog.limits import Limits
from gonogo.checks.calls import Verdict, behind_gateway, explicitly_none, production, told, weigh
from gonogo.checks.check import Answer, check, failed, not_collected, passed
from gonogo.facts import Declaration, Evidence, ModelCallSite, SourceTree, UnreadableFile

FULL = 100.0
"""Per cent of the budget at which the money is gone."""
ALERTS_BELOW = 2


@check(
    "cost.max-tokens-set", by="scan", needs=(SourceTree, ModelCallSite, Declaration, UnreadableFile),
    optional=(ModelCallSite, Declaration, UnreadableFile),
)  # fmt: skip
def max_tokens_set_by_scan(
    trees: Sequence[SourceTree],
    sites: Sequence[ModelCallSite],
    declarations: Sequence[Declaration],
    unread: Sequence[UnreadableFile] = (),
    *,
    limits: Limits,
) -> Answer:
    """Every call that generates text passes an output limit, or goes through a gateway that sets one."""

    def judge(site: ModelCallSite) -> Verdict:
        if behind_gateway(site, declarations):
            return "good", "goes through the declared gateway"
        return _limit(site)

    return weigh(
        production(sites, text_only=True),
        trees,
        judge,
        good="limit their output",
        bad=f"limit no output ({limits.requests_with_limit:g} % must)",
        unknown="have an output limit that reading cannot resolve",
        unread=unread,
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
        return failed(f"{len(below)} alerts are declared below the monthly limit, {ALERTS_BELOW} are needed", [place])
    if not budgets.alert_channel:
        return failed("no channel is declared that budget alerts go to", [place])
    return passed(f"{len(below)} alerts below the monthly limit go to {budgets.alert_channel}", [place])
