"""The codecs of prediction servers: what is read of each form, and that any bytes are read or refused."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonogo.wire import kserve, mlflow
from gonogo.wire.prediction import PredictionError

JSON = {"content-type": "application/json"}
INFER = "/v2/models/price/versions/3/infer"


def invoke(body: object, headers: dict[str, str] = JSON):
    return mlflow.parse("POST", "/invocations", headers, body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ({"dataframe_split": {"columns": ["a", "b"], "data": [[1, 2], [3, 4]]}}, 2),
        ({"dataframe_records": [{"a": 1}]}, 1),
        ({"instances": [1, 2, 3]}, 3),
        ({"inputs": {"a": [1, 2], "b": [3, 4]}, "params": {"t": 1}}, 2),
        ({"inputs": "one text"}, 1),
    ],
)
def test_mlflow_reads_each_form_of_input(body, rows):
    assert invoke(body).rows == rows


def test_mlflow_reads_a_table():
    read = invoke(b"a,b\n1,2\n3,4\n", {"content-type": "text/csv; charset=utf-8"})
    assert (read.rows, read.inputs) == (2, {"columns": ["a", "b"], "data": [["1", "2"], ["3", "4"]]})


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", JSON, 400),
        ({"instances": [], "inputs": []}, JSON, 400),
        ({"dataframe_records": [1]}, JSON, 400),
        ({"instances": []}, {"content-type": "text/plain"}, 415),
    ],
)
def test_mlflow_refuses_what_its_server_refuses(body, headers, status):
    with pytest.raises(PredictionError) as caught:
        invoke(body, headers)
    assert caught.value.status == status
    written = mlflow.error(caught.value.status, caught.value.message, caught.value.kind)
    assert status == 415 or json.loads(written.body)["error_code"] == "BAD_REQUEST"


def test_kserve_reads_tensors_and_answers_with_one_per_output():
    tensors = [{"name": "x", "datatype": "FP32", "shape": [2, 2], "data": [[1, 2], [3, 4]]}]
    asked = kserve.parse("POST", INFER, {}, json.dumps({"id": "7", "inputs": tensors}).encode())
    assert (asked.model, asked.version, asked.rows, asked.inputs) == ("price", "3", 2, {"x": [[1, 2], [3, 4]]})
    told = json.loads(kserve.answer(asked, [0.5, 0.25])[0])
    assert told["outputs"] == [{"name": "predict", "shape": [2], "datatype": "FP64", "data": [0.5, 0.25]}]
    assert (told["model_name"], told["model_version"], told["id"]) == ("price", "3", "7")
    several = json.loads(kserve.answer(asked, [{"p": 0.5, "label": "a"}, {"p": 0.1, "label": "b"}])[0])["outputs"]
    assert [(one["name"], one["datatype"], one["data"]) for one in several] == [
        ("p", "FP64", [0.5, 0.1]),
        ("label", "BYTES", ["a", "b"]),
    ]


def test_kserve_reads_tensors_that_follow_as_bytes():
    floats, texts = struct.pack("<2f", 1.5, 2.5), struct.pack("<I3s", 3, b"abc")
    head = {
        "inputs": [
            {"name": "x", "datatype": "FP32", "shape": [2], "parameters": {"binary_data_size": len(floats)}},
            {"name": "t", "datatype": "BYTES", "shape": [1], "parameters": {"binary_data_size": len(texts)}},
        ]
    }
    body = json.dumps(head).encode()
    asked = kserve.parse("POST", INFER, {kserve.BINARY_HEADER: str(len(body))}, body + floats + texts)
    assert asked.inputs == {"x": [1.5, 2.5], "t": ["abc"]}


@pytest.mark.parametrize(
    "tensor",
    [
        {"name": "x", "datatype": "FP32", "shape": [3], "data": [1, 2]},
        {"name": "x", "datatype": "FP32", "shape": [-1], "data": [1]},
        {"name": "x", "datatype": "FP32", "shape": [1]},
        {"name": "x", "datatype": "FP9", "shape": [1], "parameters": {"binary_data_size": 4}},
    ],
)
def test_kserve_refuses_a_tensor_that_is_none(tensor):
    with pytest.raises(PredictionError):
        kserve.parse("POST", INFER, {}, json.dumps({"inputs": [tensor]}).encode())


def test_version_1_of_kserve_reads_instances():
    asked = kserve.parse("POST", "/v1/models/price:predict", {}, b'{"instances": [[1], [2]]}')
    assert (asked.model, asked.rows) == ("price", 2)
    assert json.loads(kserve.answer(asked, [1, 2])[0]) == {"predictions": [1, 2]}


CODECS = {"kserve": kserve, "mlflow": mlflow}
PATHS = [INFER, "/v1/models/m:predict", "/invocations", "/v2/models/m", "/v2", "/ping", "/other"]
WORDS = sorted(
    {word for name in CODECS for word in re.findall(r'"([A-Za-z_0-9]{1,30})"', Path(CODECS[name].__file__).read_text())}
)
NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=14,
)
BODIES = st.binary(max_size=60) | st.dictionaries(st.sampled_from(WORDS), NESTED, max_size=4).map(
    lambda body: json.dumps(body).encode()
)
KINDS = st.sampled_from(["application/json", "text/csv", ""])


@pytest.mark.parametrize("name", CODECS)
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(body=BODIES, path=st.sampled_from(PATHS), kind=KINDS, size=st.sampled_from(["", "2", "20", "x"]))
def test_any_bytes_are_read_or_refused(name, body, path, kind, size):
    codec = CODECS[name]
    try:
        asked = codec.parse("POST", path, {"content-type": kind, kserve.BINARY_HEADER: size}, body)
    except PredictionError as problem:
        assert codec.error(problem.status, problem.message, problem.kind).status == problem.status >= 400
        return
    for outputs in ([0.5] * asked.rows, [None], [{"a": [1, 2]}], [[1, 2], [3]]):
        assert isinstance(codec.answer(asked, outputs)[0], bytes)
