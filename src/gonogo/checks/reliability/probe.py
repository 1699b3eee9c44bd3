"""Reliability, by probe."""

from __future__ import annotations

from gonogo.checks.answers import cut_short, json_body, sent_for, unanswered
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.reliability.shapes import INSIDES, agree, in_words, shape_of
from gonogo.facts import Exchange, ProbeBudget


@check("reliability.error-format", by="probe", needs=(Exchange, ProbeBudget), optional=(ProbeBudget,))
def error_format_by_probe(exchanges: list[Exchange], budgets: list[ProbeBudget]) -> Answer:
    """Wrong requests get a 4xx in JSON of one shape that tells nothing of the insides."""
    if silent := unanswered(exchanges, "error-shape"):
        return silent
    seen = [e for e in sent_for(exchanges, "error-shape") if e.status is not None]
    faults = [(e, fault) for e in seen if (fault := _fault(e))]
    if faults:
        return failed(f"{share(faults, seen, 'wrong request')}: {faults[0][1]}", faults)
    shapes = [(e, shape_of(json_body(e))) for e in seen if json_body(e) is not None]
    if not shapes:
        return inconclusive("every answer was too long to compare its shape", [(e, e.case) for e in seen])
    first, rest = shapes[0], shapes[1:]
    unlike = [(e, f"{e.case}: {in_words(shape)}") for e, shape in rest if not agree(first[1], shape)]
    if unlike:
        return failed(
            "errors come in more than one shape", [(first[0], f"{first[0].case}: {in_words(first[1])}"), *unlike]
        )
    bodies = {e.case for e in seen} - {"unknown-path", "wrong-method"}
    if not bodies:
        return inconclusive(
            "only reading requests could be tried",
            [(e, e.case) for e in seen],
            fix="probe an environment with the same build that is declared `disposable: true`",
        )
    if cut := cut_short(budgets, "error-shape"):
        return cut
    requests = counted(seen, "wrong request is", "wrong requests are")
    return passed(f"{requests} answered in one shape", [(e, f"{e.case}: {e.status}") for e in seen])


def _fault(e: Exchange) -> str | None:
    """Say what is wrong with one error answer. A body that was cut is not judged by its shape."""
    if INSIDES.search(e.body):
        return f"{e.case} shows the insides of the service"
    if e.status is None or not 400 <= e.status < 500:
        return f"{e.case} is answered with {e.status}"
    if "json" not in e.headers.get("content-type", "").lower():
        return f"{e.case} is answered with {e.headers.get('content-type') or 'no content type'}, not JSON"
    if json_body(e) is None and e.body_bytes < 1900:
        return f"{e.case} says JSON and is none"
    return None
