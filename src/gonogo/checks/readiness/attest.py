"""Readiness, by statement."""

from __future__ import annotations

from gonogo.catalog.limits import Limits
from gonogo.checks.check import Answer, check, failed
from gonogo.checks.counts import counted
from gonogo.checks.stated import agreed, column_of, judged, old, shown, signed_by, words_of
from gonogo.facts import Attestation, Declaration

PAGES = ("features", "limitations", "support", "faq")
"""What the pages for users hold."""


@check("readiness.user-doc", by="attest", needs=(Attestation, Declaration), optional=(Attestation, Declaration))
def user_doc_by_attest(attestations: list[Attestation], declarations: list[Declaration], limits: Limits) -> Answer:
    """The support owner read the pages on features, limitations, support and questions, for this release."""
    system = declarations[-1].system if declarations else None

    def judge(stated: Attestation) -> Answer:
        if late := old(stated, "date", limits.age_days, "the pages were read"):
            return late
        if wrong := signed_by(stated, system, "owner", "support"):
            return wrong
        pages = column_of(stated, "holds")
        told = {word for words in pages.values() for word in words_of(words)}
        left = [page for page in PAGES if page not in told]
        if left:
            return failed(f"no page holds {', '.join(left)}", shown(stated, "the list of pages"))
        return agreed(stated, f"{counted(pages, 'page', 'pages')} for users were read for this release")

    return judged(attestations, "readiness.user-doc", judge)
