"""A prediction server that stands in for the app's classical models: KServe, Triton and MLflow on one port.

Outputs are those of the script by model name; without one, a number from 0 to 1 that depends on the inputs alone. Each
prediction becomes a `Prediction`. Faults of the boundary `prediction` hit predictions; for them `operations` are
`predict` and `models` the models' names.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from gonogo.facts.traffic import Prediction
from gonogo.prove.lab.faults import choose
from gonogo.prove.lab.screening import screened
from gonogo.prove.lab.script import Decisive
from gonogo.prove.lab.standins.server import Request
from gonogo.prove.lab.standins.serving import Call, Reply, Standin, retry_after
from gonogo.wire import kserve, mlflow
from gonogo.wire.base import ErrorAnswer
from gonogo.wire.prediction import PredictionCodec, PredictionError, PredictionRequest, encode

FAR = 1e9
"""An output that no probability, price or count of a real system reaches."""


class PredictorStandin(Standin):
    """Models behind a prediction API, for one room."""

    async def respond(self, request: Request) -> None:
        """Answer one request in the protocol that its path speaks."""
        call = self.arrive(request)
        codec: PredictionCodec = kserve if request.path.startswith(("/v1", "/v2")) else mlflow
        try:
            asked = codec.parse(request.method, request.path, request.headers, await request.read())
        except PredictionError as problem:
            reply = _as_reply(codec.error(problem.status, problem.message, problem.kind))
            await self.send(request, call, reply)
            return
        if asked.operation == "predict":
            call.fault = choose(self.room, "prediction", operation="predict", model=asked.model, journey=call.journey)
        reply = self._reply(codec, asked, call, request.path)
        await self.finish(request, call, reply, Prediction)

    def _reply(self, codec: PredictionCodec, asked: PredictionRequest, call: Call, path: str) -> Reply:
        """Predict, with the fault done to it where that is one of content, and note what the fact will say."""
        fault = call.fault
        outputs = _spoiled(self._outputs(asked), fault.fault if fault else "")
        body, kind = codec.answer(asked, outputs)
        if fault and fault.fault == "wrong-schema":
            body = encode({"result": outputs})
        if asked.operation == "predict":
            failed = fault is not None and fault.fault == "status"
            call.seen = self._seen(codec, asked, path, None if failed else outputs)
        if fault and fault.fault == "status":
            reply = _as_reply(codec.error(fault.status, fault.text, fault.kind))
            reply.headers |= retry_after(fault)
            return reply
        return Reply(body, 200, kind)

    def _outputs(self, asked: PredictionRequest) -> list[Any]:
        """Return one output per row: the script's, a list of them in turn, or a number drawn from the inputs."""
        if decisive := self.room.script.decisive:
            return [_decided(decisive, asked.inputs, row) for row in range(asked.rows)]
        scripted = self.room.script.predictions
        one = next(iter(scripted.values())) if len(scripted) == 1 and not asked.model else None
        given = scripted.get(asked.model, scripted.get("*", one))
        if isinstance(given, list) and given:
            return [given[row % len(given)] for row in range(asked.rows)]
        if given is not None:
            return [given] * asked.rows
        seed = msgspec.json.encode([asked.model, asked.inputs])
        return [_draw(seed, row) for row in range(asked.rows)]

    def _seen(self, codec: PredictionCodec, asked: PredictionRequest, path: str, outputs: Any) -> dict[str, Any]:
        """Return what the fact of a prediction says."""
        inputs, matches = screened(self.room, msgspec.json.encode(asked.inputs).decode(), "inputs")
        told, found = screened(self.room, "" if outputs is None else encode(outputs).decode(), "outputs")
        return {
            "protocol": codec.name,
            "endpoint": path[:200],
            "model": asked.model[:200],
            "version": asked.version[:80],
            "inputs": inputs,
            "outputs": told,
            "rows": asked.rows,
            "matches": (*matches, *found),
        }


def _draw(seed: bytes, row: int) -> float:
    """Return a number from 0 to 1 that is the same for the same inputs."""
    digest = hashlib.sha256(seed + row.to_bytes(4)).digest()
    return int.from_bytes(digest[:4]) / 2**32


def _decided(decisive: Decisive, inputs: Any, row: int) -> Any:
    """Return the output for a row, by the one field that decides it."""
    value = _field(decisive, inputs, row)
    share = _draw(msgspec.json.encode(value), 0)
    if isinstance(value, int | float) and not isinstance(value, bool):
        share = min(1.0, max(0.0, (value - decisive.least) / (decisive.most - decisive.least)))
    if decisive.classes:
        return decisive.classes[min(int(share * len(decisive.classes)), len(decisive.classes) - 1)]
    return decisive.low + share * (decisive.high - decisive.low)


def _field(decisive: Decisive, inputs: Any, row: int) -> Any:
    """Return a field's value in rows of records, in columns by name, in a table, or in rows without names."""
    if isinstance(inputs, dict) and decisive.field in inputs:
        column = inputs[decisive.field]
        return column[row] if isinstance(column, list) and row < len(column) else column
    place = decisive.place
    if isinstance(inputs, dict) and isinstance(inputs.get("data"), list):
        columns = inputs.get("columns")
        place = columns.index(decisive.field) if isinstance(columns, list) and decisive.field in columns else place
        inputs = inputs["data"]
    elif isinstance(inputs, dict) and len(inputs) == 1:
        inputs = next(iter(inputs.values()))
    record = inputs[row] if isinstance(inputs, list) and row < len(inputs) else inputs
    if isinstance(record, dict):
        return record.get(decisive.field)
    return record[place] if isinstance(record, list) and place < len(record) else record


def _spoiled(outputs: list[Any], fault: str) -> list[Any]:
    """Return the outputs with a fault of content done to each."""
    wrong = {"null-prediction": None, "nan-prediction": float("nan"), "out-of-range": FAR}
    if fault == "empty-result":
        return []
    return [_each(output, wrong[fault]) for output in outputs] if fault in wrong else outputs


def _each(output: Any, wrong: Any) -> Any:
    """Put `wrong` in the place of every value of an output."""
    if isinstance(output, dict):
        return {key: _each(value, wrong) for key, value in output.items()}
    return [_each(value, wrong) for value in output] if isinstance(output, list) else wrong


def _as_reply(error: ErrorAnswer) -> Reply:
    return Reply(error.body, error.status, error.headers.get("Content-Type", "application/json"))
