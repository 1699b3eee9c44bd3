from datetime import UTC, datetime

from hdrh.histogram import HdrHistogram

from gonogo.derive.curves import curves
from gonogo.derive.factset import FactSet
from gonogo.derive.latency import DIGITS, HIGHEST_US, LOWEST_US
from gonogo.facts import LoadRun


def run(scenario, stage, values, **given):
    made = HdrHistogram(LOWEST_US, HIGHEST_US, DIGITS)
    for seconds in values:
        made.record_value(int(seconds * 1e6))
    n = len(values)
    return LoadRun(
        seen_at=datetime(2026, 6, 1, tzinfo=UTC), scenario=scenario, stage=stage, arrival="poisson", seconds=10.0,
        sent=n, good=n, latency=made.encode().decode() if n else "", **given,
    )  # fmt: skip


def test_each_stage_of_each_scenario_gets_a_curve_as_far_as_it_has_requests():
    values = [n / 1000 for n in range(1, 1001)]
    peak, soak = curves(FactSet([run("load-peak", "peak", values), run("soak", "soak", [])]))
    assert (peak.scenario, peak.stage, soak.stage) == ("load-peak", "peak", "soak")
    assert [q for q, _ in peak.curve] == sorted(q for q, _ in peak.curve)
    assert peak.curve[-1][0] == 99.9
    assert [(w.percent, round(w.seconds, 2)) for w in peak.table][:3] == [(50.0, 0.5), (90.0, 0.9), (95.0, 0.95)]
    assert soak.curve == soak.table == ()


def test_journeys_apart_are_not_drawn_and_slices_follow_each_other():
    made = curves(
        FactSet(
            [
                run("overload", "normal", [0.1], begun_s=0.0), run("overload", "normal", [0.2], begun_s=10.0),
                run("overload", "after", [0.3], begun_s=0.0), run("overload", "after", [], begun_s=10.0),
                run("overload", "after", [9.0], journey="ask"),
            ]
        )
    )  # fmt: skip
    normal, after = made
    assert [(a, b) for a, b, _ in normal.slices] == [(0, 10), (10, 20)]
    assert [(a, b, p is None) for a, b, p in after.slices] == [(20, 30, False), (30, 40, True)]
    assert after.sent == 1
