import random
from datetime import UTC, datetime

import pytest
from hdrh.histogram import HdrHistogram

from gonogo.derive.latency import DIGITS, HIGHEST_US, LOWEST_US, merged, percentile, quantile, share, stages, trend
from gonogo.facts import LoadRun


def histogram(values):
    made = HdrHistogram(LOWEST_US, HIGHEST_US, DIGITS)
    for seconds in values:
        made.record_value(int(seconds * 1e6))
    return made


def encoded(values):
    return histogram(values).encode().decode()


def test_merged_histograms_say_the_same_as_one_of_all_values():
    source = random.Random(1)
    values = [source.lognormvariate(0, 1) / 10 for _ in range(3000)]
    parts = merged([encoded(values[:1000]), "", encoded(values[1000:])])
    whole = histogram(values)
    for q in (1, 50, 90, 99, 99.9, 100):
        assert parts.get_value_at_percentile(q) == whole.get_value_at_percentile(q)


def test_the_interval_of_a_percentile_holds_the_true_one_in_about_19_of_20_samples():
    source, held = random.Random(2), 0
    for _ in range(300):
        found = percentile(histogram([source.random() + 1 for _ in range(400)]), 95)
        held += found.low <= 1.95 <= found.high
    assert 275 <= held <= 299


def test_a_percentile_beyond_which_too_few_values_lie_has_no_upper_bound():
    assert percentile(histogram([0.1] * 400), 99).high is None
    assert percentile(histogram([0.1] * 600), 99).high == pytest.approx(0.1, rel=0.002)
    assert percentile(histogram([]), 99) is None


def test_a_share_has_wilsons_interval():
    found = share(5, 100)  # the figures of a published table
    assert (found.low, found.high) == (pytest.approx(0.0215, abs=1e-4), pytest.approx(0.1118, abs=1e-4))
    assert share(0, 10).low == 0.0
    assert share(0, 10).high == pytest.approx(0.2775, abs=1e-4)
    assert share(0, 0) is None


def test_a_trend_is_found_beneath_noise_and_outliers_and_not_where_there_is_none():
    source = random.Random(3)
    noise = [source.gauss(0, 1) for _ in range(400)]
    noise[100] = 500
    flat = trend([(float(t), 100 + n) for t, n in enumerate(noise)])
    assert flat.low <= 0 <= flat.high
    rising = trend([(float(t), 100 + 0.05 * t + n) for t, n in enumerate(noise)])
    assert 0.04 < rising.low <= rising.value <= rising.high < 0.06
    constant = trend([(float(t), 7.0) for t in range(50)])
    assert (constant.low, constant.value, constant.high) == (0, 0, 0)
    assert trend([(0.0, 1.0), (1.0, 2.0)]) is None


def test_quantiles_of_samples_are_by_nearest_rank():
    assert quantile([3, 1, 2, 4], 0.5) == 2
    assert quantile(range(1, 101), 0.95) == 95
    assert quantile([], 0.5) is None


def test_slices_of_a_stage_are_summed_and_journeys_stand_apart():
    def run(**given):
        return LoadRun(
            seen_at=datetime(2026, 6, 1, tzinfo=UTC), scenario="soak", stage="soak", arrival="poisson", **given
        )

    runs = [
        run(begun_s=60, seconds=60, sent=10, good=8, errors={"timeout": 2}, latency=encoded([1.0] * 8), late_share=0.5,
            memory_mb=((61.0, 5.0),)),
        run(begun_s=0, seconds=60, sent=30, good=30, latency=encoded([0.1] * 30), memory_mb=((1.0, 4.0), (2.0, 4.5))),
        run(journey="ask", seconds=60, sent=1, good=1),
    ]  # fmt: skip
    soak = stages(runs)["soak"]
    assert (soak.sent, soak.good, soak.bad, soak.seconds, soak.late_share) == (40, 38, 2, 120, 0.125)
    assert soak.latency.get_total_count() == 38
    assert soak.samples("memory_mb") == [(1.0, 4.0), (2.0, 4.5), (61.0, 5.0)]
    assert [r.begun_s for r in soak.runs] == [0, 60]
    assert stages(runs, "ask")["soak"].sent == 1
