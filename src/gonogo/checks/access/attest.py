"""Access, by statement: what hosts and consoles show that no API reaches."""

from __future__ import annotations

from gonogo.catalog.limits import Limits
from gonogo.checks.check import Answer, check, failed, inconclusive
from gonogo.checks.counts import counted
from gonogo.checks.stated import agreed, judged, shown, too_old, words_of
from gonogo.facts import Attestation, Declaration


@check("access.encryption-at-rest", by="attest", needs=(Attestation, Declaration), optional=(Attestation, Declaration))
def encryption_at_rest_by_attest(
    attestations: list[Attestation], declarations: list[Declaration], limits: Limits
) -> Answer:
    """The disks under every declared store were seen to be encrypted, recently, by two people."""
    stores = [s for s in declarations[-1].system.data_stores if s.holds != "public"] if declarations else []

    def judge(stated: Attestation) -> Answer:
        if not stores:
            return inconclusive(
                "gonogo.yaml names no data store, so nobody can tell whether all are covered",
                shown(stated, ""),
                fix="name the stores under `data_stores:` in gonogo.yaml",
            )
        if old := too_old(stated, stated.fields.get("date", ""), limits.evidence_age_days):
            return failed(f"the disks were looked at {old}", shown(stated, "its date"))
        covered = words_of(stated.fields.get("stores", ""))
        bare = [s.name for s in stores if s.name.lower() not in covered]
        if len(bare) > limits.unencrypted_stores:
            many = counted(bare, "store is", "stores are")
            return failed(f"{many} not covered: {', '.join(bare)}", shown(stated, "the list of stores"))
        return agreed(stated, f"the disks under {counted(stores, 'store', 'stores')} are encrypted")

    return judged(attestations, "access.encryption-at-rest", judge)


@check("access.key-scopes-valid", by="attest", needs=(Attestation, Declaration), optional=(Attestation, Declaration))
def key_scopes_valid_by_attest(attestations: list[Attestation], declarations: list[Declaration]) -> Answer:
    """A dated export or screenshot of the scopes covers the key of every declared provider."""
    keys = [p.key_variable for d in declarations[-1:] for p in d.system.providers if p.key_variable]

    def judge(stated: Attestation) -> Answer:
        if not keys:
            return inconclusive(
                "gonogo.yaml names no provider key, so nobody can tell whether all are covered",
                shown(stated, ""),
                fix="name `key_variable:` of every provider in gonogo.yaml",
            )
        covered = words_of(stated.fields.get("keys", ""))
        left = [key for key in keys if key.lower() not in covered]
        if left:
            many = counted(left, "key is", "keys are")
            return failed(f"{many} not covered: {', '.join(left)}", shown(stated, "the list of keys"))
        return agreed(stated, f"the scopes of {counted(keys, 'key', 'keys')} were looked at")

    return judged(attestations, "access.key-scopes-valid", judge)
