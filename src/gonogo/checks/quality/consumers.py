"""Compatible output, by the lab: the programs that use responses can read those of this version."""

from __future__ import annotations

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.facts import Evidence, Measure


@check("quality.output-format-stable", by="lab", scenario="output-format-stable", needs=(Measure,))
def output_format_stable_by_lab(measures: list[Measure]) -> Answer:
    """Every response is taken by its consumer's parser, which refuses one that lacks what it needs."""
    fed = [m for m in measures if m.name == "fed"]
    well = {m.subject: m.value for m in fed if m.case == "healthy"}
    if silent := sorted(name for name, count in well.items() if not count):
        return inconclusive(f"no good response came for {', '.join(silent)}", fix="mend the healthy journey first")
    refused = [m for m in measures if m.name == "refused" and m.value]
    if refused:
        return failed(
            f"{counted(int(sum(m.value for m in refused)), 'response', 'responses')} cannot be read by those who use "
            f"them: {', '.join(sorted({m.subject for m in refused}))}",
            [Evidence(None, None, f"{m.subject}, {m.case}: {m.text}") for m in refused],
            fix="Keep the names and types that consumers read, or change them together with the consumers.",
        )
    needs = {m.subject: m for m in measures if m.name == "fields-needed"}
    if blind := sorted(name for name in well if not needs[name].value):
        return inconclusive(
            f"the parser of {', '.join(blind)} takes responses without any of their fields, so that it shows nothing",
            fix="let journeys[].consumer fail where a field that is used is missing",
        )
    total = sum(m.value for m in fed)
    return passed(
        f"{counted(int(total), 'response', 'responses')} read by those who use them",
        [Evidence(None, None, f"{name} needs {m.text}") for name, m in needs.items()],
    )
