"""Segments, by the lab: a new version answers the users that it is for, and nobody else."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import of, told, unhealthy
from gonogo.checks.rollout.versions import asked, by
from gonogo.derive.journeys import Journey
from gonogo.facts import Declaration


@check("rollout.segment-flags", by="lab", scenario="segment-flags", needs=(Journey, Declaration))
def segment_flags_by_lab(journeys: list[Journey], declared: list[Declaration], limits: Any) -> Answer:
    """Every request of an identity inside the segment is answered by the new version, and of others by none of it."""
    if bad := unhealthy(journeys):
        return bad
    new = next(s for d in declared if d.system.deployment and (s := d.system.deployment.segment))
    sent = of(journeys, "segment")
    inside = [j for j in sent if j.exchange.identity in new.identities]
    outside = [j for j in sent if j not in inside]
    if not inside or not outside:
        return inconclusive(
            "requests from inside and from outside the segment are needed",
            fix="name identities of both kinds, and those inside in deployment.segment.identities",
        )
    if early := [j for j in of(journeys, "healthy") if any(by(c, new.model) for c in asked(j))]:
        return inconclusive(f"{new.model} is called without the variables of deployment.segment", early[:1])
    if unanswered := [j for j in sent if not j.answered]:
        return inconclusive(f"{share(unanswered, sent, 'request')} got no answer", [(j, told(j)) for j in unanswered])
    wrong = [j for j in inside if not j.answered_by or not by(j.answered_by, new.model)]
    wrong += [j for j in outside if any(by(c, new.model) for c in asked(j))]
    if len(wrong) > limits.misassigned:
        return failed(
            f"{share(wrong, sent, 'request', 'was', 'were')} given the wrong version",
            [(j, f"{j.exchange.identity}: {', '.join(c.model for c in asked(j))}") for j in wrong],
        )
    return passed(
        f"{counted(inside, 'request', 'requests')} from inside the segment answered by {new.model}, "
        f"{counted(outside, 'request', 'requests')} from outside by the version in use"
    )
