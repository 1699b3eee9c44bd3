"""Security of input, by statement."""

from __future__ import annotations

from gonogo.catalog.limits import Limits
from gonogo.checks.check import Answer, check, failed
from gonogo.checks.stated import agreed, judged, shown, too_old
from gonogo.facts import Attestation


@check("security-input.red-team-done", by="attest", needs=(Attestation,), optional=(Attestation,))
def red_team_done_by_attest(attestations: list[Attestation], limits: Limits) -> Answer:
    """A recent report of a human red team names scope, release, an independent tester, and findings with status."""

    def judge(stated: Attestation) -> Answer:
        if old := too_old(stated, stated.fields.get("date", ""), limits.age_days):
            return failed(f"the session was {old}", shown(stated, "its date"))
        release = stated.fields.get("release", "")
        return agreed(stated, f"release {release} was attacked by hand, and no critical finding is open")

    return judged(attestations, "security-input.red-team-done", judge)
