"""Records that differ from the good one in one point, and where they stand in a request."""

import json
from itertools import islice
from random import Random

from gonogo.facts.declaration import Journey, PredictionEndpoint
from gonogo.prove.lab.records import broken, grid, record_of, takes_several, unusual, usual_output, with_records

GOOD = {"area": 80, "kind": "flat", "year": None}
ENDPOINT = PredictionEndpoint(
    name="price", path="/predict", record="/rows/0", output_min=10, output_max=30,
    fields={
        "area": {"type": "number", "minimum": 10, "maximum": 900},
        "kind": {"enum": ["flat", "house"]},
        "year": {"type": ["integer", "null"]},
    },
    optional=("year",),
)  # fmt: skip
JOURNEY = Journey(name="price", path="/predict", body={"rows": [GOOD], "currency": "EUR"})


def test_the_good_record_is_found_where_it_is_declared():
    assert record_of(ENDPOINT, JOURNEY) == GOOD
    assert record_of(PredictionEndpoint(name="p", path="/p"), Journey(name="p", path="/p", body=GOOD)) == GOOD
    assert record_of(PredictionEndpoint(name="p", path="/p", record="/no/5"), JOURNEY) is None


def test_records_take_the_place_of_the_good_one_and_leave_the_rest():
    asked = with_records(ENDPOINT, JOURNEY, [{"a": 1}, {"a": 2}], "two")
    assert json.loads(asked.body) == {"rows": [{"a": 1}, {"a": 2}], "currency": "EUR"}
    assert (asked.name, asked.as_declared) == ("two", False)
    assert JOURNEY.body["rows"] == [GOOD], "the declaration itself stays as it is"
    assert takes_several(ENDPOINT)


def test_a_record_that_is_the_whole_body_is_replaced_whole():
    endpoint = PredictionEndpoint(name="p", path="/p")
    assert json.loads(with_records(endpoint, Journey(name="p", path="/p", body=GOOD), [{"a": 1}], "x").body) == {"a": 1}
    assert not takes_several(endpoint)


def test_each_broken_record_is_broken_in_one_point():
    made = dict(broken(ENDPOINT, GOOD))
    assert made["area: wrong type"] == GOOD | {"area": "many"}
    assert made["area: missing"] == {"kind": "flat", "year": None}
    assert made["area: below its minimum"]["area"] == 9
    assert made["area: another unit"]["area"] == 80_000
    assert made["kind: wrong type"]["kind"] == 17
    assert "year: missing" not in made, "it may be left out"
    assert made["a field that nobody declared"] == GOOD | {"no_such_field": 1}


def test_unusual_values_are_those_that_the_type_can_have():
    made = {(name, kind) for name, kind, _ in unusual(ENDPOINT, GOOD)}
    assert made == {
        ("area", "null"), ("area", "nan"), ("area", "minimum"), ("area", "maximum"),
        ("kind", "null"), ("kind", "empty"), ("kind", "unseen"), ("year", "null"), ("year", "nan"),
    }  # fmt: skip


def test_the_usual_output_lies_within_what_is_declared():
    assert usual_output(ENDPOINT) == 20
    assert usual_output(PredictionEndpoint(name="p", path="/p", classes=("a", "b"))) == "a"
    assert usual_output(PredictionEndpoint(name="p", path="/p", output_min=3)) == 4
    assert usual_output(PredictionEndpoint(name="p", path="/p")) is None


def test_a_sweep_asks_for_distinct_records_within_the_schema():
    records = list(islice(grid(ENDPOINT, GOOD, Random(1)), 500))
    assert len({json.dumps(r, sort_keys=True) for r in records}) == 500
    assert all(10 <= r["area"] <= 900 and r["kind"] in ("flat", "house") and r["year"] is None for r in records)


def test_a_sweep_ends_where_the_schema_has_no_more_records():
    endpoint = PredictionEndpoint(name="p", path="/p", fields={"kind": {"enum": ["flat", "house"]}})
    assert len(list(grid(endpoint, GOOD, Random(1)))) == 2
