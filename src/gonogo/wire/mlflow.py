"""MLflow's scoring server: `/invocations` with one of four forms of input, `/ping` and `/version`."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from gonogo.wire import body as json
from gonogo.wire.base import ErrorAnswer, WireError
from gonogo.wire.prediction import PredictionError, PredictionRequest, encode

name = "mlflow"

VERSION = "3.4.0"
_FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")
_REQUIRED = f"The input must be a JSON dictionary with exactly one of the input fields {_FORMS}"
_CODES = {400: "BAD_REQUEST", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "ENDPOINT_NOT_FOUND"}
_CODES |= {429: "REQUEST_LIMIT_EXCEEDED", 500: "INTERNAL_ERROR", 503: "TEMPORARILY_UNAVAILABLE"}
_DTYPE = (
    "Failed to predict data. \nError: Failed to enforce schema of data with schema. Error: Incompatible input types for"
    " column x. Can not safely convert float64 to int64."
)


def parse(method: str, path: str, headers: Mapping[str, str], body: bytes) -> PredictionRequest:
    """Read a request; raises `PredictionError`."""
    if path in ("/ping", "/health", "/version"):
        return PredictionRequest(protocol=name, operation="info", extra={"path": path})
    if not path.endswith("/invocations"):
        raise PredictionError('{"detail":"Not Found"}', status=404, kind="plain")
    if method != "POST":
        raise PredictionError('{"detail":"Method Not Allowed"}', status=405, kind="plain")
    kind = headers.get("content-type", "").partition(";")[0].strip()
    if kind == "text/csv":
        return _table(body)
    if kind != "application/json":
        supported = "Types: ['text/csv', 'application/json']"
        said = f"This predictor only supports the following content types: {supported}. Got '{kind[:80]}'."
        raise PredictionError(said, status=415, kind="plain")
    try:
        raw = json.decode(body)
    except WireError as error:
        raise _bad(f"Ensure that input is a valid JSON formatted string. Error: '{error.message}'") from error
    forms = [form for form in _FORMS if form in raw]
    if len(forms) != 1:
        raise _bad(f"{_REQUIRED}. Received dictionary with input fields: {[key[:40] for key in raw][:20]}.")
    inputs, rows = _rows(forms[0], raw[forms[0]])
    return PredictionRequest(protocol=name, inputs=inputs, rows=rows)


def answer(request: PredictionRequest, outputs: list[Any]) -> tuple[bytes, str]:
    """Write the predictions."""
    path = request.extra.get("path")
    if path is not None:
        return VERSION.encode() if path == "/version" else b"\n", "application/json"
    return encode({"predictions": outputs}), "application/json"


def error(status: int, message: str | None = None, kind: str | None = None) -> ErrorAnswer:
    """Write an error."""
    if kind == "plain":
        return ErrorAnswer(status=status, body=(message or "").encode(), headers={"Content-Type": "text/plain"})
    said = message or (_DTYPE if kind == "dtype" else "Encountered an unexpected error while evaluating the model.")
    told = {"error_code": _CODES.get(status, "INTERNAL_ERROR"), "message": said}
    return ErrorAnswer(status=status, body=encode(told), headers={"Content-Type": "application/json"})


def _bad(message: str) -> PredictionError:
    return PredictionError(message, status=400)


def _rows(form: str, value: Any) -> tuple[Any, int]:
    """Return the inputs and their number of rows."""
    if form == "dataframe_split":
        data = value.get("data") if isinstance(value, dict) else None
        if not isinstance(data, list):
            raise _bad("Provided dataframe_split field is not a valid dataframe representation in 'split' format.")
        return value, len(data)
    if form == "dataframe_records":
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise _bad("Dataframe records format must be a list of records.")
        return value, len(value)
    if isinstance(value, dict):
        columns = [len(column) for column in value.values() if isinstance(column, list)]
        return value, max(columns, default=1)
    return value, len(value) if isinstance(value, list) else 1


def _table(body: bytes) -> PredictionRequest:
    """Read a table with a head."""
    try:
        rows = list(csv.reader(io.StringIO(body.decode()), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _bad("Failed to parse input as a Pandas DataFrame. Ensure that the input is a valid CSV.") from error
    inputs = {"columns": rows[0] if rows else [], "data": rows[1:]}
    return PredictionRequest(protocol=name, inputs=inputs, rows=max(len(rows) - 1, 0))
