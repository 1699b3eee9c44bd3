"""Access, by the lab: who is let in, how often, and what is kept from others."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of, told, unhealthy
from gonogo.derive.journeys import Journey
from gonogo.facts import Declaration


@check("access.rate-limits", by="lab", scenario="rate-limits", needs=(Journey, Declaration))
def rate_limits_by_lab(journeys: list[Journey], declared: list[Declaration], limits: Any) -> Answer:
    """A burst meets a 429 that says when to come back, refused requests cost nothing, and others are not affected."""
    if bad := unhealthy(journeys):
        return bad
    burst = of(journeys, "burst")
    signed_in = any(d.system.identities for d in declared)
    allowed = min(limits.per_user_rpm, limits.per_key_rpm) if signed_in else limits.per_ip_rpm
    most = allowed * (100 + limits.overshoot) / 100
    refused = [j for j in burst if j.exchange.status == 429]
    admitted = [j for j in burst if j not in refused]
    took = max((j.exchange.started_s for j in burst), default=0.0) - min(
        (j.exchange.started_s for j in burst), default=0.0
    )
    if not refused:
        if len(burst) <= most or took > 60:
            return inconclusive(
                f"{counted(burst, 'request', 'requests')} in {took:.0f} s met no limit, too few to tell",
                [(burst[-1], told(burst[-1]))] if burst else (),
            )
        return failed(
            f"{len(burst)} requests of one caller within {took:.0f} s met no limit", [(burst[-1], told(burst[-1]))]
        )
    if len(admitted) > most:
        return failed(
            f"{len(admitted)} requests were let through before the first 429", [(refused[0], told(refused[0]))]
        )
    bare = [j for j in refused if "retry-after" not in j.exchange.headers]
    if bare:
        return failed("the limit answers 429 without Retry-After", [(j, told(j)) for j in bare])
    costly = [j for j in refused if j.calls]
    if costly:
        return failed("a refused request still calls the model", [(j, told(j)) for j in costly])
    forged = [j for j in of(journeys, "forged-address") if j.exchange.status != 429]
    if forged:
        return failed("a forged X-Forwarded-For header gets past the limit", [(j, told(j)) for j in forged])
    return passed(f"after {counted(admitted, 'request', 'requests')} of one caller came a 429", [(refused[0], "429")])
