"""Data, by statement."""

from __future__ import annotations

from gonogo.checks.check import Answer, check, failed
from gonogo.checks.stated import agreed, given, judged, shown, signed_by, undeclared
from gonogo.facts import Attestation, Declaration


@check("data.explanations", by="attest", needs=(Attestation, Declaration), optional=(Attestation, Declaration))
def explanations_by_attest(attestations: list[Attestation], declarations: list[Declaration]) -> Answer:
    """The compliance owner says why no explanation is owed in the declared domain."""
    system = declarations[-1].system if declarations else None

    def judge(stated: Attestation) -> Answer:
        if system is None or not system.domain:
            return undeclared(stated, "domain", "write the regulated domain under `domain:` in gonogo.yaml")
        domain = given(stated, "domain")
        if domain.lower() != system.domain.lower():
            return failed(
                f"it is about {domain or 'no domain'}, declared is {system.domain}", shown(stated, "its domain")
            )
        wrong = signed_by(stated, system, "owner", "compliance")
        return wrong or agreed(stated, f"the compliance owner says why no explanation is owed in {system.domain}")

    return judged(attestations, "data.explanations", judge)
