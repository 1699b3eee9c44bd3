"""Input security at the app's own edge, by the lab: malformed bodies, sizes, strings that break out."""

from __future__ import annotations

import re
from typing import Any

from gonogo.checks.attacks import cut_short
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.derive.pages import rendered
from gonogo.facts import ScenarioRun
from gonogo.facts.lab import Measure

FLAT_MIB = 16.0
"""What the app's memory may grow by while a body of 25 MiB is refused: some buffers, and not the body."""


@check("security-input.request-validation", by="lab", scenario="request-validation", needs=(Journey, ScenarioRun))
def request_validation_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """Whatever a schema forbids is refused with 4xx, and never reaches a model."""
    if bad := unhealthy(journeys) or unplayed(runs, "malformed"):
        return bad
    sent = [j for j in journeys if j.exchange.purpose == "malformed"]
    tried = [j for j in sent if j.exchange.status != 429]
    if len(tried) * 2 <= len(sent) or not tried:
        return inconclusive("no journey has a JSON body that could be spoilt, or all were answered with 429", sent[:5])
    calling = [j for j in tried if j.all_calls]
    if len(calling) > limits.upstream_calls_for_invalid:
        return failed(
            f"{share(calling, tried, 'malformed request')} reached a model", [(j, j.exchange.name) for j in calling]
        )
    kept = [j for j in tried if not 400 <= (j.exchange.status or 0) < 500]
    if (len(tried) - len(kept)) * 100 < limits.rejected * len(tried):
        return failed(
            f"{share(kept, tried, 'malformed request')} was not refused with 4xx",
            [(j, f"{j.exchange.name}: status {j.exchange.status}") for j in kept],
        )
    plain = [j for j in tried if "json" not in j.exchange.headers.get("content-type", "")]
    if plain:
        return failed("a refusal comes in another form than JSON", [(j, j.exchange.name) for j in plain])
    return passed(f"{counted(tried, 'malformed request was', 'malformed requests were')} refused before any model call")


@check(
    "security-input.input-size-limit", by="lab", scenario="input-size-limit", needs=(Journey, Measure, ScenarioRun),
    optional=(Measure,),
)  # fmt: skip
def input_size_limit_by_lab(
    journeys: list[Journey], measures: list[Measure], runs: list[ScenarioRun], limits: Any
) -> Answer:
    """Texts over the limits are refused with 413 or 422, without a model call and without being kept in memory."""
    cases = ("tokens-over", "bytes-over", "hundredfold")
    if bad := unhealthy(journeys) or unplayed(runs, *cases):
        return bad
    sent = of(journeys, *cases)
    for journey in sent:
        refused = journey.exchange.status in (400, 413, 414, 422) or journey.exchange.ended == "cut"
        if journey.calls or not (refused or (journey.case == "hundredfold" and journey.exchange.error)):
            limit = (
                f"{limits.max_input_tokens} tokens" if journey.case == "tokens-over" else f"{limits.max_body_kib} KiB"
            )
            return failed(
                f"a text of more than {limit} was not refused", [(journey, f"{journey.case}: {told(journey)}")]
            )
    grown = [m for m in measures if m.name == "memory-grown" and m.value > FLAT_MIB]
    if grown:
        return failed(f"the app's memory grew by {max(m.value for m in grown):.0f} MiB while it refused", grown)
    return passed(f"{counted(sent, 'text', 'texts')} over the limits were refused before any model call")


_SQL = re.compile(
    r"(?i)sql syntax|sqlite3?\.|psycopg|syntax error at or near|unterminated quoted|"
    r"ORA-\d{5}|unrecognized token|mysql_|SQLSTATE|no such table"
)


@check("security-input.classic-injection", by="lab", scenario="classic-injection", needs=(Journey, ScenarioRun))
def classic_injection_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """Strings that break out of a query or a page do nothing, in what users say and in what the model says."""
    if (
        bad := unhealthy(journeys)
        or unplayed(runs, "ordinary", "input", "answers")
        or cut_short(runs, "input", "answers")
    ):
        return bad
    harmed = [
        j for j in of(journeys, "ordinary") if not any(j.exchange.said in t.text for c in j.calls for t in c.prompt)
    ]
    if harmed:
        return inconclusive(
            "ordinary text with quotes and angle brackets did not arrive at the model as it was sent",
            [(j, j.exchange.said) for j in harmed],
        )
    tried = of(journeys, "input", "answers")
    open_findings = [(j, said) for j in tried if (said := _broke_out(j))]
    if len(open_findings) > limits.open_findings:
        return failed(f"{counted(open_findings, 'string breaks', 'strings break')} out", open_findings)
    return passed(f"{counted(tried, 'string', 'strings')} that break out of a query or a page did nothing")


def _broke_out(journey: Journey) -> str:
    e = journey.exchange
    name = e.attack.rpartition("/")[2]
    if found := _SQL.search(e.body):
        return f"{name}: an error of the database is shown: {found[0]}"
    if (e.status or 0) >= 500:
        return f"{name}: status {e.status}"
    if "x-canary" in e.headers:
        return f"{name}: a header was added"
    if runs := rendered(e):
        return f"{name}: a browser would take {runs[0]} from it"
    return ""
