"""Batches of the stand-in provider: each request in one meets what a live call would, and is kept with its mark."""

import asyncio
import json

import openai
import pytest

from gonogo.derive import prices
from gonogo.facts.traffic import ModelCall
from gonogo.prove.lab.script import Answer, Fault, Script
from gonogo.prove.lab.standins import batches
from tests.prove.lab.standins.test_provider import provider

ENDPOINT = "/v1/chat/completions"


async def uploaded(sdk, *bodies, url=ENDPOINT):
    lines = [{"custom_id": str(n), "method": "POST", "url": url, "body": body} for n, body in enumerate(bodies)]
    return await sdk.files.create(file=("in.jsonl", "\n".join(map(json.dumps, lines)).encode()), purpose="batch")


def asking(*texts, **more):
    return [{"model": "gpt-4o-2024-11-20", "messages": [{"role": "user", "content": t}], **more} for t in texts]


async def begun(sdk, *bodies, **headers):
    file = await uploaded(sdk, *bodies)
    return await sdk.batches.create(
        input_file_id=file.id, endpoint=ENDPOINT, completion_window="24h", extra_headers=headers
    )


async def ended(sdk, batch):
    while batch.status in ("validating", "in_progress"):
        await asyncio.sleep(0.01)
        batch = await sdk.batches.retrieve(batch.id)
    return batch


async def lines_of(sdk, id):
    return [json.loads(line) for line in (await sdk.files.content(id)).text.splitlines()]


async def test_requests_are_answered_by_the_script_and_kept_with_the_journey_and_the_mark_of_their_batch():
    trace = "a" * 32
    async with provider(Script(answers=(Answer(match="bill", text="{marker} It is 7."),))) as (served, sdk):
        served.room.price = prices.usd
        served.room.journeys[trace] = None
        batch = await begun(sdk, *asking("my bill", "hello"), traceparent=f"00-{trace}-{trace[:16]}-01")
        served.room.journeys.clear()
        batch = await ended(sdk, batch)
        first, second = await lines_of(sdk, batch.output_file_id)
        assert first["response"]["body"]["choices"][0]["message"]["content"].endswith(" It is 7.")
        assert second["response"]["body"]["usage"]["prompt_tokens"] > 0
        await asyncio.sleep(0)
        calls = [f for f in served.room.facts if isinstance(f, ModelCall)]
    within = [c for c in calls if c.batch]
    assert {(c.batch, c.operation, c.protocol, c.journey, c.status) for c in within} == {
        (batch.id, "chat", "openai_chat", trace, 200)
    }
    usual = prices.usd("gpt-4o-2024-11-20", within[0].input_tokens, within[0].output_tokens)
    assert within[0].usd == pytest.approx(usual / 2)
    assert {(c.operation, c.protocol) for c in calls if not c.batch} == {("batch", "openai_batch")}


async def test_faults_of_requests_go_to_the_error_file():
    faults = (
        Fault(fault="status", status=500, operations=("chat",), count=1),
        Fault(fault="reset", operations=("chat",), count=1),
        Fault(fault="truncated", operations=("chat",), count=1),
        Fault(fault="garbage", operations=("chat",), count=1),
    )
    async with provider(Script(faults=faults)) as (_, sdk):
        batch = await ended(sdk, await begun(sdk, *asking(*"abcde")))
        counts = batch.request_counts
        assert (batch.status, counts.total, counts.completed, counts.failed) == ("completed", 5, 1, 4)
        said = await lines_of(sdk, batch.error_file_id)
    assert [line["response"] and line["response"]["status_code"] for line in said] == [500, None, None, None]
    assert {line["error"] and line["error"]["code"] for line in said} == {None, "server_error"}


async def test_a_request_that_is_never_answered_keeps_its_batch_in_progress_until_it_is_cancelled():
    silent = Fault(fault="hang-before-headers", operations=("chat",), after=1)
    async with provider(Script(faults=(silent,))) as (served, sdk):
        batch = await begun(sdk, *asking("one", "two"))
        while (await sdk.batches.retrieve(batch.id)).request_counts.completed < 1:
            await asyncio.sleep(0.01)
        assert (await sdk.batches.retrieve(batch.id)).status == "in_progress"
        batch = await sdk.batches.cancel(batch.id)
        assert batch.status == "cancelled"
        assert len(await lines_of(sdk, batch.output_file_id)) == 1
        await asyncio.sleep(0.01)
        assert sum(bool(f.batch) for f in served.room.facts if isinstance(f, ModelCall)) == 2


async def test_requests_about_batches_meet_outages_too_and_nothing_of_what_a_model_says():
    away = Fault(fault="status", status=503, operations=("batch",), after=1)
    async with provider(Script(faults=(away,))) as (_, sdk):
        file = await uploaded(sdk, *asking("one"))
        with pytest.raises(openai.InternalServerError):
            await sdk.batches.create(input_file_id=file.id, endpoint=ENDPOINT, completion_window="24h")
    async with provider(Script(faults=(Fault(fault="refusal"),))) as (_, sdk):
        batch = await ended(sdk, await begun(sdk, *asking("one")))
        (line,) = await lines_of(sdk, batch.output_file_id)
        assert line["response"]["body"]["choices"][0]["message"]["refusal"]


async def test_a_line_for_another_endpoint_fails_the_batch_and_a_streamed_one_itself():
    async with provider() as (_, sdk):
        file = await uploaded(sdk, *asking("one"), url="/v1/embeddings")
        made = await sdk.batches.create(input_file_id=file.id, endpoint=ENDPOINT, completion_window="24h")
        batch = await ended(sdk, made)
        assert (batch.status, batch.errors.data[0].code) == ("failed", "mismatched_endpoint")
        batch = await ended(sdk, await begun(sdk, *asking("one", stream=True)))
        assert batch.request_counts.failed == 1


async def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(batches, "FILE_BYTES", 2_000)
    monkeypatch.setattr(batches, "LINES", 2)
    async with provider() as (_, sdk):
        with pytest.raises(openai.APIStatusError) as refused:
            await uploaded(sdk, *asking("x" * 2_000))
        assert refused.value.status_code == 413
        batch = await ended(sdk, await begun(sdk, *asking("a", "b", "c")))
        assert batch.errors.data[0].code == "too_many_tasks"


@pytest.mark.parametrize("body", [b"", b"no form"])
async def test_an_upload_that_is_no_form_is_refused(body):
    async with provider() as (_, sdk):
        with pytest.raises(openai.BadRequestError):
            await sdk.post("/files", cast_to=object, content=body, options={"headers": {"Content-Type": "text/plain"}})


def test_batches_of_other_providers_are_not_taken_for_these():
    wanted = batches.Batches.wanted
    assert wanted("GET", "/v1/batches/batch_1", "api.openai.com") == ("batch.retrieve", "batch_1")
    assert wanted("GET", "/v1/files", "api.anthropic.com") is None
    assert wanted("POST", "/v1/messages/batches", "127.0.0.1") is None
