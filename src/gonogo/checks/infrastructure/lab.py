"""Infrastructure, by the lab: what the service does where a setting is missing."""

from __future__ import annotations

from gonogo.checks.check import Answer, check, failed, not_collected, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import unhealthy
from gonogo.derive.journeys import Journey
from gonogo.facts import AppStart, Evidence


@check("infrastructure.config-valid", by="lab", scenario="starts", needs=(Journey, AppStart))
def config_valid_by_lab(journeys: list[Journey], starts: list[AppStart]) -> Answer:
    """Without each required setting the service does not start, or is never ready, and names what is missing."""
    if bad := unhealthy(journeys):
        return bad
    withheld = [s for s in starts if s.without]
    if not withheld:
        return not_collected("no required setting is declared", fix="add lab: {required: [...]} to gonogo.yaml")
    served = [s for s in withheld if s.ready_s is not None]
    if served:
        return failed(
            f"the service starts without {', '.join(s.without for s in served)}",
            [Evidence(None, None, f"ready after {s.ready_s:.1f} s without {s.without}") for s in served],
        )
    mute = [s for s in withheld if s.without not in s.said]
    if mute:
        return failed(
            f"the service does not say that {', '.join(s.without for s in mute)} is missing",
            [Evidence(None, None, s.said[-200:] or "nothing was said") for s in mute],
        )
    return passed(f"{counted(withheld, 'required setting', 'required settings')}: without each it stops and names it")
