"""Bars and marks of a timeline lie within the drawing, whatever the times are."""

import io
from collections.abc import Callable

import msgspec
import pytest
from rich.console import Console

from gonogo.catalog.control import Catalog
from gonogo.facts import Assessment, Span, Timeline
from gonogo.report import html, markdown, terminal
from gonogo.report.pen import Journeys
from gonogo.report.timeline import bars, drawn, length, marks

from .conftest import TIMELINE


def of(*spans: Span, length_s: float = 10.0) -> Timeline:
    return msgspec.structs.replace(TIMELINE, spans=spans, length_s=length_s, seconds=length_s)


@pytest.mark.parametrize("length_s", [0.0, 0.0004, 0.046, 1.0, 9.62, 130.0, 86_400.0, 1e9])
def test_marks_are_few_and_lie_within(length_s: float) -> None:
    found = marks(of(length_s=length_s))
    assert 1 <= len(found) <= 6
    assert found[0] == (0.0, "0")
    assert all(0 <= left <= 100 for left, _ in found)


@pytest.mark.parametrize(("start", "end"), [(0.0, 0.0), (9.99, 10.0), (10.0, 10.0), (3.0, None), (50.0, 60.0)])
def test_every_bar_can_be_seen_and_lies_within(start: float, end: float | None) -> None:
    (bar,) = bars(of(Span(label="m", track="model", start_s=start, end_s=end)))
    assert bar.left >= 0 and bar.width > 0 and bar.left + bar.width <= 100.001
    assert len(drawn(bar, 20, "=")) == 20
    assert "=" in drawn(bar, 20, "=")


def test_lengths_are_said_in_a_unit_that_fits() -> None:
    assert [length(s) for s in (0.0, 0.046, 0.9999, 3.0, 9.62, 130.4)] == [
        "0 ms",
        "46 ms",
        "1 s",
        "3 s",
        "9.6 s",
        "130 s",
    ]


def test_a_fault_a_bad_status_and_the_answer_that_reached_the_user_are_told_apart() -> None:
    given = of(
        Span(label="m", track="model", fault="status", status=503),
        Span(label="m", track="model", fault="drip", status=200),
        Span(label="m", track="model", status=200, reached=True),
        Span(label="m", track="model", status=429),
    )
    assert [(b.kind, b.says, b.bad) for b in bars(given)] == [
        ("hit", "fault: status 503", True),
        ("hit", "fault: drip, status 200", True),
        ("reached", "this answer reached the user", False),
        ("well", "status 429", True),
    ]


@pytest.mark.parametrize("render", [html.render, markdown.render, terminal.render])
def test_a_failing_control_shows_the_journey_and_the_command_that_plays_it_again(
    render: Callable[[Assessment, Catalog], str], assessment: Assessment, catalog: Catalog
) -> None:
    text = " ".join(render(assessment, catalog).split())
    for words in (TIMELINE.replay, "fault: hang-before-headers", "create", "and 2 further calls"):
        assert words in text
    calm = msgspec.structs.replace(assessment, timelines=())
    assert TIMELINE.replay not in " ".join(render(calm, catalog).split())


def test_a_terminal_of_80_columns_shows_at_most_eight_lines_of_bars(assessment: Assessment, catalog: Catalog) -> None:
    many = tuple(Span(label=f"m{n}", track="model", start_s=n / 10, end_s=n / 10 + 0.1) for n in range(30))
    given = msgspec.structs.replace(assessment, timelines=(of(*many),))
    text = terminal.render(given, catalog)
    assert sum("━" in line for line in text.splitlines()) <= 8
    assert max(map(len, text.splitlines())) <= 80


def test_journeys_can_be_shown_alone_with_every_call() -> None:
    out = io.StringIO()
    Console(file=out, width=80, color_system=None).print(Journeys([TIMELINE]))
    assert sum("━" in line for line in out.getvalue().splitlines()) == len(TIMELINE.spans)
    assert TIMELINE.name in out.getvalue()
