"""The outcomes of users: alike for both versions, or better by the planned effect for the new one."""

from statistics import fmean, stdev

import pytest

from gonogo.facts.declaration import Accuracy, Experiment, Feedback, PredictionEndpoint
from gonogo.prove.lab.procedures.experiment import _outcome as outcome

PLAN = Experiment(model="new", unit="X-User-Id", analysis=("analyse",), users=400, effect=0.1)
RATING = Feedback(path="/f", body={"rating": "up"}, label="/rating")


def endpoint(metric, baseline):
    return PredictionEndpoint(
        name="p", path="/p", classes=("yes", "no"), accuracy=Accuracy(metric=metric, baseline=baseline, path="/a")
    )


def shares(of, value, good):
    return [
        sum(outcome(PLAN, of, RATING, value, n, better) == good for n in range(200)) / 200 for better in (False, True)
    ]


def test_good_ratings_grow_by_the_planned_share():
    usual, better = shares(None, None, "up")
    assert (usual, better) == (pytest.approx(0.6, abs=0.01), pytest.approx(0.7, abs=0.01))


def test_right_classes_grow_by_the_planned_share():
    usual, better = shares(endpoint("accuracy", 0.8), "yes", "yes")
    assert (usual, better) == (pytest.approx(0.8, abs=0.01), pytest.approx(0.9, abs=0.01))


def test_errors_shrink_by_the_planned_share_and_scatter_so_little_that_it_shows():
    of, given = endpoint("mape", 0.1), Feedback(path="/f", body={"actual": 1.0}, label="/actual")
    usual, better = (
        [1000 / outcome(PLAN, of, given, 1000.0, n, better) - 1 for n in range(200)] for better in (False, True)
    )
    assert fmean(usual) == pytest.approx(0.1, rel=0.01)
    assert fmean(better) == pytest.approx(0.09, rel=0.01)
    z = (fmean(usual) - fmean(better)) / (stdev(usual) ** 2 / 200 + stdev(better) ** 2 / 200) ** 0.5
    assert 3.5 < z < 5


def test_whole_numbers_stay_whole():
    given = Feedback(path="/f", body={"actual": 1}, label="/actual")
    assert isinstance(outcome(PLAN, endpoint("mae", 10.0), given, 1000.0, 1, False), int)
