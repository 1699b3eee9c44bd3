"""What every report tells, sorted once: who blocks, what is missing, what passes. Media differ in how, not in what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gonogo.catalog.control import Catalog, Control
from gonogo.facts import ApprovalNote, Assessment, ControlResult, Evidence, Finding, Outcome, Timeline, WaiverNote
from gonogo.report import timeline

WORDS: dict[Outcome, str] = {
    "pass": "pass",
    "fail": "fail",
    "inconclusive": "inconclusive",
    "not-collected": "not collected",
    "not-applicable": "not applicable",
    "error": "error",
}
PLANNED = "proofs not in this version yet"
BAD: frozenset[Outcome] = frozenset({"fail", "inconclusive", "error"})
_SEVERITIES = {"critical": 0, "major": 1, "minor": 2}
_OUTCOMES = {"fail": 0, "error": 1, "inconclusive": 2, "not-collected": 3, "pass": 4, "not-applicable": 5}


@dataclass(frozen=True, slots=True)
class Entry:
    """One control as a reader meets it: the gate's result with what the catalogue knows of it."""

    result: ControlResult
    control: Control | None
    findings: tuple[Finding, ...]
    new: bool = False
    timelines: tuple[Timeline, ...] = ()

    @property
    def id(self) -> str:
        """The control's id."""
        return self.result.control

    @property
    def area(self) -> str:
        """The part of the id before the dot."""
        return self.id.partition(".")[0]

    @property
    def title(self) -> str:
        """The control's title; its id where it has none."""
        return self.result.title or (self.control.title if self.control else "") or self.id

    @property
    def why(self) -> str:
        """Why it matters, in a sentence; empty for a control that this catalogue does not know."""
        return self.control.why if self.control else ""

    @property
    def outcome(self) -> Outcome:
        """Its combined outcome."""
        return self.result.outcome

    @property
    def word(self) -> str:
        """Its outcome as a reader reads it; evidence that no longer counts is said to be stale."""
        return "stale" if self.stale else WORDS[self.outcome]

    @property
    def stale(self) -> bool:
        """True when there was evidence, and it expired or was bound to another state."""
        return bool(self.result.stale) and self.outcome in ("pass", "not-collected")

    @property
    def told(self) -> tuple[Finding, ...]:
        """The findings that explain the outcome: those that share it, else those that went wrong, else all."""
        same = tuple(f for f in self.findings if f.outcome == self.outcome)
        return same or tuple(f for f in self.findings if f.outcome in BAD) or self.findings

    @property
    def partial(self) -> tuple[Finding, ...]:
        """What was seen of a control whose deciding evidence is missing: a scan of what only a lab can prove."""
        silent = ("not-collected", "not-applicable")
        return tuple(f for f in self.findings if f.outcome not in silent) if self.outcome == "not-collected" else ()

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What the outcome rests on, each place once."""
        return tuple(dict.fromkeys(e for f in self.told for e in f.evidence))

    @property
    def sentences(self) -> tuple[str, ...]:
        """What to say of it: the gate's summary, what went stale, and what the findings add to that."""
        whole = self.result.summary
        added = [f.summary for f in self.told if f.outcome in BAD and f.summary not in whole]
        said = [whole, self.result.stale or "", self.result.declared or "", *added]
        return tuple(dict.fromkeys(s for s in said if s))

    @property
    def fix(self) -> str:
        """The edit or command that closes it: the finding's own, else the gate's, else the catalogue's."""
        own = next((f.fix for f in self.told if f.fix), None)
        if self.outcome == "error":
            return own or ""  # the check broke: nothing that the catalogue names would mend that
        methods = {f.method for f in self.told}
        listed = [p.fix for p in (self.control.proof if self.control else ()) if p.fix and p.method in methods]
        return own or self.result.close or next(iter(listed), "")

    @property
    def close(self) -> str:
        """What closes it where nobody looked: the gate's command first."""
        return self.result.close or self.fix

    @property
    def how(self) -> tuple[tuple[str, str], ...]:
        """How each proof that explains the outcome looks: method and sentence."""
        methods = {f.method for f in self.told}
        return tuple((p.method, p.how) for p in (self.control.proof if self.control else ()) if p.method in methods)

    @property
    def seen_at(self) -> datetime | None:
        """The age of its oldest evidence."""
        return min((f.seen_at for f in self.told if f.seen_at), default=None)


@dataclass(frozen=True, slots=True)
class View:
    """All controls of an assessment, each in exactly one list, the worst first."""

    entries: tuple[Entry, ...]
    blockers: tuple[Entry, ...]
    """Block, and were looked at, if too long ago."""
    missing: tuple[Entry, ...]
    """Nobody looked, whether it blocks or not."""
    others: tuple[Entry, ...]
    """Went wrong without blocking under this profile."""
    waived: tuple[Entry, ...]
    passed: tuple[Entry, ...]
    not_applicable: tuple[Entry, ...]
    headline: str

    @property
    def applying(self) -> int:
        """How many controls apply."""
        return len(self.entries) - len(self.not_applicable)

    def missing_by_command(self) -> list[tuple[str, list[Entry]]]:
        """Return what nobody looked at by what closes it, the most useful command first, unknown ones last.

        What waits for a proof that this version cannot make yet comes after all that can be done today, by its verb.
        """
        groups: dict[tuple[bool, str], list[Entry]] = {}
        for entry in self.missing:
            planned = entry.result.planned
            verb = " ".join(entry.close.split()[:2])
            groups.setdefault((planned, f"{verb}  ({PLANNED})" if planned else entry.close), []).append(entry)
        ranked = sorted(groups.items(), key=lambda g: (g[0][0], not g[0][1], -len(g[1])))
        return [(command, entries) for (_, command), entries in ranked]

    def by_area(self) -> list[tuple[str, list[Entry]]]:
        """Return all controls by area, areas in alphabetical order."""
        groups: dict[str, list[Entry]] = {}
        for entry in sorted(self.entries, key=lambda e: (e.area, _OUTCOMES[e.outcome], _SEVERITIES[e.result.severity])):
            groups.setdefault(entry.area, []).append(entry)
        return list(groups.items())


def view(assessment: Assessment, catalog: Catalog) -> View:
    """Sort the assessment's controls for a reader."""
    entries = tuple(sorted(_entries(assessment, catalog), key=_rank))
    lists: dict[str, list[Entry]] = {}
    for entry in entries:
        lists.setdefault(_list_of(entry), []).append(entry)
    kinds = ("blockers", "missing", "others", "waived", "passed", "not_applicable")
    sorted_lists = {kind: tuple(lists.get(kind, ())) for kind in kinds}
    return View(entries=entries, headline=_headline(assessment, entries, sorted_lists), **sorted_lists)


def _entries(assessment: Assessment, catalog: Catalog) -> Iterable[Entry]:
    found: dict[str, list[Finding]] = {}
    for finding in assessment.findings:
        found.setdefault(finding.control, []).append(finding)
    new = {control for control, _ in assessment.new or ()}
    for result in assessment.decision.results:
        findings = result.findings or tuple(found.get(result.control, ()))
        control = catalog.controls.get(result.control)
        shown = timeline.of((e for f in findings for e in f.evidence), assessment.timelines)
        yield Entry(result, control, findings, result.control in new and result.outcome in BAD, shown)


def _rank(entry: Entry) -> tuple[int, int, int, str]:
    result = entry.result
    return (not result.blocking, _SEVERITIES[result.severity], _OUTCOMES[result.outcome], result.control)


def _list_of(entry: Entry) -> str:
    if entry.result.waived:
        return "waived"
    if entry.outcome == "not-collected" and not entry.stale:
        return "missing"
    if entry.result.blocking:
        return "blockers"
    return {"pass": "passed", "not-applicable": "not_applicable"}.get(entry.outcome, "others")


def _headline(assessment: Assessment, entries: tuple[Entry, ...], lists: dict[str, tuple[Entry, ...]]) -> str:
    applying = len(entries) - len(lists["not_applicable"])
    passing = sum(e.outcome == "pass" for e in entries)
    counts = [f"{passing} of {plural(applying, 'control')} pass{'es' if 1 in (passing, applying) else ''}"]
    for outcome, word in (("fail", "fail"), ("error", "could not be judged"), ("inconclusive", "cannot be told")):
        n = sum(e.outcome == outcome for e in (*lists["blockers"], *lists["others"]))
        counts += [f"{n} {_verb(word, n)}"] if n else []
    stale = sum(e.stale for e in (*lists["blockers"], *lists["others"]))
    counts += [f"{stale} {'has' if stale == 1 else 'have'} only stale evidence"] if stale else []
    missing = len(lists["missing"])
    counts += [f"{missing} {'was' if missing == 1 else 'were'} not looked at"] if missing else []
    counts += [f"{len(lists['waived'])} waived"] if lists["waived"] else []
    return ", ".join(counts) + "." + _rest(assessment, entries)


def _rest(assessment: Assessment, entries: tuple[Entry, ...]) -> str:
    decision = assessment.decision
    if decision.verdict == "GO":
        return f" Holds until {day(decision.expires)}." if decision.expires else ""
    blocking = sum(e.result.blocking for e in entries)
    parts = [plural(blocking, "control")] if blocking else []
    parts += [plural(len(decision.reasons), "other reason" if parts else "reason")] if decision.reasons else []
    one = blocking + len(decision.reasons) == 1
    return f" {' and '.join(parts)} block{'s' if one else ''} the release." if parts else ""


def _verb(word: str, n: int) -> str:
    return "fails" if word == "fail" and n == 1 else word


def command_words(command: str, n: int = 2) -> str:
    """Return a command of `gate.close_commands` as a reader reads it; `edit` stands for all `n` edits together."""
    if command != "edit":
        return command
    return "edit, named at its control" if n == 1 else "edits, each named at its control"


def is_command(fix: str) -> bool:
    """Tell whether a fix is a command to type, not a sentence."""
    return fix.startswith("gonogo ") and not fix.endswith(".")


def plural(n: int, noun: str) -> str:
    """Return `1 control`, `2 controls`."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def day(moment: datetime) -> str:
    """Return a moment as reports show it: UTC, to the minute."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def age(seen: datetime, now: datetime) -> str:
    """Return how old evidence is, in the largest unit that says enough."""
    past = max(now - seen, timedelta())
    if past < timedelta(hours=1):
        return plural(int(past.total_seconds() // 60), "minute")
    return plural(int(past.total_seconds() // 3600), "hour") if past < timedelta(days=2) else plural(past.days, "day")


def place(evidence: Evidence) -> str:
    """Return where something was seen: `path:line`, the request, or nothing."""
    if not evidence.path:
        return ""
    return evidence.path if evidence.line is None else f"{evidence.path}:{evidence.line}"


def waiver_state(note: WaiverNote) -> str:
    """Return a waiver's state and date in a few words."""
    words = {
        "active": f"holds until {note.expires:%Y-%m-%d}",
        "expiring": f"expires soon, on {note.expires:%Y-%m-%d}",
        "expired": f"expired on {note.expires:%Y-%m-%d}",
        "unneeded": "no longer needed: the control passes",
        "refused": "refused",
    }
    return words[note.state]


def remarks(assessment: Assessment) -> list[str]:
    """Return what stands right under the verdict: what is new, that a draft was judged, the gate's notes."""
    said = []
    if assessment.new is not None:
        new = plural(len(assessment.new), "new failure") if assessment.new else "Nothing new"
        said.append(f"{new} since {assessment.compared_with or 'the assessment compared with'}.")
    if assessment.drafted:
        said.append("There is no gonogo.yaml: this was judged against a draft. `gonogo init` writes it.")
    return [*said, *assessment.decision.notes]


def approval_words(note: ApprovalNote) -> str:
    """Return one approval in a few words."""
    until = f", until {note.expires:%Y-%m-%d}" if note.expires else ""
    return f"{note.state} for the {note.covers}{until}" + (f": {note.detail}" if note.detail else "")


def subject_line(assessment: Assessment) -> str:
    """Return what was judged in a few words: commit and branch, or the tree."""
    subject = assessment.subject
    if not subject.commit:
        return f"tree {subject.tree.removeprefix('sha256:')[:12]}, no commit"
    branch = f" on {subject.branch}" if subject.branch else ""
    return f"commit {subject.commit[:12]}{branch}" + (" with uncommitted changes" if subject.dirty else "")
