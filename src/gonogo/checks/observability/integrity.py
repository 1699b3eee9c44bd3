"""The integrity of the audit log, by the lab: a record that was changed or is gone is noticed, and where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from gonogo.checks.alerts import body_of
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.derive.messages import form
from gonogo.facts import AppLog, ChannelMessage, Evidence, Measure, ScenarioRun

HARMS = ("altered", "deleted", "swapped")
_HEAD = re.compile(r"\b[0-9a-f]{16,}\b")
_ABOUT = re.compile(r"audit|tamper|integrity|chain", re.IGNORECASE)
LATER = "a-day-later"
_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])")


@check(
    "observability.log-integrity",
    by="lab",
    scenario="log-integrity",
    needs=(Journey, ScenarioRun, Measure, ChannelMessage, AppLog),
    optional=(Measure, ChannelMessage, AppLog),
)
def log_integrity_by_lab(
    journeys: list[Journey],
    runs: list[ScenarioRun],
    measures: list[Measure],
    messages: list[ChannelMessage],
    lines: list[AppLog],
    limits: Any,
) -> Answer:
    """The log verifies as it is, its head was published, and each harm is noticed with its place."""
    if bad := unhealthy(journeys):
        return bad
    if bad := unplayed(runs, "live", *HARMS):
        return Answer(
            outcome="inconclusive", summary=bad.summary,
            fix="lab: {audit: FILE, audit_verify: [COMMAND]} in gonogo.yaml",
        )  # fmt: skip
    ran = {m.case: m for m in measures if m.name == "verify"}
    live = ran["live"]
    if live.value:
        return failed(
            f"the verification says no to the log as it is: it ends with {live.value:g}", [_said(live)],
            fix="Mend the chain, or the command of lab.audit_verify.",
        )  # fmt: skip
    missed = [ran[harm] for harm in HARMS if not ran[harm].value]
    if missed:
        return failed(
            f"a record that is {' or '.join(m.case for m in missed)} goes unnoticed",
            [_said(m) for m in missed],
            fix="Let the hash of each record cover the record and the hash of the one before.",
        )
    vague = [ran[harm] for harm in HARMS if not _places(ran[harm])]
    if vague:
        return failed(
            f"the verification does not name the place of a record that is {' or '.join(m.case for m in vague)}",
            [_said(m) for m in vague],
        )
    return _unanchored(live, messages, limits.anchor) or _noticed(runs, messages, lines, limits.verify_every_days)


def _unanchored(live: Measure, messages: Sequence[ChannelMessage], where: str) -> Answer | None:
    """Say that the head that the verification names was not published; None where it was."""
    heads = set(_HEAD.findall(live.text))
    if not heads:
        return inconclusive("the verification does not print the head of the log", [_said(live)])
    published = [m for m in sorted(messages, key=lambda m: m.at_s) if _HEAD.search(body_of(m))]
    if not published:
        return failed(
            f"the head of the log is not published {where}: a log that is written anew goes unnoticed",
            [_said(live)],
            fix="Publish the newest hash outside the store; in the lab: lab: {point: {YOUR_ANCHOR_URL: alerts}}.",
        )
    if not any(heads & set(_HEAD.findall(body_of(m))) for m in published):
        return failed(
            "the head of the log is not the one that was published last",
            [Evidence(published[-1].channel, None, body_of(published[-1])[-200:]), _said(live)],
        )
    return None


def _noticed(
    runs: Sequence[ScenarioRun], messages: Sequence[ChannelMessage], lines: Sequence[AppLog], days: float
) -> Answer:
    """Say whether the running app noticed by itself, a day later, that a record was altered."""
    if bad := unplayed(runs, LATER):
        return bad
    before = {form(m.text) for m in messages if m.case != LATER}
    told = [m.text for m in messages if m.case == LATER and form(m.text) not in before]
    told += [line.text for line in lines if line.case == LATER and not _HEAD.search(line.text)]  # no record itself
    if any(_ABOUT.search(text) for text in told):
        return passed(
            f"{counted(HARMS, 'harm', 'harms')} to a record noticed with the place, and one by the app itself a day "
            "later; the log as it is holds, and its head was published outside the store"
        )
    said = f"a day after a record was altered the app has not noticed by itself; it is to verify every {days:g} days"
    if days > 1:
        return inconclusive(said)
    return failed(said, [Evidence(None, None, t[-200:]) for t in told[:2] or ["no alert, and no line of log"]])


def _places(ran: Measure) -> bool:
    """Tell whether a number of what was said is that of the line, or of a neighbour: logs count from 0 or from 1."""
    line = int(ran.subject.rpartition(" ")[2])
    return any(abs(int(number) - line) <= 1 for number in _NUMBER.findall(ran.text) if len(number) < 12)


def _said(ran: Measure) -> Evidence:
    return Evidence(None, None, f"{ran.case}: exit code {ran.value:g}; it said: {ran.text[-200:] or 'nothing'}")
