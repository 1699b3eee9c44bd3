"""The decision as an in-toto statement (v1) with the SLSA Verification Summary predicate.

What a standard reader needs stands in the predicate's own fields; the whole decision stands beside them under one key
of ours, so that an auditor can replay it. Signing (DSSE) and reading signatures is the caller's part.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec

from gonogo.errors import VerificationError
from gonogo.facts import Decision, encode

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://slsa.dev/verification_summary/v1"
VERIFIER = "pkg:pypi/gonogo"
"""Who verified, as a package URL: no address has to answer for it to be read."""
DECISION_KEY = "gonogo_decision"
"""Our one key in the predicate: the whole decision."""


def write(decision: Decision) -> bytes:
    """Return the statement's canonical JSON: the payload of the DSSE envelope."""
    return encode(statement(decision))


def statement(decision: Decision) -> dict[str, Any]:
    """Return the statement as plain values."""
    go = decision.verdict == "GO"
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": decision.system or "system", "digest": _subject_digest(decision)}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "verifier": {"id": VERIFIER, "version": {"gonogo": decision.gonogo}},
            "timeVerified": decision.decided_at.isoformat().replace("+00:00", "Z"),
            "resourceUri": resource_uri(decision),
            "policy": {"uri": decision.law_origin or "none", "digest": _digest(decision.law)},
            "inputAttestations": [
                {"uri": "gonogo:evidence", "digest": _digest(decision.evidence)},
                *(
                    {"uri": f"gonogo:ledger/{quote(n)}", "digest": _digest(h)}
                    for n, h in sorted(decision.heads.items())
                ),
            ],
            "verificationResult": "PASSED" if go else "FAILED",
            "verifiedLevels": [level(decision)] if go else ["FAILED"],
            DECISION_KEY: msgspec.to_builtins(decision),
        },
    }


def level(decision: Decision) -> str:
    """Return the level that a GO stands for: the profile, as an upper-case word (`GONOGO_PRE_LAUNCH`)."""
    return "GONOGO_" + decision.profile.upper().replace("-", "_")


def resource_uri(decision: Decision) -> str:
    """Return a package URL of the judged state: the system's name at its commit, or at its tree where that is dirty."""
    subject = decision.subject
    version = subject.commit if subject.commit and not subject.dirty else subject.tree
    return f"pkg:generic/{quote(decision.system or 'system', safe='')}@{quote(version, safe='')}"


def read(payload: bytes) -> Decision:
    """Return the decision of a statement.

    Raises `VerificationError` where it is no such statement, or where its standard fields say other than the decision.
    """
    try:
        given = msgspec.json.decode(payload)
        decision = msgspec.convert(given["predicate"][DECISION_KEY], Decision)
    except (msgspec.DecodeError, KeyError, TypeError) as wrong:
        raise VerificationError(
            f"the signed payload is no decision of gonogo: {wrong}", mend="check that the right file was given"
        ) from wrong
    differing = _differences(given, statement(decision))
    if differing:
        raise VerificationError(
            f"the statement contradicts the decision that it carries: {', '.join(differing)}",
            mend="do not trust it; ask for the decision again from whoever signed it",
        )
    return decision


def _differences(given: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """Return the names of standard fields that differ; what others added to the predicate is ignored."""
    outer = [key for key in ("_type", "subject", "predicateType") if given.get(key) != wanted[key]]
    inner, own = given["predicate"], wanted["predicate"]
    return outer + [f"predicate.{key}" for key in own if key != DECISION_KEY and inner.get(key) != own[key]]


def _subject_digest(decision: Decision) -> dict[str, str]:
    digest = _digest(decision.subject.tree)
    commit = decision.subject.commit
    return {**digest, "gitCommit": commit} if commit and not decision.subject.dirty else digest


def _digest(text: str) -> dict[str, str]:
    """Return `sha256:abc` as an in-toto digest set; a digest that names no algorithm is taken to be sha256."""
    if not text:
        return {}
    name, colon, value = text.rpartition(":")
    return {name: value} if colon else {"sha256": value}
