"""Logs, by the lab: what they must not hold, whom and what they must name, and whether a machine can read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of, unhealthy, unplayed
from gonogo.checks.records import LEVEL, SERVICE, TIME, Record, lacking, marked, planted, record_of, records
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, ChannelMessage, Declaration, Evidence, Measure, ScenarioRun

_PLACES = ("bodies", "headers", "urls", "bad-body", "error-of-the-model")
_AUDITED = {"a time": TIME, "a result": ("status", "result", "outcome", "status_code", "error", "ok")}
_STRUCTURED = {"time": TIME, "level": LEVEL, "service": SERVICE}
"""What records must tell, by the names that logs give it."""


@check(
    "observability.log-redaction",
    by="lab",
    scenario="log-redaction",
    needs=(Journey, ScenarioRun, AppLog, ChannelMessage),
    optional=(AppLog, ChannelMessage),
)
def log_redaction_by_lab(
    journeys: list[Journey], runs: list[ScenarioRun], lines: list[AppLog], messages: list[ChannelMessage], limits: Any
) -> Answer:
    """The harmless marker is in the logs, so they are on; of the private values beside it none is, in no encoding."""
    if bad := unhealthy(journeys) or unplayed(runs, *_PLACES):
        return bad
    raw = [(f, f.stream) for f in lines if planted(f)] + [(m, m.channel) for m in messages if planted(m)]
    if len(raw) > limits.raw_values:
        kinds = sorted({c for f, _ in raw for c in planted(f)})
        cases = sorted({f.case for f, _ in raw})
        return failed(
            f"{counted(raw, 'line holds', 'lines hold')} what nobody may read: {', '.join(kinds)}",
            [Evidence(where, None, f"{', '.join(planted(f))} is readable ({f.case})") for f, where in raw[:8]],
            fix=f"Redact before the line is written; it came in by {', '.join(cases)}.",
        )
    if not any(marked(line) for line in lines):
        return inconclusive(
            "the harmless word beside the private values is in no log, so it is not shown that anything is logged",
            fix="name the files that the app logs to: lab: {logs: [...]} in gonogo.yaml",
        )
    return passed(f"{counted(lines, 'line', 'lines')} of log from {len(_PLACES)} places, and no private value in them")


@check(
    "observability.audit-log-active",
    by="lab",
    scenario="log-redaction",
    needs=(Journey, Declaration, ScenarioRun, AppLog),
    optional=(AppLog,),
)
def audit_log_active_by_lab(
    journeys: list[Journey], declared: list[Declaration], runs: list[ScenarioRun], lines: list[AppLog], limits: Any
) -> Answer:
    """A call, a refusal and a change have each a record with the right user, the time, the action and the result."""
    if bad := unhealthy(journeys):
        return bad
    users = [i for d in declared for i in d.system.identities]
    if len(users) < 2:
        return inconclusive("two known users are needed", fix="declare them under identities: in gonogo.yaml")
    if bad := unplayed(runs, "bodies", "refused", "change"):
        return Answer(
            outcome="inconclusive", summary=bad.summary,
            fix="declare a second user, an administrator, and lab: {admin: [...]} in gonogo.yaml",
        )  # fmt: skip
    events = [*of(journeys, "bodies"), *(j for j in journeys if j.case in ("refused", "change"))]
    kept = records(lines)
    gaps = [(j, gap) for j in events if (gap := _gap(j, kept))]
    if 100 * (len(events) - len(gaps)) < limits.coverage * len(events):
        return failed(
            f"{counted(gaps, 'event has', 'events have')} no whole audit record",
            [(j, f"{j.case} by {j.exchange.identity}: {gap}") for j, gap in gaps],
        )
    raw = [line for line in lines if line.case == "bodies" and planted(line)]
    if raw:
        return failed("the content on record is not sanitised", [Evidence(raw[0].stream, None, raw[0].text[:160])])
    content = [line for line in lines if marked(line)]
    if not content:
        return failed("no record holds the content of the call, not even sanitised", [events[0]])
    return passed(f"{counted(events, 'event', 'events')} on record with user, time, action and result")


def _gap(journey: Journey, records: Sequence[tuple[AppLog, Record]]) -> str:
    """Return what the records of one event lack; nothing where one is whole."""
    e = journey.exchange
    mine = [(line, r) for line, r in records if _names(r, e.identity or "")]
    mine = [(line, r) for line, r in mine if e.journey in line.text or e.name in line.text or e.route in line.text]
    if not mine:
        return "no record names the user and what was done"
    best = min((lacking(r, _AUDITED) for _, r in mine), key=len)
    return f"the record lacks {', '.join(best)}" if best else ""


def _names(record: Record, who: str) -> bool:
    return bool(who) and any(str(value) == who for value in record.values())


@check(
    "observability.structured-logs",
    by="lab",
    scenario="log-redaction",
    needs=(Journey, Declaration, AppLog, Measure),
    optional=(AppLog, Measure),
)
def structured_logs_by_lab(
    journeys: list[Journey], declared: list[Declaration], lines: list[AppLog], measures: list[Measure], limits: Any
) -> Answer:
    """Each line is JSON with time, level and service, and a request's trace id finds its lines."""
    if bad := unhealthy(journeys):
        return bad
    written = [line for line in lines if line.text.strip()]
    if not written:
        return failed("the app wrote no line of log", of(journeys, "healthy")[:1])
    plain = [line for line in written if record_of(line.text) is None]
    if 100 * (len(written) - len(plain)) < limits.parse_rate * len(written):
        return failed(
            f"{len(plain)} of {counted(written, 'line', 'lines')} are no JSON",
            [Evidence(line.stream, None, line.text[:160]) for line in plain[:5]],
        )
    bare = [(line, lacks) for line in written if (lacks := lacking(record_of(line.text) or {}, _STRUCTURED))]
    if bare:
        return failed(
            f"{counted(bare, 'line lacks', 'lines lack')} {', '.join(sorted({x for _, ls in bare for x in ls}))}",
            [Evidence(line.stream, None, line.text[:160]) for line, _ in bare[:5]],
        )
    ids = [j.exchange.journey for j in of(journeys, "healthy")]
    probed = {p for d in declared if d.system.service for p in (d.system.service.health, d.system.service.ready) if p}
    caused = [line for line in written if line.case == "healthy" and not any(path in line.text for path in probed)]
    stray = [line for line in caused if not any(id in line.text for id in ids)]
    if len(stray) > 1 or not caused:  # each journey was sent twice: a line that comes once is of something else
        return failed(
            f"{len(stray)} of {counted(caused, 'line', 'lines')} that requests caused carry no trace id of theirs",
            [Evidence(line.stream, None, line.text[:160]) for line in stray[:5]],
            fix="Write the trace id of `traceparent` into each line that a request causes.",
        )
    slow = [m for m in measures if m.name == "query" and m.value > limits.query_s]
    if slow:
        return failed(f"finding one trace takes {slow[0].value:.0f} s", [Evidence(None, None, slow[0].subject)])
    return passed(f"{counted(written, 'line', 'lines')}, all JSON with time, level and service, found by trace id")
