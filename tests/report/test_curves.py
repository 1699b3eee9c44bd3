"""Lines and marks of load runs lie within the drawing, whatever was measured."""

import itertools

import msgspec
import pytest

from gonogo.catalog.control import Catalog
from gonogo.facts import Assessment, LoadCurve
from gonogo.report import html
from gonogo.report.curves import BOTTOM, LEFT, RIGHT, TOP, Line, played

from .conftest import LOADS


def points(line: Line) -> list[tuple[float, float]]:
    return [tuple(map(float, point.split(","))) for point in line.points.split()]


def of(*curve: tuple[float, float], **given: object) -> LoadCurve:
    return msgspec.structs.replace(LOADS[0], curve=curve, slices=(), **given)


@pytest.mark.parametrize("scale", [0.0, 1e-9, 1e-6, 0.004, 1.0, 3599.0])
def test_lines_and_marks_lie_within_the_plot(scale: float) -> None:
    (run,) = played([of((0.0, scale), (50.0, 1.3 * scale), (99.9999, 2 * scale))])
    (chart,) = run.charts
    for x, y in points(chart.lines[0]):
        assert LEFT <= x <= RIGHT and TOP <= y <= BOTTOM
    assert all(LEFT <= x <= RIGHT for x, _ in chart.across)
    assert 2 <= len(chart.up) <= 8
    assert len({words for _, words in chart.up}) == len(chart.up)


def test_rarer_requests_stand_further_right_and_slower_ones_higher() -> None:
    (run,) = played([of((0.0, 0.1), (90.0, 0.2), (99.0, 0.4), (99.9, 0.8))])
    drawn = points(run.charts[0].lines[0])
    steps = [b[0] - a[0] for a, b in itertools.pairwise(drawn)]
    assert steps == pytest.approx([steps[0]] * 3, abs=0.2)  # each nine takes as much room as the one before
    rises = [a[1] - b[1] for a, b in itertools.pairwise(drawn)]
    assert rises == pytest.approx([rises[0]] * 3, abs=0.2)  # and so does each doubling
    assert [words for _, words in run.charts[0].across] == ["0 %", "50 %", "90 %", "99 %", "99.9 %"]


def test_stages_are_drawn_by_scenario_and_over_time_where_they_were_sliced() -> None:
    overload, stress = played(LOADS)
    assert [c.title for c in overload.charts] == ["Time within which so many were answered", "p95 over time"]
    assert [len(c.lines) for c in overload.charts] == [2, 2]
    assert points(overload.charts[1].lines[1])[0][0] > points(overload.charts[1].lines[0])[-1][0]
    assert stress.charts == ()  # nothing was answered: the table alone says so


def test_the_page_shows_each_stage_with_its_figures(assessment: Assessment, catalog: Catalog) -> None:
    text = " ".join(html.render(assessment, catalog).split())
    assert text.count("<polyline") == 4
    for words in (
        "Under load",
        "held-300",
        "300 at once",
        "290 status-429",
        "900 of 1200",
        "1.2 % left late",
        "500 ms or more",
    ):
        assert words in text
    calm = html.render(msgspec.structs.replace(assessment, loads=()), catalog)
    assert "Under load" not in calm and "<polyline" not in calm
