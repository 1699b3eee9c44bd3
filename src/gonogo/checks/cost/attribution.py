"""Whose money it is, by the lab: each feature's model calls carry its own tag, in traffic and on record."""

from __future__ import annotations

import re

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import told, unhealthy
from gonogo.checks.records import records
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, Declaration, ModelCall


@check(
    "cost.cost-attribution",
    by="lab",
    scenario="model-calls-logged",
    needs=(Journey, Declaration, AppLog),
    optional=(AppLog,),
)
def cost_attribution_by_lab(journeys: list[Journey], declared: list[Declaration], lines: list[AppLog]) -> Answer:
    """All calls of a feature carry a tag that no other feature's calls carry, and the app's records have it too."""
    if bad := unhealthy(journeys):
        return bad
    features = {j.name: j.feature for d in declared for j in d.system.journeys if j.feature}
    driven: dict[str, list[tuple[Journey, ModelCall]]] = {}
    for journey in journeys:
        if feature := features.get(journey.exchange.name):
            driven.setdefault(feature, []).extend((journey, c) for c in journey.calls if c.operation == "chat")
    if not driven:
        return inconclusive("no journey says which feature it belongs to", fix="add journeys[].feature in gonogo.yaml")
    untagged = [(j, told(j)) for calls in driven.values() for j, c in calls if not c.labels]
    if untagged:
        return failed(f"{counted(untagged, 'model call carries', 'model calls carry')} no tag at all", untagged)
    tags = _tags({name: [c for _, c in calls] for name, calls in driven.items()})
    if not tags:
        return failed(
            f"no tag tells the calls of {counted(driven, 'feature', 'features')} apart",
            [(calls[0][0], f"{name}: {_shown(calls[0][1])}") for name, calls in driven.items()],
            fix="Give each call its feature: metadata, or a header such as x-feature.",
        )
    kept = [line.text for line, record in records(lines) if any("model" in key for key in record)]
    unkept = sorted(name for name in driven if not any(values[name] in text for values in tags for text in kept))
    if unkept:
        return failed(
            f"the app's own records do not carry the tag of {', '.join(unkept)}",
            [calls[0][0] for name, calls in driven.items() if name in unkept],
            fix="Write the feature into the record of each model call.",
        )
    many = counted([c for calls in driven.values() for c in calls], "model call", "model calls")
    return passed(
        f"{many} of {counted(driven, 'feature', 'features')}, each with its own tag, in traffic and on record"
    )


_OF_A_CALLER = re.compile(r"(?i)user|session|trace|request|safety|agent")
"""Labels that tell who asks, or which call it is: none of a feature."""


def _tags(driven: dict[str, list[ModelCall]]) -> list[dict[str, str]]:
    """Return, for each label that tells the features apart, its value by feature."""
    found = []
    for label in sorted(
        {k for calls in driven.values() for c in calls for k in c.labels if not _OF_A_CALLER.search(k)}
    ):
        values = {name: {c.labels.get(label, "") for c in calls} for name, calls in driven.items()}
        single = {name: next(iter(each)) for name, each in values.items() if len(each) == 1}
        if len(single) == len(driven) and all(single.values()) and len(set(single.values())) == len(driven):
            found.append(single)
    return found


def _shown(call: ModelCall) -> str:
    return ", ".join(f"{k}={v}" for k, v in call.labels.items())
