"""Infrastructure, by load: what the app needs while the expected load runs."""

from __future__ import annotations

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.loads import errors, interval, resources, sampled, told, unfit
from gonogo.derive.latency import stages
from gonogo.facts import LoadRun

BEARABLE = 0.01
"""The share of errors beyond which what is there does not carry the expected load: that of performance.load-peak."""


@check("infrastructure.resources-sized", by="load", scenario="load-peak", needs=(LoadRun,))
def resources_sized_by_load(runs: list[LoadRun]) -> Answer:
    """Peak memory and processor use at the expected load are measured, on a size that carries it."""
    played = stages(runs)
    if bad := unfit(played, "expected"):
        return bad
    expected = played["expected"]
    shown = [(stage.runs[0], told(stage)) for stage in played.values()]
    found = errors(expected)
    figures = [
        interval("expected: errors", found, "%"),
        f"{len(expected.samples('memory_mb'))} samples of its processes",
    ]
    if found.low > BEARABLE:
        return sampled(
            failed(f"at the expected load {found.value:.0%} of the requests fail on what is there", shown), figures
        )
    if not expected.samples("memory_mb") or not expected.samples("cpu"):
        return inconclusive("nothing is known of the app's processes: they do not run on this machine", shown)
    return sampled(passed(f"measured at the expected load: {', '.join(resources(expected))}", shown), figures)
