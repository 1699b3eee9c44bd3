"""Templates of statements: filled with what is declared and on record, so that a person fills the blanks alone.

A blank is `<what belongs here>`. While one that is needed is left, nothing is signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from gonogo.derive.declared import billed, holders
from gonogo.derive.factset import FactSet
from gonogo.derive.recorded import HOUR, MONTH, WEEK, RecordedCall, by_task, hourly_floor, sample, tell_of
from gonogo.errors import UsageError
from gonogo.facts import Attestation, Subject, System, UserFeedback
from gonogo.prove.attest.forms import Form, Table, Value, form_of


@dataclass(frozen=True)
class Known:
    """What gonogo knows of a statement's values: fields by key, and rows by what stands in their first column."""

    fields: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def describe(control: str, system: System | None = None, known: Known | None = None) -> str:
    """Return the document to fill in, or, where another file is attached, a page that says what to give."""
    form = form_of(control)
    return (
        _document(control, form, system, known or Known())
        if form.document and not form.example
        else _page(control, form, system)
    )


def _page(control: str, form: Form, system: System | None) -> str:
    providers = [name.lower() for name in billed(system)] if system else []
    fields = {
        key.replace("*", provider): value
        for key, value in form.fields.items()
        for provider in ((providers or ["PROVIDER"]) if "*" in key else [""])
    }
    lines = [f"# {control}", "", "Fields (give each with --field KEY=VALUE, or as `KEY: VALUE` in the artefact):", ""]
    lines += [f"  {key:<22} {_meaning(value)}" for key, value in fields.items()]
    lines += ["", f"Artefact: {form.artifact or 'none is needed'}"]
    if form.example:
        example = form.example
        if providers and "<provider>" in example:
            head, _, row = example.rstrip("\n").rpartition("\n")
            example = "\n".join([head, *(row.replace("<provider>", name) for name in providers)])
        lines += ["", "--- begin of a template ---", example.rstrip("\n"), "--- end ---"]
    given = " ".join(f"--field {key}=..." for key in fields)
    attach = " --artifact FILE" if form.artifact else ""
    return "\n".join([*lines, "", f'gonogo attest {control}{attach} --statement "..." {given}', ""])


def _document(control: str, form: Form, system: System | None, known: Known) -> str:
    lines = [
        f"# {control}",
        "",
        "<!-- Fill every <blank>; nothing is signed before. Then, with the file in the repository:",
        f'gonogo attest {control} --artifact gonogo/statements/artifacts/FILE.md --statement "..."',
        *(f"{key}: {_meaning(value)}" for table in form.tables for key, value in table.columns.items()),
        "-->",
        *([""] if form.fields else []),
        *(f"- {key}: {known.fields.get(key) or _blank(value)}" for key, value in form.fields.items()),
    ]
    for table in form.tables:
        lines += ["", *_table(table, system, known)]
    for section in form.sections:
        lines += ["", f"## {section.capitalize()}", "", "<in a few sentences>"]
    return "\n".join([*lines, ""])


def _table(table: Table, system: System | None, known: Known) -> list[str]:
    covered = table.covers(system) if table.covers and system else ()
    names = list(dict.fromkeys([*covered, *known.rows])) or [f"<{table.key}>"] * table.least
    lines = [f"| {' | '.join([table.key, *table.columns])} |", "|---" * (1 + len(table.columns)) + "|"]
    for name in names:
        given = known.rows.get(name, {})
        cells = [given.get(column) or _blank(value) for column, value in table.columns.items()]
        lines.append(f"| {' | '.join([name, *cells])} |")
    return lines


def _meaning(value: Value) -> str:
    day = ", YYYY-MM-DD" if value.kind == "day" else ""
    return f"{value.meaning}{day}{' (may be left blank)' if value.optional else ''}"


def _blank(value: Value) -> str:
    return f"<{_meaning(value)}>".replace("|", "or")


def known_of(
    control: str,
    facts: FactSet,
    subject: Subject,
    given: Mapping[str, str],
    now: datetime,
    *,
    head: str | None = None,
    size: int = 0,
) -> Known:
    """Return what is known for a template: `given` are fields that a person gave, `head` is that of the ledger.

    `size` is how many interactions are drawn where the control asks for a sample.

    Raises `UsageError` where a given moment is none.
    """
    fields = dict(given)
    form, system = form_of(control), facts.system
    if "release" in form.fields:
        fields.setdefault("release", subject.commit or subject.tree)
    if "owner" in form.fields and system:
        role = "support" if control == "readiness.user-doc" else "compliance"
        if named := holders(system, role):
            fields.setdefault("owner", named[0])
    if control == "data.explanations" and system and system.domain:
        fields.setdefault("domain", system.domain)
    if control == "observability.log-review" and head:
        fields.setdefault("head", head)
    calls = facts.needed(RecordedCall)
    last = datetime.combine(now.date(), datetime.min.time(), UTC)
    if control == "cost.fine-tune-assessed" and tell_of(calls, last - MONTH, last):
        fields.setdefault("date", last.date().isoformat())
        counts = by_task(c for c in calls if last - MONTH <= c.seen_at < last)
        return Known(fields, {task or "all": {"calls_per_month": str(n)} for task, n in sorted(counts.items())})
    if control == "cost.reserved-capacity" and tell_of(calls, last - WEEK, last):
        fields.setdefault("date", last.date().isoformat())
        fields.setdefault("floor_per_hour", str(hourly_floor(calls, last - WEEK, last)))
    if control == "quality.live-sample-reviewed":
        return _sampled(fields, calls, now, size)
    if control == "quality.feedback-reviewed":
        return _complained(fields, facts.of(UserFeedback))
    if control == "observability.log-review":
        _after_the_last(fields, facts.of(Attestation))
    return Known(fields)


def _after_the_last(fields: dict[str, str], stated: list[Attestation]) -> None:
    """Begin a period on the day after the last one that was reviewed."""
    ends = [a.fields.get("until", "") for a in stated if a.control == "observability.log-review"]
    if ends:
        try:
            fields.setdefault("from", (datetime.fromisoformat(max(ends)) + timedelta(days=1)).date().isoformat())
        except ValueError:
            return


def _moment(fields: Mapping[str, str]) -> datetime | None:
    given = fields.get("released_at")
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageError(
            f"--field released_at={given} is no moment with a zone", mend="--field released_at=2026-01-30T09:00:00Z"
        )
    return moment


def _sampled(fields: dict[str, str], calls: list[RecordedCall], now: datetime, size: int) -> Known:
    """Draw the sample from the records of the whole hours since the release that are over."""
    released = _moment(fields)
    over = min(now, calls[-1].seen_at) if calls else now
    hours = int((over - released) / HOUR) if released else 0
    if released is None or not calls or hours < 1:
        return Known(fields)
    until = released + min(hours, 24) * HOUR
    drawn = sample(calls, released, until, size)
    fields |= {"until": until.isoformat(), "seed": drawn.seed}
    return Known(fields, {trace: {} for trace in drawn.drawn})


def _complained(fields: dict[str, str], feedback: list[UserFeedback]) -> Known:
    """List the negative items of the week after the release."""
    released = _moment(fields)
    if released is None:
        return Known(fields)
    week = [f for f in feedback if f.negative and released <= f.seen_at < released + WEEK]
    return Known(fields, {f.id: {} for f in sorted(week, key=lambda f: f.seen_at)})
