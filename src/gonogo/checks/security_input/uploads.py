"""Files that users upload, by the lab: wrong kinds, sizes and names are refused, and nothing lands elsewhere."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import beside, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import Evidence, LabFile, Measure, ScenarioRun

MOST_MIB = 128
"""How much the app's memory may grow with one file: half of what the bomb would take that is unpacked whole."""


@check(
    "security-input.file-upload-limits",
    by="lab",
    scenario="file-upload-limits",
    needs=(Journey, ScenarioRun, Measure, LabFile),
    optional=(Measure, LabFile),
)
def file_upload_limits_by_lab(
    journeys: list[Journey], runs: list[ScenarioRun], measures: list[Measure], files: list[LabFile], limits: Any
) -> Answer:
    """Good files are taken; each other one is refused with 4xx, leaves nothing outside, and costs little memory."""
    if bad := unhealthy(journeys) or unplayed(runs, "accepted", "refused"):
        return bad
    good, tried = beside(journeys, "accepted"), beside(journeys, "refused")
    shut = [j for j in good if not j.well_formed]
    if shut or not good:
        return inconclusive(
            "not even a good file is taken", [(j, told(j)) for j in shut],
            fix="correct lab.uploads in gonogo.yaml: path, field, types and identity",
        )  # fmt: skip
    if files:
        return failed(
            f"{counted(files, 'file', 'files')} landed outside of the area for uploads",
            [Evidence(f.path, None, ", ".join(f.canaries)) for f in files],
        )
    taken = [j for j in tried if not 400 <= (j.exchange.status or 0) < 500]
    if taken and limits.types != "allowlist":
        return inconclusive(f"types: {limits.types} is nothing that this proof knows; write allowlist")
    if taken:
        names = ", ".join(dict.fromkeys(j.exchange.said for j in taken))
        return failed(
            f"{share(taken, tried, 'file')} of wrong kinds got another answer than 4xx: {names}",
            [(j, f"{j.exchange.said}: {told(j)}") for j in taken],
        )
    hungry = [m for m in measures if m.name == "memory-grown" and m.value > MOST_MIB]
    if hungry:
        return failed(
            f"one file made the app's memory grow by {max(m.value for m in hungry):.0f} MiB",
            [Evidence(None, None, f"{m.subject}: {m.value:.0f} MiB") for m in hungry],
        )
    largest = max((m.value for m in measures if m.name == "size"), default=0.0)
    if largest <= limits.max_mib:
        return inconclusive(f"the largest file that was tried had {largest:.0f} MiB, no more than the limit allows")
    return passed(f"{counted(tried, 'file', 'files')} of wrong kinds, sizes and names were refused, good ones were not")
