"""The stand-in prediction server and its faults. The SDK of Triton: `make conformance`."""

import asyncio
import json
import math
from contextlib import asynccontextmanager

import aiohttp
import pytest

from gonogo.facts.traffic import Prediction
from gonogo.prove.lab.script import Decisive, Fault, Script
from gonogo.prove.lab.standins.predictor import FAR, PredictorStandin
from tests.prove.lab.rooms import room

INFER = "/v2/models/price/infer"
TENSOR = {"inputs": [{"name": "x", "datatype": "FP64", "shape": [2], "data": [1.0, 2.0]}]}
TABLE = {"dataframe_split": {"columns": ["x"], "data": [[1.0], [2.0]]}}
ASKED = {"kserve": (INFER, TENSOR), "mlflow": ("/invocations", TABLE)}


@asynccontextmanager
async def predictor(script: Script | None = None):
    served = PredictorStandin(room(script))
    await served.start(port=0)
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{served.port}") as http:
            yield served, http
    finally:
        await served.stop()


async def predict(http: aiohttp.ClientSession, protocol: str = "kserve"):
    """Return status and the predictions, or the error, as they came."""
    path, body = ASKED[protocol]
    async with http.post(path, json=body) as answer:
        told = json.loads(await answer.read())
    if answer.status != 200:
        return answer.status, told
    return 200, told["outputs"][0]["data"] if protocol == "kserve" else told["predictions"]


def facts(served: PredictorStandin) -> list[Prediction]:
    return [fact for fact in served.room.facts if isinstance(fact, Prediction)]


@pytest.mark.parametrize("protocol", ASKED)
async def test_the_same_inputs_get_the_same_outputs_between_0_and_1(protocol):
    async with predictor() as (served, http):
        first, second = await predict(http, protocol), await predict(http, protocol)
    assert first == second
    assert [0 <= value <= 1 for value in first[1]] == [True, True]
    fact = facts(served)[0]
    assert (fact.protocol, fact.rows, fact.status, fact.endpoint) == (protocol, 2, 200, ASKED[protocol][0])
    assert json.loads(fact.outputs) == first[1]
    assert "1.0" in fact.inputs


async def test_outputs_come_from_the_script_by_model():
    async with predictor(Script(predictions={"price": [10.0, 20.0], "other": 1})) as (_, http):
        assert await predict(http) == (200, [10.0, 20.0])
    async with predictor(Script(predictions={"only": 7})) as (_, http):
        assert await predict(http, "mlflow") == (200, [7, 7])


@pytest.mark.parametrize("protocol", ASKED)
@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("null-prediction", lambda value: value is None),
        ("nan-prediction", math.isnan),
        ("out-of-range", lambda value: value == FAR),
    ],
)
async def test_faulty_predictions(protocol, name, wrong):
    async with predictor(Script(faults=(Fault(fault=name, boundary="prediction", count=1),))) as (served, http):
        _, values = await predict(http, protocol)
        _, good = await predict(http, protocol)
    assert [wrong(value) for value in values] == [True, True]
    assert [0 <= value <= 1 for value in good] == [True, True]
    assert [fact.fault for fact in facts(served)] == [name, None]


async def test_an_error_has_the_servers_own_shape():
    fault = Fault(fault="status", boundary="prediction", status=400, kind="dtype")
    async with predictor(Script(faults=(fault,))) as (served, http):
        status, kserve = await predict(http)
        _, mlflow = await predict(http, "mlflow")
    assert (status, "expects 'FP32'" in kserve["error"]) == (400, True)
    assert (mlflow["error_code"], "Failed to enforce schema" in mlflow["message"]) == ("BAD_REQUEST", True)
    assert [(fact.status, fact.outputs) for fact in facts(served)] == [(400, ""), (400, "")]


async def test_a_fault_hits_only_the_models_that_it_names():
    fault = Fault(fault="status", boundary="prediction", models=("other",))
    async with predictor(Script(faults=(fault,))) as (_, http):
        assert (await predict(http))[0] == 200


@pytest.mark.parametrize("name", ["hang-before-headers", "reset"])
async def test_faults_of_transport(name):
    async with predictor(Script(faults=(Fault(fault=name, boundary="prediction"),))) as (served, http):
        with pytest.raises((TimeoutError, aiohttp.ClientError)):
            await asyncio.wait_for(predict(http), 0.3)
        await asyncio.sleep(0.05)
    assert [(fact.aborted, fact.status) for fact in facts(served)] == [(name == "hang-before-headers", None)]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v2/health/live", '{"live": true}'),
        ("/v2/health/ready", '{"ready": true}'),
        ("/v2/models/price/ready", '{"name": "price", "ready": true}'),
        ("/ping", "\n"),
    ],
)
async def test_health_is_told_and_is_no_prediction(path, body):
    script = Script(faults=(Fault(fault="status", boundary="prediction"),))
    async with predictor(script) as (served, http), http.get(path) as answer:
        assert (answer.status, await answer.text()) == (200, body)
    assert facts(served) == []


async def test_a_request_that_is_none_is_refused_and_is_no_prediction():
    async with predictor() as (served, http):
        async with http.post(INFER, data=b"{") as answer:
            assert (answer.status, list(json.loads(await answer.text()))) == (400, ["error"])
        async with http.post("/nowhere", data=b"{}") as answer:
            assert answer.status == 404
    assert facts(served) == []


ROWS = [[80.0, "north"], [20.0, "north"]]
COLUMNS = {"area": [80.0, 20.0], "place": ["north", "north"]}


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/v1/models/m:predict", {"instances": [{"area": a, "place": p} for a, p in ROWS]}, "predictions"),
        ("/v1/models/m:predict", {"instances": ROWS}, "predictions"),
        ("/invocations", {"dataframe_split": {"columns": ["area", "place"], "data": ROWS}}, "predictions"),
        ("/invocations", {"inputs": COLUMNS}, "predictions"),
    ],
)
async def test_one_field_decides_however_rows_are_written(path, body, told):
    script = Script(decisive=Decisive(field="area", least=0, most=100, low=5, high=15))
    async with predictor(script) as (_, http), http.post(path, json=body) as answer:
        assert json.loads(await answer.read())[told] == [13.0, 7.0]


async def test_a_name_decides_between_classes_and_the_other_fields_do_not():
    script = Script(decisive=Decisive(field="place", place=1, classes=("low", "middle", "high")))
    rows = [[n, place] for place in ("north", "south", "east", "west", "centre") for n in (1, 2)]
    async with predictor(script) as (_, http), http.post("/v1/models/m:predict", json={"instances": rows}) as answer:
        outputs = json.loads(await answer.read())["predictions"]
    assert outputs[::2] == outputs[1::2]
    assert len(set(outputs)) > 1


async def test_tensors_by_name_are_columns():
    script = Script(decisive=Decisive(field="x", least=0, most=10))
    async with predictor(script) as (_, http):
        assert await predict(http) == (200, [0.1, 0.2])
