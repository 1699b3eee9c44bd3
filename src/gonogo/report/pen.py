"""How texts are set on a terminal: cleaned, wrapped and hung; and a journey as bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.rule import Rule
from rich.text import Text

from gonogo.facts import Timeline
from gonogo.report import timeline
from gonogo.report.hostile import ascii_only, visible
from gonogo.report.view import plural

_SPANS, _CELLS = 8, 20
"""Lines of one timeline, and how wide its bars are drawn."""
_BARS = {"edge": "", "hit": "red", "reached": "green", "well": "dim"}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pen:
    """Makes texts fit to print; with `ascii` in ASCII alone, with `whole` nothing is cut to `+N more`."""

    ascii: bool
    whole: bool

    def clean(self, text: str, limit: int = 400) -> str:
        """Return a text with nothing in it that acts on the terminal."""
        shown = visible(text, limit)
        return ascii_only(shown) if self.ascii else shown

    def text(self, *parts: str | tuple[str, str], limit: int = 400) -> Text:
        """Join parts, each a text or (text, style); styles are ours, texts are anybody's."""
        line = Text(overflow="fold")
        for part in parts:
            words, style = part if isinstance(part, tuple) else (part, "")
            keep = len(words) - len(words.lstrip(" ")), len(words) - len(words.rstrip(" "))
            line.append(" " * keep[0] + self.clean(words, limit) + " " * (keep[1] if words.strip() else 0), style)
        return line

    def heading(self, title: str, n: int | str) -> Iterator[Rule | Text]:
        """Yield the heading of a part, with how many things stand in it."""
        yield Text()
        mark = "-" if self.ascii else "─"
        yield Rule(self.text((title, "bold"), (f" ({n})", "dim")), align="left", characters=mark, style="dim")

    def first(self, items: Sequence[T], limit: int) -> tuple[Sequence[T], int]:
        """Return the items to show and how many are left out; one more than the limit is shown rather than counted."""
        if self.whole or len(items) <= limit + 1:
            return items, 0
        return items[:limit], len(items) - limit


@dataclass(frozen=True, slots=True)
class Set:
    """A text set `left` columns in, its further lines `hang` columns more, which `lead` fills in the first one. It
    leaves no blanks at line ends."""

    text: Text
    left: int = 0
    hang: int = 0
    lead: Text | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines."""
        lines = self.text.wrap(console, max(options.max_width - self.left - self.hang, 10), overflow="fold")
        for n, line in enumerate(lines):
            line.rstrip()
            first = self.lead or Text()
            yield Text(" " * (self.left + (self.hang if n else 0))) + (Text() if n else first) + line


def journey(pen: Pen, told: Timeline) -> Iterator[Set]:
    """Draw a journey: a line for each call, the bar where it stood in time."""
    yield Set(pen.text((f"{told.name} in {told.scenario}, case {told.case}", "bold"), (f"  {told.ending}", "")), 6, 2)
    shown, more = pen.first(timeline.bars(told), _SPANS - 1)
    for bar in shown:
        style = _BARS[bar.kind]
        lead = Text(timeline.drawn(bar, _CELLS, "=" if pen.ascii else "━"), style).append(
            f" {bar.took:>7}  ", "default"
        )
        line = pen.text((f"{bar.track} ", "dim"), (bar.span.label, ""), limit=60)
        line.append(pen.text(", ", (bar.says, style if bar.bad else "")) if bar.says else "")
        yield Set(line, 6, len(lead), lead)
    left = more + told.left_out
    if left:
        yield Set(pen.text((f"and {plural(left, 'further call')}", "dim")), 6)
    yield from (Set(pen.text((sentence, "dim")), 6, 2) for sentence in told.told)
    yield Set(pen.text(("again ", "dim"), (told.replay, "bold"), limit=600), 6, 6)


@dataclass(frozen=True, slots=True)
class Journeys:
    """A rich renderable of journeys alone, as `gonogo lab --case` shows them."""

    timelines: Sequence[Timeline]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield each journey with all of its lines."""
        pen = Pen(ascii=options.ascii_only, whole=True)
        for told in self.timelines:
            yield Text()
            yield from journey(pen, told)
