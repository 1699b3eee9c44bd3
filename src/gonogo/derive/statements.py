"""Signed statements: who stands behind one, and which controls want a second person."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gonogo.facts import Attestation, Signer

SECOND_PERSON = frozenset(
    {
        "access.encryption-at-rest",
        "cost.provider-spend-limit",
        "data.explanations",
        "observability.compliance-logging",
        "quality.manual-qa",
        "rollout.post-launch-review",
        "security-input.red-team-done",
    }
)
"""Controls whose statement needs a countersignature: critical ones on access, security and spending, and those whose
text asks for another person than the author."""


_BLANK = re.compile(r"<[^<>]*>|\.{2,}|…|\?+|-+|todo|tbd|tba|fixme|xxx+", re.IGNORECASE)


def blank(text: str | None) -> bool:
    """Tell whether a value of a template was left as it was: nobody's word stands there."""
    return not text or not text.strip() or bool(_BLANK.fullmatch(text.strip()))


def known(signers: Iterable[Signer]) -> list[Signer]:
    """Return the signers whose signature holds and whose key the law names, each person once."""
    found: list[Signer] = []
    for signer in signers:
        same = any(signer.key == other.key or signer.name == other.name for other in found)
        if signer.valid and signer.name is not None and not same:
            found.append(signer)
    return found


def newest(attestations: Iterable[Attestation], control: str) -> Attestation | None:
    """Return the statement that counts for a control: the newest one; a newer statement takes back an older one."""
    mine = [a for a in attestations if a.control == control]
    return max(mine, key=lambda a: (a.seen_at, a.path), default=None)
