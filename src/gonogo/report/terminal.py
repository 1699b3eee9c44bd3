"""The assessment for a person at a terminal: what blocks first, then what is missing, then what is well.

    console.print(terminal.Told(assessment, catalog, commands=gate.close_commands(decision)))

Colour, width and the choice between Unicode and ASCII are the console's. Every text goes through `hostile.visible` and
into `rich.text.Text`, never into markup.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.rule import Rule
from rich.text import Text

from gonogo.catalog.control import Catalog
from gonogo.facts import Assessment
from gonogo.report.pen import Pen, Set, journey
from gonogo.report.view import (
    WORDS,
    Entry,
    View,
    approval_words,
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

_STYLE = {
    "fail": "bold red",
    "error": "bold magenta",
    "inconclusive": "bold yellow",
    "not collected": "bold yellow",
    "stale": "bold yellow",
    "pass": "green",
}
_PLACES = 3
_IDS = 6
"""How many evidence lines, and how many ids of one group, are shown before `+N more`."""

_FULL = 12
"""How many blockers are told in full; the others get one line each."""

_COLUMN = 34
"""Places up to this length are set in a column."""


@dataclass(frozen=True, slots=True)
class Told:
    """A rich renderable of one assessment.

    `commands` are the few commands that would close most, with how many controls each closes. With `whole` nothing is
    cut to `+N more`.
    """

    assessment: Assessment
    catalog: Catalog
    commands: Sequence[tuple[str, int]] = ()
    whole: bool = False
    proofs: str = ""
    """The method whose proofs are told, for verbs that decide nothing: no verdict then, and no reasons of the gate."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the parts from top to bottom."""
        pen = Pen(ascii=options.ascii_only, whole=self.whole)
        told = view(self.assessment, self.catalog)
        if self.proofs:
            yield from _tally(pen, self.assessment, told, self.proofs)
        else:
            yield from _head(pen, self.assessment, told)
        yield from _blockers(pen, self.assessment, told, self.proofs)
        yield from _missing(pen, told)
        yield from _others(pen, told)
        yield from _waivers(pen, self.assessment, told)
        yield from _passes(pen, told)
        yield from _problems(pen, self.assessment)
        if not self.proofs:
            yield from _close(pen, self.assessment, self.commands)


def _labelled(pen: Pen, label: str, words: str, style: str = "") -> Iterator[Set]:
    """Print `label  words`, wrapped under the words."""
    if words:
        yield Set(pen.text((f"{label:<5}", "dim"), (words, style), limit=600), 4, 5)


def _head(pen: Pen, assessment: Assessment, told: View) -> Iterator[Text | Set]:
    go = assessment.decision.verdict == "GO"
    about = [f"profile {assessment.profile}", subject_line(assessment)]
    about += [f"environment {assessment.environment}"] if assessment.environment else []
    yield Text()
    yield pen.text(
        (f" {assessment.decision.verdict} ", f"bold white on {'green' if go else 'red'}"), f"  {assessment.system}"
    )
    yield pen.text((" · ".join(about), "dim"))
    yield Text()
    yield pen.text((told.headline, "bold"))
    for remark in remarks(assessment):
        yield pen.text((remark, "yellow"))
    needed, approvals = assessment.decision.approvals_needed, assessment.decision.approvals
    if needed or approvals:
        accepted = sum(a.state == "accepted" and a.covers == "evidence" for a in approvals)
        yield pen.text(f"Approvals: {accepted} of {needed} needed.")
    for approval in approvals:
        yield Set(pen.text((approval.signer, "bold"), "  ", approval_words(approval)), 2)


def _tally(pen: Pen, assessment: Assessment, told: View, method: str) -> Iterator[Text]:
    """Say how many proofs of one method went how."""
    counts = Counter(f.outcome for e in told.entries for f in e.findings if f.method == method and not f.planned)
    words = [f"{n} {WORDS[outcome]}" for outcome, n in counts.most_common()]
    yield Text()
    yield pen.text((f" {method} ", "bold white on blue"), f"  {assessment.system}: {', '.join(words) or 'no proof'}")
    yield pen.text((subject_line(assessment), "dim"))


def _blockers(pen: Pen, assessment: Assessment, told: View, proofs: str = "") -> Iterator[Text | Rule | Set]:
    reasons = () if proofs else assessment.decision.reasons
    if told.blockers or reasons:
        yield from pen.heading("What was found" if proofs else "What blocks", len(told.blockers) + len(reasons))
    for reason in reasons:
        yield Set(pen.text(("decision  ", "bold red"), reason), 0, 10)
    full = told.blockers if pen.whole else told.blockers[:_FULL]
    for n, entry in enumerate(full):
        if n or reasons:
            yield Text()
        yield from _entry(pen, entry)
    for n, entry in enumerate(told.blockers[len(full) :]):
        if not n:
            yield Text()
        yield pen.text(_word(entry), "  ", entry.title, "  ", (entry.id, "dim"), *_new(entry))


def _entry(pen: Pen, entry: Entry) -> Iterator[Text | Set]:
    yield pen.text(_word(entry), "  ", (entry.title, "bold"), *_new(entry))
    yield Set(pen.text((f"{entry.id} · {entry.result.severity}", "dim")), 4)
    for sentence in entry.sentences:
        yield Set(pen.text(sentence), 4)
    yield from _evidence(pen, entry)
    for told in entry.timelines if pen.whole else entry.timelines[:1]:
        yield from journey(pen, told)
    yield from _labelled(pen, "why", entry.why)
    yield from _labelled(pen, "fix", entry.fix, "bold")


def _evidence(pen: Pen, entry: Entry) -> Iterator[Set]:
    shown, more = pen.first([(place(e), e.detail) for e in entry.evidence], _PLACES)
    width = max((len(pen.clean(where)) for where, _ in shown), default=0)
    for where, detail in shown:
        gap = " " * (width - len(pen.clean(where)) if width <= _COLUMN else 0) + "  "
        line = pen.text((where, "cyan"), limit=300).append(gap if where else "").append(pen.text(detail, limit=300))
        yield Set(line, 6, 2)
    if more:
        yield Set(pen.text((f"+{more:,} more", "dim")), 6)


def _word(entry: Entry) -> tuple[str, str]:
    return entry.word.upper(), _STYLE.get(entry.word, "bold")


def _new(entry: Entry) -> list[tuple[str, str]]:
    return [("  ", ""), ("new", "bold yellow")] if entry.new else []


def _missing(pen: Pen, told: View) -> Iterator[Text | Rule | Set]:
    if not told.missing:
        return
    blocking = sum(e.result.blocking for e in told.missing)
    share = ", all block" if blocking == len(told.missing) else f", {blocking} of them block" if blocking else ""
    yield from pen.heading("Not looked at", f"{len(told.missing)}{share}")
    few = pen.whole or len(told.missing) <= _FULL
    for command, entries in told.missing_by_command():
        yield Set(pen.text((f"{len(entries):>3}  ", "bold yellow"), command or "nothing is known yet"), 0, 5)
        if few:
            for entry in entries:
                todo = f"  {entry.close}" if entry.result.planned else ""
                yield Set(pen.text(entry.title, "  ", (entry.id, "dim"), (todo, "dim")), 5, 2)
                yield from _partial(pen, entry)
        else:
            yield _ids(pen, [e.id for e in entries])


def _partial(pen: Pen, entry: Entry) -> Iterator[Set]:
    for finding in entry.partial:
        where = next((place(e) for e in finding.evidence), "")
        said = f"{finding.method} alone: {WORDS[finding.outcome]}, {finding.summary}"
        yield Set(pen.text((said, "dim"), *([("  ", ""), (where, "cyan")] if where else [])), 7, 2)


def _ids(pen: Pen, ids: Sequence[str]) -> Set:
    shown, more = pen.first(ids, _IDS)
    line = pen.text(
        (", ".join(shown) + (f", +{more} more" if more else ""), "dim"), limit=100_000 if pen.whole else 800
    )
    return Set(line, 5)


def _others(pen: Pen, told: View) -> Iterator[Text | Rule | Set]:
    if not told.others:
        return
    yield from pen.heading("Not well, and not blocking", len(told.others))
    for entry in told.others:
        yield pen.text(_word(entry), "  ", entry.title, "  ", (entry.id, "dim"), *_new(entry))
        yield Set(pen.text(entry.result.summary), 4)


def _waivers(pen: Pen, assessment: Assessment, told: View) -> Iterator[Text | Rule | Set]:
    notes = assessment.decision.waivers
    noted = {note.control for note in notes}
    bare = [e for e in told.waived if e.id not in noted]
    if not notes and not bare:
        return
    yield from pen.heading("Waivers", len(notes) + len(bare))
    for note in notes:
        style = "red" if note.state in ("expired", "refused") else "yellow"
        yield pen.text((note.control, "bold"), "  ", (waiver_state(note), style), f"  {note.owner}")
        if note.detail:
            yield Set(pen.text((note.detail, "dim")), 4)
    for entry in bare:
        yield pen.text((entry.id, "bold"), "  ", f"waived: {entry.result.summary}")


def _passes(pen: Pen, told: View) -> Iterator[Text | Rule | Set]:
    if told.passed:
        yield from pen.heading("Passes", len(told.passed))
        if pen.whole:
            yield from (Set(pen.text((e.id, "green"), "  ", e.result.summary), 0, 4) for e in told.passed)
        else:
            yield pen.text((", ".join(e.id for e in told.passed), "green"), limit=20_000)
    if told.not_applicable:
        yield Text()
        n = len(told.not_applicable)
        yield pen.text((f"{plural(n, 'control')} {'does' if n == 1 else 'do'} not apply here.", "dim"))


def _problems(pen: Pen, assessment: Assessment) -> Iterator[Text | Rule | Set]:
    if not assessment.problems:
        return
    yield from pen.heading("What stood in the way", len(assessment.problems))
    shown, more = pen.first(assessment.problems, 5)
    for problem in shown:
        yield Set(pen.text("- ", problem), 0, 2)
    if more:
        yield pen.text((f"  +{more:,} more", "dim"))


def _close(pen: Pen, assessment: Assessment, commands: Sequence[tuple[str, int]]) -> Iterator[Text | Rule | Set]:
    decision = assessment.decision
    if decision.verdict == "GO":
        if decision.expires:
            yield Text()
            yield pen.text((f"This GO holds until {day(decision.expires)}, or until what was judged changes.", "dim"))
        return
    if not commands:
        return
    yield Text()
    yield pen.text(("These would close most:", "bold"))
    for command, n in commands:
        yield Set(pen.text((f"{n:>3}  ", "bold"), (command_words(command, n), "bold")), 2, 5)
    if assessment.drafted and any(is_command(command) for command, _ in commands):
        yield pen.text(("Run `gonogo init` first: these commands read gonogo.yaml.", "dim"))


def render(
    assessment: Assessment,
    catalog: Catalog,
    *,
    commands: Sequence[tuple[str, int]] = (),
    width: int = 80,
    whole: bool = False,
) -> str:
    """Return the report as plain text without colour, as it reads in a file or a log."""
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None, force_terminal=False, legacy_windows=False)
    console.print(Told(assessment, catalog, commands, whole))
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))
