"""Quality, by reading: sampling settings are explicit."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.catalog.limits import Limits
from gonogo.checks.calls import Verdict, behind_gateway, production, told, weigh
from gonogo.checks.check import Answer, check
from gonogo.derive.models import refuses_sampling
from gonogo.facts import Declaration, ModelCallSite, SourceTree, UnreadableFile


@check(
    "quality.sampling-explicit", by="scan", needs=(SourceTree, ModelCallSite, Declaration, UnreadableFile),
    optional=(ModelCallSite, Declaration, UnreadableFile),
)  # fmt: skip
def sampling_explicit_by_scan(
    trees: Sequence[SourceTree],
    sites: Sequence[ModelCallSite],
    declarations: Sequence[Declaration],
    unread: Sequence[UnreadableFile] = (),
    *,
    limits: Limits,
) -> Answer:
    """Every call that generates text sets a temperature, unless its model refuses one."""

    def judge(site: ModelCallSite) -> Verdict:
        if behind_gateway(site, declarations):
            return "good", "goes through the declared gateway"
        return _temperature(site)

    return weigh(
        production(sites, text_only=True),
        trees,
        judge,
        good="set their temperature, or call a model that takes none",
        bad=f"leave the temperature to the provider ({limits.explicit:g} % must set it)",
        unknown="have a temperature that reading cannot resolve",
        unread=unread,
    )


def _temperature(site: ModelCallSite) -> Verdict:
    model = site.model.value
    if site.temperature.origin == "dynamic":
        return "unknown", f"its temperature is {told(site.temperature)}"
    if site.temperature.value is not None:
        return "good", f"temperature {told(site.temperature)}"
    if isinstance(model, str):
        return ("good", f"{model} takes none") if refuses_sampling(model) else ("bad", "no temperature is set")
    return "unknown", "no temperature is set, and whether its model takes one cannot be told"
