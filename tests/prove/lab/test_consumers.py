"""Responses without one of their fields, as parsers are tried with them."""

import json

from gonogo.prove.lab.procedures.consumers import _broken as broken


def test_each_field_is_taken_out_once_and_the_first_of_a_list_stands_for_all():
    body = {"rows": [{"id": 1, "more": {"a": 2}}, {"id": 3}], "total": 2}
    assert {name: json.loads(without) for name, without in broken(json.dumps(body).encode())} == {
        "rows": {"total": 2},
        "rows/0/id": {**body, "rows": [{"more": {"a": 2}}, {"id": 3}]},
        "rows/0/more": {**body, "rows": [{"id": 1}, {"id": 3}]},
        "rows/0/more/a": {**body, "rows": [{"id": 1, "more": {}}, {"id": 3}]},
        "total": {"rows": body["rows"]},
    }


def test_what_is_no_json_is_cut():
    assert list(broken(b"a;b\n1;2\n")) == [("its second half", b"a;b\n")]
