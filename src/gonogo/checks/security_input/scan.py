"""Input, by reading: handlers bind what they are sent to typed models."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.facts import HttpRoute, SourceTree

WITH_BODY = ("POST", "PUT", "PATCH")


@check("security-input.request-validation", by="scan", needs=(SourceTree, HttpRoute), optional=(HttpRoute,))
def request_validation_by_scan(trees: Sequence[SourceTree], routes: Sequence[HttpRoute]) -> Answer:
    """Every route that takes a body binds it to a typed model."""
    taking = [r for r in routes if r.method in WITH_BODY and not r.in_tests]
    raw = [r for r in taking if r.typed_body is False]
    if raw:
        return failed(
            f"{len(raw)} of {len(taking)} routes take a body that nothing checks",
            [(r, f"{r.method} {r.route} takes a raw mapping") for r in raw],
        )
    unclear = [r for r in taking if r.typed_body is None and r.framework != "fastapi"]
    if unclear:
        found = [(r, f"{r.method} {r.route}") for r in unclear]
        return inconclusive(f"how {len(unclear)} of {len(taking)} routes bind their body cannot be told", found)
    typed = [r for r in taking if r.typed_body]
    if not typed:
        return inconclusive("no route with a body was found")
    shown = [(r, f"{r.method} {r.route}") for r in typed]
    return passed(f"all {len(typed)} routes with a body bind it to a typed model", shown)
