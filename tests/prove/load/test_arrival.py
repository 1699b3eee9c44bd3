from itertools import pairwise

import pytest

from gonogo.errors import UsageError
from gonogo.prove.load.arrival import Past, constant, poisson, ramp, recorded, replayed, spike


def test_constant_arrivals_are_evenly_spaced_and_counted_exactly():
    assert list(constant(4, 1, begin=10)) == [10, 10.25, 10.5, 10.75]
    assert len(list(constant(0.1, 10))) == 1


def test_poisson_arrivals_keep_their_rate_and_come_from_their_seed():
    moments = list(poisson(100, 50))
    assert moments == list(poisson(100, 50)) != list(poisson(100, 50, seed=8))
    assert 4_700 < len(moments) < 5_300  # four standard deviations around 5,000
    gaps = sorted(b - a for a, b in pairwise(moments))
    assert gaps[len(gaps) // 2] == pytest.approx(0.0069, rel=0.1)  # the median of an exponential gap: ln 2 / rate


def test_a_ramp_brings_as_many_as_its_mean_rate_and_ever_more_of_them():
    moments = list(ramp(0, 100, 10))
    assert len(moments) == 500
    assert sum(m < 5 for m in moments) == pytest.approx(125, abs=1)  # a quarter in the first half
    assert moments == sorted(moments)
    assert list(ramp(10, 10, 1)) == pytest.approx(list(constant(10, 1)))


def test_a_spike_is_so_many_times_the_ordinary_rate_in_its_own_seconds_only():
    moments = list(spike(20, 5, 10, 10, 10))
    assert moments == sorted(moments)
    before, during, after = (sum(a <= m < a + 10 for m in moments) for a in (0, 10, 20))
    assert during > 3 * before and during > 3 * after


def test_a_trace_is_read_sorted_and_counted_from_its_first_request():
    lines = [
        "TIMESTAMP,ContextTokens,GeneratedTokens",
        "2023-11-16 18:17:04.0319600,3180,8",
        "2023-11-16 18:17:03.9799600,4808,10",
        "2023-11-17 00:00:00,,1",
    ]
    first, second, third = recorded(lines)
    assert first == Past(0.0, 4808)
    assert (second.at_s, second.tokens) == (pytest.approx(0.052), 3180)
    assert (third.at_s, third.tokens) == (pytest.approx(20576.02004), None)
    assert [p.at_s for p in recorded(["TIMESTAMP", "7.5", "9"])] == [0.0, 1.5]


@pytest.mark.parametrize(
    "lines", [["TIME,Tokens", "1,2"], ["TIMESTAMP", "tomorrow"], ["TIMESTAMP,ContextTokens", "1,x"], []]
)
def test_a_trace_that_cannot_be_read_says_where_and_how_to_mend_it(lines):
    with pytest.raises(UsageError) as raised:
        recorded(lines)
    assert "TIMESTAMP" in raised.value.mend


def test_a_trace_is_scaled_to_a_rate_and_keeps_its_bursts():
    trace = [Past(t) for t in (0.0, 0.1, 0.2, 100.0)]
    scaled = replayed(trace, seconds=1e9, rate=0.4)
    assert [p.at_s for p in scaled] == pytest.approx([0.0, 0.01, 0.02, 10.0])
    assert len(replayed(trace, seconds=50)) == 3
