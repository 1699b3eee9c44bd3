"""Rows drawn from training data: read as declared, and shifted in one field and one respect."""

from random import Random
from statistics import fmean, pstdev

import pytest

from gonogo.errors import CollectError
from gonogo.facts.declaration import Accuracy, Dataset, PredictionEndpoint, System
from gonogo.prove.lab.shifts import drawn, equal, expected, features_of, shifted, shifts, training_rows, true_value

ENDPOINT = PredictionEndpoint(
    name="price",
    path="/predict",
    fields={
        "area": {"type": "number", "minimum": 0, "maximum": 200},
        "rooms": {"type": "integer", "minimum": 1, "maximum": 9},
        "place": {"type": "string"},
        "built": {"type": ["integer", "null"]},
    },
    optional=("built",),
    missing={"area": "reject", "built": "impute"},
)
ROWS = [{"area": 20.0 + n, "rooms": 1 + n % 8, "place": "ab"[n % 4 == 0], "built": 1900 + n} for n in range(100)]


def read(tmp_path, name, text, **system):
    (tmp_path / name).write_text(text)
    datasets = (Dataset(name="sales", path=system.pop("path", name), purpose=system.pop("purpose", "training")),)
    return training_rows(tmp_path, System(name="s", datasets=datasets), ENDPOINT)


def test_numbers_of_a_table_become_numbers_and_empty_cells_are_missing(tmp_path):
    rows = read(tmp_path, "sales.csv", "area,rooms,place,built,price\n80.5,3,a,1990,4\n70,2,b,,4\n,2,b,,4\n")
    assert rows == [
        {"area": 80.5, "rooms": 3, "place": "a", "built": 1990},
        {"area": 70.0, "rooms": 2, "place": "b", "built": None},
    ]


def test_lines_of_json_are_read_too(tmp_path):
    assert read(tmp_path, "sales.jsonl", '{"area": 80, "rooms": 3, "place": "a"}\n\n[]\n') == [
        {"area": 80, "rooms": 3, "place": "a", "built": None}
    ]


@pytest.mark.parametrize("system", [{"purpose": "holdout"}, {"path": "other.csv"}, {"path": "../sales.csv"}])
def test_without_training_data_the_key_is_named(tmp_path, system):
    (tmp_path / "copy").mkdir()
    with pytest.raises(CollectError) as told:
        read(tmp_path / "copy", "sales.csv", "area,rooms,place\n1,1,a\n", **system)
    assert "datasets:" in told.value.mend


def test_each_field_is_shifted_in_each_respect_that_it_has():
    assert list(shifts(ENDPOINT, ROWS)) == [
        ("mean", "area"), ("variance", "area"), ("mean", "rooms"), ("variance", "rooms"), ("mix", "place"),
        ("mean", "built"), ("variance", "built"), ("missing", "built"),
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), list(shifts(ENDPOINT, ROWS)))
def test_a_shift_changes_one_field_within_its_schema(kind, name):
    before = drawn(ROWS, 400, Random(1))
    after = shifted(kind, name, ENDPOINT, ROWS, [dict(row) for row in before], Random(2))
    assert [{**row, name: 0} for row in after] == [{**row, name: 0} for row in before]
    old, new = ([row[name] for row in rows] for rows in (before, after))
    schema = ENDPOINT.fields[name]
    assert all(v is None or type(v) is type(old[0]) for v in new)
    if kind == "missing":
        assert 0.2 < new.count(None) / len(new) < 0.4
    elif kind == "mix":
        assert new.count("b") > 2 * old.count("b")
    elif kind == "variance":
        assert pstdev(new) < pstdev(old) / 2
    else:
        assert abs(fmean(new) - fmean(old)) > pstdev(old) / 2
        assert all(schema.get("minimum", v) <= v <= schema.get("maximum", v) for v in new)


def errors(metric, baseline, falling, value=50.0):
    accuracy = Accuracy(metric=metric, baseline=baseline, path="/accuracy")
    endpoint = PredictionEndpoint(name="p", path="/p", classes=("yes", "no") if isinstance(value, str) else ())
    labels = [true_value(endpoint, accuracy, value, n / 200, falling) for n in range(200)]
    return labels, expected(accuracy, falling)


@pytest.mark.parametrize("falling", [False, True])
@pytest.mark.parametrize(
    ("metric", "error"),
    [
        ("mae", lambda labels: fmean(abs(50 - v) for v in labels)),
        ("mape", lambda labels: fmean(abs(50 - v) / v for v in labels)),
        ("rmse", lambda labels: fmean((50 - v) ** 2 for v in labels) ** 0.5),
    ],
)
def test_true_values_of_numbers_have_the_error_that_is_wanted(metric, error, falling):
    labels, wanted = errors(metric, 0.1, falling)
    assert error(labels) == pytest.approx(wanted) == pytest.approx(0.15 if falling else 0.1)
    assert error(labels[:20]) > 2 * wanted


@pytest.mark.parametrize(("falling", "right"), [(False, 180), (True, 140)])
def test_true_classes_agree_as_often_as_is_wanted(falling, right):
    labels, wanted = errors("accuracy", 0.9, falling, "yes")
    assert labels.count("yes") == right == round(200 * wanted)
    assert labels[0] == "no"


@pytest.mark.parametrize(
    ("inputs", "row"),
    [
        ([{"area": 1}], {"area": 1}),
        ([[1, "a"]], [1, "a"]),
        ({"area": [1], "place": ["a"]}, {"area": 1, "place": "a"}),
        ({"columns": ["area"], "data": [[1]]}, {"area": 1}),
        ([], None),
        ({"columns": ["area"], "data": []}, None),
        (7, 7),
    ],
)
def test_the_features_of_a_row_are_found_in_whatever_form_rows_come(inputs, row):
    assert features_of(inputs) == row


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"a": 1, "b": 2}, {"b": 2.0, "a": 1}, True),
        ({"a": 1}, {"b": 1}, False),
        ({"a": 1, "b": 2}, [1, 2], True),
        ([1, 2], [2, 1], False),
        ("oops", [1], False),
    ],
)
def test_features_are_compared_by_name_where_both_have_names(one, other, same):
    assert equal(one, other) is same
