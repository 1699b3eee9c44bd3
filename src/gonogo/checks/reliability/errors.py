"""Errors, by the lab: their one form, and what the log tells of a provider's."""

from __future__ import annotations

import json

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import share
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.checks.records import STATUS, Record, marked, planted, record_of, tells
from gonogo.checks.reliability.shapes import INSIDES, Shape, agree, in_words, shape_of
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, Evidence, ScenarioRun

_CASE = "error-of-the-model"
_TELLS = {
    "the status": STATUS,
    "the provider": ("provider", "vendor", "gen_ai.system", "host", "base_url", "endpoint"),
    "the model": ("model", "gen_ai.request.model", "deployment"),
    "the number of the attempt": ("attempt", "retry", "try", "retries", "attempt_number"),
    "the request id": ("request_id", "x-request-id", "provider_request_id", "requestid"),
}
"""What a record of an error must tell, and the names that logs give it."""


@check(
    "reliability.error-details-logged",
    by="lab",
    scenario="log-redaction",
    needs=(Journey, ScenarioRun, AppLog),
    optional=(AppLog,),
)
def error_details_logged_by_lab(journeys: list[Journey], runs: list[ScenarioRun], lines: list[AppLog]) -> Answer:
    """A provider's error is on record with its words, status, model, attempt and request id, and without secrets."""
    if bad := unhealthy(journeys) or unplayed(runs, _CASE):
        return bad
    hit = [j for j in of(journeys, _CASE) if j.hit]
    if not hit:
        return inconclusive("no call met the provider's error", of(journeys, _CASE))
    leaked = [line for line in lines if line.case == _CASE and planted(line)]
    if leaked:
        return failed(
            "the record of the error holds a key or personal data",
            [Evidence(line.stream, None, ", ".join(planted(line))) for line in leaked],
        )
    about = [
        (line, r) for line in lines if line.case == _CASE and (r := record_of(line.text)) and _tells_of_error(line, r)
    ]
    if not about:
        return failed("no record holds the words of the provider's error", [(j, told(j)) for j in hit])
    line, gaps = min(((line, _gaps(r)) for line, r in about), key=lambda pair: len(pair[1]))
    if gaps:
        return failed(
            f"the record of the error lacks {', '.join(gaps)}", [Evidence(line.stream, None, line.text[:200])]
        )
    return passed("the provider's error is on record with its words, and without the secrets in it")


def _tells_of_error(line: AppLog, record: Record) -> bool:
    """Tell whether the marker stands in what the record says of the error, and not only in the prompt."""
    prompt = ("prompt", "input", "messages", "content", "question")
    errors = json.dumps({k: v for k, v in record.items() if k.lower() not in prompt})
    return marked(line) and _canary(record) in errors


def _canary(record: Record) -> str:
    """Return the marker's own word: what begins as canaries do."""
    words = json.dumps(record).replace('"', " ").replace("\\", " ").split()
    return next((word.strip(".,:;") for word in words if word.startswith("ORCHID")), "no marker")


def _gaps(record: Record) -> list[str]:
    return [what for what, names in _TELLS.items() if not tells(record, names)]


_RIGHT: dict[str, tuple[int, ...]] = {
    "bad-json": (400, 415, 422),
    "missing-field": (400, 422),
    "no-auth": (401, 403),
    "unknown-path": (404, 405, 401, 403),
    "oversize": (413, 400, 422),
    "throttled": (429,),
    "upstream": (500, 502, 503, 504),
}
"""The statuses that tell a caller rightly what went wrong."""


@check("reliability.error-format", by="lab", scenario="error-format", needs=(Journey, ScenarioRun))
def error_format_by_lab(journeys: list[Journey], runs: list[ScenarioRun]) -> Answer:
    """Each kind of error has the right status, one form, and nothing of the insides."""
    if bad := unhealthy(journeys) or unplayed(runs, "bad-json", "unknown-path", "upstream"):
        return bad
    errors = [j for j in journeys if j.case in _RIGHT and not (j.case == "throttled" and j.exchange.status != 429)]
    open_ = [j for j in errors if INSIDES.search(j.exchange.body)]
    if open_:
        return failed("an error shows the insides of the service", [(j, j.case) for j in open_])
    answered = [j for j in errors if j.exchange.status is not None]
    if healed := [j for j in answered if j.case == "upstream" and j.answered]:
        answered = [j for j in answered if j not in healed]  # another model answered: no error to look at
    wrong = [j for j in answered if j.exchange.status not in _RIGHT[j.case]]
    if wrong:
        said = share(wrong, answered, "error", "has a wrong status", "have a wrong status")
        return failed(said, [(j, f"{j.case}: {j.exchange.status}") for j in wrong])
    shapes = [(j, _shape(j)) for j in answered]
    bare = [j for j, shape in shapes if shape is None]
    if bare:
        return failed("an error is no JSON", [(j, f"{j.case}: {j.exchange.body[:80]!r}") for j in bare])
    known = [(j, shape) for j, shape in shapes if shape is not None]
    unlike = [(j, shape) for j, shape in known[1:] if not agree(known[0][1], shape)]
    if unlike:
        return failed(
            "errors come in more than one form",
            [(j, f"{j.case}: {in_words(shape)}") for j, shape in [known[0], *unlike]],
        )
    return passed(f"{len(known)} kinds of error, each with the right status in one form: {in_words(known[0][1])}")


def _shape(journey: Journey) -> Shape | None:
    found = record_of(journey.exchange.body)
    return None if found is None else shape_of(found)
