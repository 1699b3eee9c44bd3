"""Input, by reading: handlers bind what they are sent to typed models."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import share
from gonogo.checks.unread import but_unread
from gonogo.facts import HttpRoute, SourceTree, UnreadableFile

WITH_BODY = ("POST", "PUT", "PATCH")


@check(
    "security-input.request-validation", by="scan", needs=(SourceTree, HttpRoute, UnreadableFile),
    optional=(HttpRoute, UnreadableFile),
)  # fmt: skip
def request_validation_by_scan(
    trees: Sequence[SourceTree], routes: Sequence[HttpRoute], unread: Sequence[UnreadableFile]
) -> Answer:
    """Every route that takes a body binds it to a typed model."""
    taking = [r for r in routes if r.method in WITH_BODY and not r.in_tests]
    raw = [r for r in taking if r.typed_body is False]
    if raw:
        said = share(raw, taking, "route", "takes", "take") + " a body that nothing checks"
        return failed(said, [(r, f"{r.method} {r.route} takes a raw mapping") for r in raw])
    unclear = [r for r in taking if r.typed_body is None and r.framework != "fastapi"]
    if unclear:
        found = [(r, f"{r.method} {r.route}") for r in unclear]
        said = share(unclear, taking, "route", "binds its", "bind their")
        return inconclusive(f"how {said} body cannot be told", found)
    typed = [r for r in taking if r.typed_body]
    if not typed:
        return inconclusive("no route with a body was found")
    said = share(typed, typed, "route", "that takes a body binds", "that take a body bind") + " it to a typed model"
    return but_unread(said, unread) or passed(said, [(r, f"{r.method} {r.route}") for r in typed])
