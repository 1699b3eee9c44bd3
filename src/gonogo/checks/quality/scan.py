"""Quality, by reading: sampling settings are explicit."""

from __future__ import annotations

from gonogo.catalog.limits import Limits
from gonogo.checks.calls import Calls, Verdict, of_calls, told
from gonogo.checks.check import Answer
from gonogo.derive.models import refuses_sampling
from gonogo.facts import ModelCallSite


@of_calls("quality.sampling-explicit")
def sampling_explicit_by_scan(calls: Calls, limits: Limits) -> Answer:
    """Every call that generates text sets a temperature, unless its model refuses one."""
    must = f"to the provider ({limits.explicit:g} % must set it)"
    return calls.weigh(
        _temperature,
        good=(
            "sets its temperature, or calls a model that takes none",
            "set their temperature, or call a model that takes none",
        ),
        bad=(f"leaves the temperature {must}", f"leave the temperature {must}"),
        unknown=("has a temperature that reading cannot resolve", "have temperatures that reading cannot resolve"),
        text_only=True,
        least=limits.explicit,
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
