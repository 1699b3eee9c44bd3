"""The assessment as a comment on a pull request: GitHub-flavoured Markdown, short, long lists folded.

GitHub cuts comments at 65,536 characters; this stays under `LIMIT` bytes by showing fewer of the least important lines.
"""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.catalog.control import Catalog
from gonogo.facts import Assessment, Timeline
from gonogo.report import timeline
from gonogo.report.hostile import markdown as safe
from gonogo.report.hostile import markdown_code as code
from gonogo.report.view import (
    WORDS,
    Entry,
    View,
    command_words,
    day,
    is_command,
    place,
    plural,
    remarks,
    subject_line,
    view,
    waiver_state,
)

LIMIT = 60_000
MARK = "<!-- gonogo assessment -->"
"""First line of every comment, so that CI finds its earlier comment and replaces it."""

_OPEN = 5
"""How many blockers are told in full; the others are folded."""

_SPANS = 8
"""Rows of one timeline."""


def render(assessment: Assessment, catalog: Catalog, *, commands: Sequence[tuple[str, int]] = ()) -> str:
    """Return the comment. Where it would be longer than `LIMIT` bytes it is told with fewer lines in each list."""
    told = view(assessment, catalog)
    for most in (200, 60, 20, 5, 1):
        text = _comment(assessment, told, commands, most)
        if len(text.encode()) <= LIMIT:
            return text
    return "\n".join(
        [MARK, *_head(assessment, told), "", "_The rest is too long for a comment: see the full report._", ""]
    )


def _comment(assessment: Assessment, told: View, commands: Sequence[tuple[str, int]], most: int) -> str:
    parts = [
        _head(assessment, told),
        _reasons(assessment, most),
        _blockers(told, most),
        _missing(told, most),
        _commands(assessment, commands),
        _waivers(assessment, most),
        _list("Not well, and not blocking", told.others, most),
        _list("Passes", told.passed, most),
        _fold("What stood in the way", [f"- {safe(p, 300)}" for p in assessment.problems], most),
        _foot(assessment, told),
    ]
    return MARK + "\n" + "\n\n".join("\n".join(p) for p in parts if p) + "\n"


def _head(assessment: Assessment, told: View) -> list[str]:
    mark = "✅" if assessment.decision.verdict == "GO" else "⛔"
    about = [
        f"**{safe(assessment.system, 80)}**",
        f"profile {safe(assessment.profile, 40)}",
        code(subject_line(assessment)),
    ]
    about += [f"environment {safe(assessment.environment, 40)}"] if assessment.environment else []
    lines = [f"## {mark} {assessment.decision.verdict}", "", " · ".join(about), "", f"**{safe(told.headline)}**"]
    for remark in remarks(assessment):
        lines += ["", safe(remark)]
    return lines


def _reasons(assessment: Assessment, most: int) -> list[str]:
    reasons = assessment.decision.reasons
    lines = [f"- **decision** {safe(r)}" for r in reasons[:most]]
    return lines + _more(len(reasons) - most)


def _blockers(told: View, most: int) -> list[str]:
    if not told.blockers:
        return []
    lines = ["### What blocks", ""]
    for entry in told.blockers[:_OPEN]:
        lines += [*_entry(entry, places=3), ""]
    rest = told.blockers[_OPEN:]
    if rest:
        body = [line for e in rest[:most] for line in ("", *_entry(e, places=1))] + _more(len(rest) - most)
        lines += _fold(f"{len(rest)} more", body, len(body))
    return lines


def _entry(entry: Entry, places: int) -> list[str]:
    new = " · **new**" if entry.new else ""
    lines = [f"**{entry.word}** · {safe(entry.title, 200)} · {code(entry.id, 100)} · {entry.result.severity}{new}", ""]
    lines += [safe(sentence, 300) + "  " for sentence in entry.sentences[:2]]
    found = entry.evidence
    lines += [""] + [_place(place(e), e.detail) for e in found[:places]] if found else []
    lines += _more(len(found) - places)
    for told in entry.timelines[:1]:
        lines += ["", *_timeline(told)]
    lines += ["", f"_Why:_ {safe(entry.why, 300)}"] if entry.why else []
    return lines + (["", f"_Fix:_ {_edit(entry.fix)}"] if entry.fix else [])


def _timeline(told: Timeline) -> list[str]:
    bars = timeline.bars(told)
    rows = [
        f"| {timeline.length(b.span.start_s)} | {b.took} | {b.track} {safe(b.span.label, 60)} | "
        f"{safe(', '.join(filter(None, (b.says, b.span.note))), 120)} |"
        for b in bars[:_SPANS]
    ]
    left = len(bars) - len(rows) + told.left_out
    lines = ["| after | took | what | |", "| ---: | ---: | --- | --- |", *rows, ""]
    lines += [f"and {plural(left, 'further call')}", ""] if left else []
    lines += [f"The user got {safe(told.ending, 200)}.", "", f"Play it again: {code(told.replay, 300)}"]
    name = f"{safe(told.name, 60)} in {safe(told.scenario, 60)}, case {safe(told.case, 60)}"
    return [f"_Journey:_ {name}", "", *lines]


def _edit(fix: str) -> str:
    return code(fix, 400) if is_command(fix) else safe(fix, 400)


def _cell(command: str) -> str:
    return safe(command, 200) or "nothing is known yet"


def _place(where: str, detail: str) -> str:
    return "- " + " ".join(filter(None, [code(where, 200) if where else "", safe(detail, 200)]))


def _missing(told: View, most: int) -> list[str]:
    if not told.missing:
        return []
    lines = ["| controls | what closes them |", "| ---: | --- |"]
    groups = told.missing_by_command()
    lines += [f"| {len(entries)} | {_cell(command)} |" for command, entries in groups[:most]]
    names = [f"- {code(e.id, 100)}{_partial(e)}" for e in told.missing]
    body = [*lines, *_more(len(groups) - most), "", *names[:most], *_more(len(names) - most)]
    return _fold(f"Not looked at: {plural(len(told.missing), 'control')}", body, len(body))


def _partial(entry: Entry) -> str:
    said = (f"{f.method} alone: {WORDS[f.outcome]}, {f.summary}" for f in entry.partial)
    return "".join(f" ({safe(words, 200)})" for words in said)


def _commands(assessment: Assessment, commands: Sequence[tuple[str, int]]) -> list[str]:
    if assessment.decision.verdict == "GO" or not commands:
        return []
    return [
        "These would close most:",
        "",
        *(f"- {_edit(command_words(c))} closes {plural(n, 'control')}" for c, n in commands[:10]),
    ]


def _waivers(assessment: Assessment, most: int) -> list[str]:
    notes = assessment.decision.waivers
    lines = [
        f"- {code(n.control, 100)} {safe(waiver_state(n))}, {safe(n.owner, 80)}"
        + (f": {safe(n.detail, 300)}" if n.detail else "")
        for n in notes
    ]
    return _fold(f"Waivers: {len(notes)}", lines, most)


def _list(title: str, entries: Sequence[Entry], most: int) -> list[str]:
    lines = [f"- {code(e.id, 100)} {safe(e.result.summary, 200)}" for e in entries]
    return _fold(f"{title}: {len(entries)}", lines, most)


def _fold(title: str, lines: list[str], most: int) -> list[str]:
    if not lines:
        return []
    shown = lines[:most] + _more(len(lines) - most)
    return ["<details>", f"<summary>{title}</summary>", "", *shown, "", "</details>"]


def _more(n: int) -> list[str]:
    return [f"- +{n:,} more"] if n > 0 else []


def _foot(assessment: Assessment, told: View) -> list[str]:
    parts = [f"decided {day(assessment.decision.decided_at)}"]
    parts += [f"holds until {day(assessment.decision.expires)}"] if assessment.decision.expires else []
    n = len(told.not_applicable)
    parts += [f"{plural(n, 'control')} not applicable"] if n else []
    return [f"<sub>{' · '.join(parts)}</sub>"]
