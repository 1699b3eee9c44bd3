"""Distances of two samples, held against values that textbooks and other programs give."""

import math

import pytest

from gonogo.derive.drift import ks, psi


def test_equal_shares_are_no_distance_apart():
    assert psi(["a", "b", None], ["b", None, "a"]) == 0


def test_the_index_of_two_bins_is_the_sum_of_its_textbook_terms():
    # (0.7 - 0.5) ln(0.7 / 0.5) + (0.3 - 0.5) ln(0.3 / 0.5)
    assert psi(["a"] * 5 + ["b"] * 5, ["a"] * 7 + ["b"] * 3) == pytest.approx(0.16946, abs=1e-5)


def test_numbers_fall_into_tenths_of_the_reference():
    reference = list(range(100))
    assert psi(reference, reference) == 0
    assert psi(reference, [v + 50 for v in reference]) > 1


def test_values_that_go_missing_are_a_distance():
    assert psi([1.0, 2.0] * 50, [1.0, None] * 50) > 0.2


def test_a_bin_that_only_one_side_has_keeps_the_index_finite():
    assert 1 < psi(["a"], ["b"]) < 100


def test_the_distance_of_samples_that_do_not_overlap_is_one():
    distance, p = ks([float(n) for n in range(50)], [float(n) for n in range(100, 150)])
    assert distance == 1
    assert p < 1e-12


def test_a_shift_of_a_quarter_has_the_p_value_of_the_limit_distribution():
    distance, p = ks(list(range(100)), list(range(25, 125)))
    assert distance == pytest.approx(0.25)
    assert p == pytest.approx(2 * math.exp(-2 * 1.8017**2), rel=1e-3)  # the first term, with Stephens' correction


def test_equal_samples_and_names_show_no_distance():
    assert ks([1, 2, 3], [1, 2, 3]) == (0, 1)
    assert ks(["a"], ["b"]) is None
