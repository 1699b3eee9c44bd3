"""Cost, by reading: every call limits its output."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.catalog.limits import Limits
from gonogo.checks.calls import Verdict, behind_gateway, explicitly_none, production, told, weigh
from gonogo.checks.check import Answer, check
from gonogo.facts import Declaration, ModelCallSite, SourceTree


@check(
    "cost.max-tokens-set", by="scan", needs=(SourceTree, ModelCallSite, Declaration),
    optional=(ModelCallSite, Declaration),
)  # fmt: skip
def max_tokens_set_by_scan(
    trees: Sequence[SourceTree], sites: Sequence[ModelCallSite], declarations: Sequence[Declaration], limits: Limits
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
