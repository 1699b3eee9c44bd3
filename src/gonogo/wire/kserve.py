"""The Open Inference Protocol of KServe and Triton (`/v2`), and the older one of TensorFlow Serving (`/v1`)."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from math import prod
from typing import Any
from urllib.parse import unquote

from gonogo.wire import body as json
from gonogo.wire.base import ErrorAnswer, WireError
from gonogo.wire.prediction import PredictionError, PredictionRequest, encode

name = "kserve"

BINARY_HEADER = "inference-header-content-length"
"""Where tensors follow the JSON as bytes, this header says how long the JSON is."""
_FORMATS = {
    "BOOL": "?",
    "UINT8": "B",
    "UINT16": "H",
    "UINT32": "I",
    "UINT64": "Q",
    "INT8": "b",
    "INT16": "h",
    "INT32": "i",
    "INT64": "q",
    "FP16": "e",
    "FP32": "f",
    "FP64": "d",
}
_HEALTH = {"/v2/health/live": "live", "/v2/health/ready": "ready", "/v2": "server", "/v1/models": "models"}
_MODEL = re.compile(
    r"^/v(?P<api>[12])/models/(?P<model>[^/:]+)(?:/versions/(?P<version>[^/:]+))?"
    r"(?:[/:](?P<verb>infer|predict|ready|stats|config))?$"
)
_SAID = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "Model not found",
    408: "request timed out",
    429: "Too many requests",
    500: "InferenceError: inference failed",
    503: "Model is not ready",
}


def parse(method: str, path: str, headers: Mapping[str, str], body: bytes) -> PredictionRequest:
    """Read a request; raises `PredictionError`."""
    plain = path.rstrip("/")
    if plain in _HEALTH:
        return PredictionRequest(protocol=name, operation="info", extra={"ask": _HEALTH[plain]})
    match = _MODEL.match(plain)
    if match is None:
        raise PredictionError("Not Found", status=404)
    model, version, verb = unquote(match["model"]), match["version"] or "", match["verb"]
    if verb not in ("infer", "predict"):
        ask = {"ready": "model-ready"}.get(verb or "", "metadata") if match["api"] == "2" else "model-ready"
        return PredictionRequest(protocol=name, operation="info", model=model, version=version, extra={"ask": ask})
    if method != "POST":
        raise PredictionError("Method Not Allowed", status=405)
    try:
        read = _instances if verb == "predict" else _tensors
        inputs, rows, extra = read(body, headers)
    except PredictionError:
        raise
    except WireError as error:
        raise PredictionError(f"Unrecognized request format: {error.message}") from error
    return PredictionRequest(protocol=name, model=model, version=version, inputs=inputs, rows=rows, extra=extra)


def answer(request: PredictionRequest, outputs: list[Any]) -> tuple[bytes, str]:
    """Write the outputs as tensors: one, or one for each key where the outputs are objects."""
    if request.operation == "info":
        return encode(_info(request)), "application/json"
    if request.extra.get("v1"):
        return encode({"predictions": outputs}), "application/json"
    columns = {request.extra["output"]: outputs}
    if outputs and all(isinstance(output, dict) for output in outputs):
        columns = {key: [output.get(key) for output in outputs] for key in outputs[0]}
    told: dict[str, Any] = {
        "model_name": request.model,
        "model_version": request.version or "1",
        "outputs": [_tensor(key, column) for key, column in columns.items()],
    }
    if request.extra["id"]:
        told["id"] = request.extra["id"]
    return encode(told), "application/json"


def error(status: int, message: str | None = None, kind: str | None = None) -> ErrorAnswer:
    """Write an error."""
    if kind == "dtype":
        message = message or "inference input data-type is 'FP64', but the model expects 'FP32'"
    said = message or _SAID.get(status, "inference failed")
    return ErrorAnswer(status=status, body=encode({"error": said}), headers={"Content-Type": "application/json"})


def _instances(body: bytes, headers: Mapping[str, str]) -> tuple[Any, int, dict[str, Any]]:
    """Read the instances of version 1."""
    raw = json.decode(body)
    instances = raw.get("instances", raw.get("inputs"))
    if not isinstance(instances, list):
        raise PredictionError('Expected "instances" or "inputs" to be a list')
    return instances, len(instances), {"v1": True}


def _tensors(body: bytes, headers: Mapping[str, str]) -> tuple[Any, int, dict[str, Any]]:
    """Read the tensors of version 2."""
    stated = headers.get(BINARY_HEADER)
    size = int(stated) if stated and stated.isdecimal() and len(stated) < 10 else len(body)
    raw, binary = json.decode(body[:size]), body[size:]
    tensors = json.tables(raw, "inputs")
    if not tensors:
        raise PredictionError("expected at least one input tensor: 'inputs' is missing or empty")
    inputs, rows = {}, 1
    for at, tensor in enumerate(tensors):
        shape = _shape(tensor)
        length = json.whole(json.table(tensor, "parameters"), "binary_data_size")
        if length is None:
            data = tensor.get("data")
        else:
            data, binary = _unpack(json.text(tensor, "datatype"), binary[: max(length, 0)]), binary[max(length, 0) :]
        if not isinstance(data, list):
            raise PredictionError(f"input '{json.text(tensor, 'name')[:80]}' has no data")
        if len(_flat(data)) != prod(shape):
            said = f"unexpected shape for input '{json.text(tensor, 'name')[:80]}': expected {prod(shape)} elements"
            raise PredictionError(f"{said}, got {len(_flat(data))}")
        inputs[json.text(tensor, "name")] = data
        rows = (shape[0] if shape else 1) if at == 0 else rows
    asked = json.tables(raw, "outputs")
    output = json.text(asked[0], "name", "predict") if asked else "predict"
    return inputs, min(rows, 100_000), {"id": json.text(raw, "id"), "output": output}


def _shape(tensor: Mapping[str, Any]) -> list[int]:
    shape = tensor.get("shape")
    if not isinstance(shape, list) or not all(type(size) is int and 0 <= size < 2**31 for size in shape):
        raise PredictionError(f"invalid shape for input '{json.text(tensor, 'name')[:80]}'")
    return shape


def _flat(data: list[Any]) -> list[Any]:
    """Return a tensor's elements, however its rows are nested."""
    while data and isinstance(data[0], list):
        data = [item for row in data for item in (row if isinstance(row, list) else [row])]
    return data


def _unpack(datatype: str, data: bytes) -> list[Any]:
    """Read a tensor from little-endian bytes; texts stand behind their length."""
    if datatype == "BYTES":
        texts = []
        while len(data) >= 4:
            (length,) = struct.unpack_from("<I", data)
            texts.append(data[4 : 4 + length].decode("utf-8", "replace"))
            data = data[4 + length :]
        return texts
    code = _FORMATS.get(datatype)
    if code is None:
        raise PredictionError(f"invalid datatype '{datatype[:40]}'")
    count = len(data) // struct.calcsize(code)
    return list(struct.unpack_from(f"<{count}{code}", data))


def _tensor(name: str, column: list[Any]) -> dict[str, Any]:
    """Return an output tensor."""
    kinds = {type(value) for value in column}
    datatype = "BYTES" if str in kinds else "BOOL" if kinds == {bool} else "INT64" if kinds == {int} else "FP64"
    width = {len(value) for value in column if isinstance(value, list)}
    shape = [len(column), *width] if len(width) == 1 else [len(column)]
    return {"name": name, "shape": shape, "datatype": datatype, "data": _flat(column)}


def _info(request: PredictionRequest) -> dict[str, Any]:
    """Return what the server or a model says of itself."""
    match request.extra["ask"]:
        case "live" | "ready" as state:
            return {state: True}
        case "server":
            return {"name": "kserve", "version": "0.15.2", "extensions": ["model_repository"]}
        case "models":
            return {"models": []}
        case "model-ready":
            return {"name": request.model, "ready": True}
    tensor = {"datatype": "FP64", "shape": [-1]}
    return {
        "name": request.model,
        "versions": [request.version or "1"],
        "platform": "sklearn",
        "inputs": [{"name": "input", **tensor}],
        "outputs": [{"name": "predict", **tensor}],
    }
