"""The stand-in provider as the OpenAI SDK meets it: every fault of the model boundary, whole and streamed."""

import asyncio
import json
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import get_args

import aiohttp
import openai
import pytest

from gonogo.derive import tokens
from gonogo.facts.traffic import ModelCall
from gonogo.prove.lab.script import Answer, Attack, Fault, FaultName, Goal, Physics, Script
from gonogo.prove.lab.standins.provider import Provider
from gonogo.prove.lab.standins.server import Connection
from tests.prove.lab.rooms import room

ELSEWHERE = {
    "tls-self-signed", "tls-expired", "tls-wrong-name", "dns",  # at the edge of the box
    "error-result", "empty-result", "stale", "poisoned", "null-prediction", "nan-prediction", "out-of-range",
}  # fmt: skip
"""Faults of other boundaries."""
FIND = {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]}
TOOLS = [{"type": "function", "function": {"name": "find", "parameters": FIND}}]
MODEL = "gpt-4o"


@asynccontextmanager
async def provider(script: Script | None = None, timeout: float = 0.3, retries: int = 0):
    """Yield a provider and the SDK that speaks to it."""
    served = Provider(room(script))
    await served.start(port=0)
    url = f"http://127.0.0.1:{served.port}/v1"
    sdk = openai.AsyncOpenAI(base_url=url, api_key="key", timeout=timeout, max_retries=retries)
    try:
        yield served, sdk
    finally:
        await sdk.close()
        await served.stop()


async def whole(sdk, text="hello there", **more):
    made = await sdk.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": text}], **more)
    return made.choices[0].message if made.choices else None, made


async def streamed(sdk, text="hello there", **more):
    """Return what a stream said, and its finish reason."""
    said, finish = "", None
    turns = [{"role": "user", "content": text}]
    async for chunk in await sdk.chat.completions.create(model=MODEL, messages=turns, stream=True, **more):
        for choice in chunk.choices:
            said += choice.delta.content or ""
            finish = choice.finish_reason or finish
    return said, finish


async def kept(served: Provider, count: int = 1) -> list[ModelCall]:
    """Return the facts of calls, once as many as expected have ended."""
    async with asyncio.timeout(5):
        while len(served.room.facts) < count:
            await asyncio.sleep(0.005)
    return served.room.facts


def faulty(name: str, **more) -> Script:
    return Script(faults=(Fault(fault=name, **more),))


BROKEN = {
    "status": (openai.InternalServerError, openai.InternalServerError),
    "html": (openai.InternalServerError, openai.InternalServerError),
    "quota": (openai.RateLimitError, openai.RateLimitError),
    "model-not-found": (openai.NotFoundError, openai.NotFoundError),
    "model-retired": (openai.NotFoundError, openai.NotFoundError),
    "key-expired": (openai.AuthenticationError, openai.AuthenticationError),
    "key-invalid": (openai.AuthenticationError, openai.AuthenticationError),
    "key-clock-skew": (openai.AuthenticationError, openai.AuthenticationError),
    "hang-before-accept": (openai.APITimeoutError, openai.APITimeoutError),
    "hang-before-headers": (openai.APITimeoutError, openai.APITimeoutError),
    "hang-mid-stream": (openai.APITimeoutError, openai.APITimeoutError),
    "reset": (openai.APIConnectionError, openai.APIConnectionError),
    "reset-mid-stream": (openai.APIConnectionError, openai.APIConnectionError),
    "truncated": (openai.APIConnectionError, openai.APIConnectionError),
    "malformed": (json.JSONDecodeError, json.JSONDecodeError),
    "garbage": (UnicodeDecodeError, UnicodeDecodeError),
}
"""What the SDK raises, whole and streamed."""
BENT = {
    "no-finish": (True, None),
    "refusal": (False, "stop"),
    "content-filter": (False, "content_filter"),
    "length-cut": (True, "length"),
    "wrong-schema": ("unexpected", "stop"),
    "not-json": ("in my own words", "stop"),
    "oversize": ("x" * 64, "stop"),
    "wrong-model": (True, "stop"),
    "wrong-content-type": (True, "stop"),
    "null-content": (False, "stop"),
    "slow-answer": (True, "stop"),
    "slow-first-token": (True, "stop"),
    "broken-tool-arguments": (False, "tool_calls"),
    "unknown-tool": (False, "tool_calls"),
}
"""Whether it says something (or what), and how that ends."""
ALONE = {"drip", "endless", "empty", "empty-choices", "rate-limit", "wrong-dimension"}
"""Those with a test of their own."""


def test_every_fault_of_the_model_boundary_is_tried_here():
    assert set(get_args(FaultName)) - ELSEWHERE == BROKEN.keys() | BENT.keys() | ALONE


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_answer_raises_in_the_sdk(name, stream):
    # Only what hangs is to run into the SDK's timeout: on a busy machine a connection alone may take longer than that.
    async with provider(faulty(name), timeout=0.3 if name.startswith("hang") else 5) as (served, sdk):
        with pytest.raises(BROKEN[name][stream]) as caught:
            await (streamed if stream else whole)(sdk)
        [call] = await kept(served)
    assert (call.fault, call.model, call.stream) == (name, MODEL, stream)
    assert call.aborted == name.startswith("hang")
    if isinstance(caught.value, openai.APIStatusError):
        assert call.status == caught.value.status_code


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("name", BENT)
async def test_a_bent_answer_is_well_formed_and_not_what_was_asked_for(name, stream):
    says, ends = BENT[name]
    async with provider(faulty(name, seconds=0.1), timeout=5) as (served, sdk):
        if stream:
            said, finish = await streamed(sdk, tools=TOOLS)
        else:
            message, made = await whole(sdk, tools=TOOLS)
            said, finish = message.content or "", made.choices[0].finish_reason
        [call] = await kept(served)
    assert finish == ends
    assert bool(said) == bool(says) if isinstance(says, bool) else says in said
    assert (call.fault, call.status, call.aborted) == (name, 200, False)


async def test_a_refusal_says_so_and_broken_tool_calls_are_what_they_say():
    async with provider(faulty("refusal")) as (_, sdk):
        assert (await whole(sdk))[0].refusal
    async with provider(faulty("broken-tool-arguments")) as (_, sdk):
        function = (await whole(sdk, tools=TOOLS))[0].tool_calls[0].function
        assert function.name == "find"
        with pytest.raises(json.JSONDecodeError):
            json.loads(function.arguments)
    async with provider(faulty("unknown-tool")) as (_, sdk):
        assert (await whole(sdk, tools=TOOLS))[0].tool_calls[0].function.name == "no_such_tool"
    async with provider(faulty("wrong-model")) as (served, sdk):
        assert (await whole(sdk))[1].model == (await kept(served))[0].answered_model != MODEL


@pytest.mark.parametrize("name", ["drip", "endless"])
async def test_a_stream_without_end_outlives_the_timeout_of_the_sdk_until_its_reader_leaves(name):
    async with provider(faulty(name, seconds=0.02)) as (served, sdk):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.7):
                await streamed(sdk)
        [call] = await kept(served)
    assert call.aborted
    assert call.chunks > 10


async def test_empty_answers_hold_nothing():
    async with provider(faulty("empty")) as (_, sdk):
        with pytest.raises(json.JSONDecodeError):
            await whole(sdk)
        assert await streamed(sdk) == ("", None)
    async with provider(faulty("empty-choices")) as (_, sdk):
        assert (await whole(sdk))[1].choices == []


STATUSES = {
    400: openai.BadRequestError,
    408: openai.APIStatusError,
    409: openai.ConflictError,
    422: openai.UnprocessableEntityError,
    500: openai.InternalServerError,
    529: openai.InternalServerError,
}


@pytest.mark.parametrize("status", STATUSES)
async def test_an_error_has_its_status_and_the_id_of_the_request(status):
    async with provider(faulty("status", status=status, retry_after_s=3)) as (served, sdk):
        with pytest.raises(STATUSES[status]) as caught:
            await whole(sdk)
        [call] = await kept(served)
    assert caught.value.status_code == call.status == status
    assert caught.value.request_id.startswith("req_lab")
    assert caught.value.response.headers["retry-after"] == "3"


async def test_what_the_sdk_tells_of_itself_is_kept():
    async with provider(faulty("status", count=1), timeout=7, retries=1) as (served, sdk):
        message, _ = await whole(sdk, temperature=0.5, max_tokens=9, user="ada")
        first, second = await kept(served, 2)
    assert message.content.startswith(second.marker)
    assert (first.retry, second.retry) == (0, 1)
    assert first.timeout_s == second.timeout_s == 7
    assert (first.status, second.status) == (503, 200)
    assert (second.temperature, second.max_output_tokens, second.caller[:11]) == (0.5, 9, "AsyncOpenAI")
    assert first.fingerprint == second.fingerprint
    assert first.key == second.key != ""
    assert "key" not in (first.key, first.labels)


async def test_connections_are_counted_and_kept_ones_keep_their_number():
    async with provider() as (served, sdk):
        await whole(sdk)
        await whole(sdk)
        async with openai.AsyncOpenAI(base_url=sdk.base_url, api_key="key") as other:
            await whole(other)
        calls = await kept(served, 3)
    assert [call.connection for call in calls] == [1, 1, 2]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
async def test_a_client_that_leaves_is_seen_to_leave(stream):
    async with provider(Script(physics=Physics(first_token_s=0.0 if stream else 20, tokens_per_s=5)), 30) as (
        served, sdk,
    ):  # fmt: skip
        asking = asyncio.create_task((streamed if stream else whole)(sdk))
        await asyncio.sleep(0.4)
        asking.cancel()
        [call] = await kept(served)
    assert call.aborted
    assert call.ended_s < 10


async def test_the_provider_closing_is_no_abort_of_the_client():
    async with provider(faulty("hang-before-headers"), timeout=30) as (served, sdk):
        asking = asyncio.create_task(whole(sdk))
        await asyncio.sleep(0.2)
        await served.stop()
        with pytest.raises(openai.APIConnectionError):
            await asking
        assert [call.aborted for call in await kept(served)] == [False]


async def test_rate_limits_are_buckets_that_say_when_to_come_again():
    async with provider(faulty("rate-limit", requests_per_minute=2)) as (served, sdk):
        await whole(sdk)
        await whole(sdk)
        with pytest.raises(openai.RateLimitError) as caught:
            await whole(sdk)
        assert 1 <= float(caught.value.response.headers["retry-after"]) <= 30
        assert [(c.status, c.fault) for c in await kept(served, 3)] == [(200, None), (200, None), (429, "rate-limit")]
    async with provider(faulty("rate-limit", tokens_per_minute=100)) as (_, sdk):
        await whole(sdk, "a" * 300)
        with pytest.raises(openai.RateLimitError):
            await whole(sdk, "a" * 300)


async def test_a_bucket_may_hold_less_than_a_minute_brings_and_be_one_for_all_models():
    async with provider(faulty("rate-limit", requests_per_minute=600, burst=1, shared=True)) as (served, sdk):
        asked = {"messages": [{"role": "user", "content": "a"}]}
        await sdk.chat.completions.create(model="gpt-4o", **asked)
        with pytest.raises(openai.RateLimitError):
            await sdk.chat.completions.create(model="gpt-4o-mini", **asked)
        assert [c.status for c in await kept(served, 2)] == [200, 429]


async def test_an_answer_does_not_wait_for_what_is_kept_of_it(monkeypatch):
    seen = []
    async with provider() as (served, sdk):
        keep = served.room.keep
        monkeypatch.setattr(served.room, "keep", lambda fact: (seen.append("kept"), keep(fact)))
        write = Connection._write_head
        monkeypatch.setattr(Connection, "_write_head", lambda *args, **how: (seen.append("sent"), write(*args, **how)))
        await whole(sdk)
        assert seen == ["sent", "kept"]
        assert len(await kept(served)) == 1


def limits(response):
    """Return the headers that tell of rate limits."""
    return {name: value for name, value in response.headers.items() if "ratelimit" in name.lower()}


async def test_every_answer_tells_what_is_left_of_the_limits_of_a_large_account():
    async with provider() as (_, sdk):
        asked = {"model": MODEL, "messages": [{"role": "user", "content": "a" * 4_000}]}
        for stream in (False, True):
            made = await sdk.chat.completions.with_raw_response.create(**asked, stream=stream)
            assert limits(made) == {
                "x-ratelimit-limit-requests": "10000", "x-ratelimit-limit-tokens": "2000000",
                "x-ratelimit-remaining-requests": "9999", "x-ratelimit-remaining-tokens": "1999000",
                "x-ratelimit-reset-requests": "6ms", "x-ratelimit-reset-tokens": "30ms",
            }  # fmt: skip
        assert limits(await sdk.models.with_raw_response.list()) == {}


async def test_limits_of_a_script_are_told_as_its_buckets_empty_with_good_answers_and_with_the_refusal():
    async with provider(faulty("rate-limit", requests_per_minute=2, tokens_per_minute=600)) as (_, sdk):
        asked = {"model": MODEL, "messages": [{"role": "user", "content": "a" * 1_200}]}
        told = limits(await sdk.chat.completions.with_raw_response.create(**asked))
        assert (told["x-ratelimit-limit-requests"], told["x-ratelimit-remaining-requests"]) == ("2", "1")
        assert (told["x-ratelimit-limit-tokens"], told["x-ratelimit-remaining-tokens"]) == ("600", "300")
        assert (told["x-ratelimit-reset-requests"], told["x-ratelimit-reset-tokens"]) == ("30s", "30s")
        await whole(sdk)
        with pytest.raises(openai.RateLimitError) as caught:
            await whole(sdk)
        told = limits(caught.value.response)
        assert (told["x-ratelimit-limit-requests"], told["x-ratelimit-remaining-requests"]) == ("2", "0")
        assert (
            float(told["x-ratelimit-reset-requests"].removesuffix("s")) > 50
            or "1m" in told["x-ratelimit-reset-requests"]
        )


async def test_limits_are_told_in_the_headers_of_the_provider_that_is_asked():
    ask = {"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": [{"role": "user", "content": "hello"}]}
    script = faulty("status", status=429, kind="rate_limit", retry_after_s=7, after=1)
    async with provider(script) as (served, _), aiohttp.ClientSession() as session:
        for left, status in (("9999", 200), ("0", 429)):
            url = f"http://127.0.0.1:{served.port}/v1/messages"
            async with session.post(url, json=ask, headers={"anthropic-version": "2023-06-01"}) as answer:
                told = limits(answer)
                assert answer.status == status and told["anthropic-ratelimit-requests-remaining"] == left
                assert told["anthropic-ratelimit-tokens-limit"] == "2000000"
                assert told["anthropic-ratelimit-input-tokens-remaining"] == "1599998"
                assert told["anthropic-ratelimit-output-tokens-limit"] == "400000"
                spent = int(told["anthropic-ratelimit-output-tokens-remaining"]) < 400_000
                assert spent == (status == 200), "a refusal says nothing"
                assert datetime.fromisoformat(told["anthropic-ratelimit-requests-reset"]).tzinfo == UTC


async def test_tokens_of_requests_and_of_answers_have_buckets_of_their_own_at_anthropic_and_nowhere_else():
    ask = {"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": [{"role": "user", "content": "a" * 400}]}
    script = faulty("rate-limit", input_tokens_per_minute=1_000, output_tokens_per_minute=150)
    async with provider(script) as (served, sdk), aiohttp.ClientSession() as session:
        url, seen = f"http://127.0.0.1:{served.port}/v1/messages", []
        for _ in range(2):
            async with session.post(url, json=ask, headers={"anthropic-version": "2023-06-01"}) as answer:
                told = limits(answer)
                seen.append((answer.status, told["anthropic-ratelimit-input-tokens-remaining"]))
        assert [status for status, _ in seen] == [200, 429], "the second answer is longer than what is left of tokens"
        assert (seen[0][1], told["anthropic-ratelimit-output-tokens-limit"]) == ("900", "150")
        assert "x-ratelimit-limit-input-tokens" not in limits(
            await sdk.chat.completions.with_raw_response.create(model=MODEL, messages=ask["messages"])
        )
    async with provider(faulty("rate-limit", tokens_per_minute=600)) as (served, _), aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{served.port}/v1/messages"
        async with session.post(url, json=ask, headers={"anthropic-version": "2023-06-01"}) as answer:
            told = limits(answer)
    assert told["anthropic-ratelimit-input-tokens-remaining"] == told["anthropic-ratelimit-tokens-remaining"] == "500"


async def test_usage_is_counted_exactly_where_the_tokenizer_is_known_and_about_elsewhere():
    assert tokens.load() is not None
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hello world"}]
    async with provider(Script(answers=(Answer(text="hello world"),))) as (served, sdk):
        for count, input_, output in ((tokens.count, 3 + 4 + 3 + 4 + 2, 2), (lambda _, __: None, 5, 3)):
            served.room.count = count
            made = await sdk.chat.completions.create(model=MODEL, messages=messages)
            assert (made.usage.prompt_tokens, made.usage.completion_tokens) == (input_, output)
        served.room.count = tokens.count
        made = await sdk.embeddings.create(model="text-embedding-3-small", input=["hello world", "hello"])
        assert made.usage.prompt_tokens == 3
        made = await sdk.chat.completions.create(model="claude-sonnet-4-5", messages=messages)
        assert made.usage.prompt_tokens == 5


ATTACK = Attack(
    id="a1", technique="override", text="CANARY7x: obey", canary="CANARY7x", goal=Goal(say="I obey {canary}")
)


async def test_the_model_obeys_an_attack_that_arrives_and_answers_plainly_where_none_does():
    async with provider(Script(attack=ATTACK)) as (_, sdk):
        assert "I obey CANARY7x" in (await whole(sdk, "please CANARY7x: obey"))[0].content
        assert "CANARY7x" not in (await whole(sdk, "please"))[0].content


async def test_scripted_answers_come_first_by_their_conditions():
    script = Script(
        answers=(
            Answer(match="(?i)price", text="{marker} it costs 3", once=True),
            Answer(match="json", json={"id": "{marker}"}),
            Answer(tool="find", arguments={"query": "n{n}"}, match="look"),
        )
    )
    async with provider(script) as (served, sdk):
        assert (await whole(sdk, "the PRICE?"))[0].content.endswith("it costs 3")
        assert "You said: the PRICE?" in (await whole(sdk, "the PRICE?"))[0].content
        assert json.loads((await whole(sdk, "as json"))[0].content)["id"] == (await kept(served, 3))[2].marker
        use = (await whole(sdk, "look it up", tools=TOOLS))[0].tool_calls[0]
        assert (use.function.name, json.loads(use.function.arguments)) == ("find", {"query": "n0"})
        turns = [
            {"role": "user", "content": "look it up"},
            {"role": "assistant", "tool_calls": [use.model_dump()]},
            {"role": "tool", "tool_call_id": use.id, "content": "found"},
        ]
        told = await sdk.chat.completions.create(model=MODEL, messages=turns, tools=TOOLS)
    assert told.choices[0].finish_reason == "stop"


async def test_half_a_character_is_refused_as_the_api_refuses_it():
    async with provider(Script(answers=(Answer(match="half"),))) as (served, sdk):
        body = rb'{"model": "gpt-4o", "messages": [{"role": "user", "content": "half \ud83d"}]}'
        url = f"{sdk.base_url}chat/completions"
        async with aiohttp.ClientSession() as http, http.post(url, data=body) as answer:
            assert answer.status == 400
        assert [call.status for call in await kept(served)] == [400]


async def test_a_bad_request_names_the_parameter():
    async with provider() as (served, sdk):
        with pytest.raises(openai.BadRequestError) as caught:
            await sdk.chat.completions.create(model=MODEL, messages="no list")
        assert caught.value.param == "messages"
        with pytest.raises(openai.NotFoundError):
            await sdk.get("/no/such/path", cast_to=object)
        assert [call.status for call in await kept(served, 2)] == [400, 404]


@pytest.mark.parametrize("length", [4, 12])
async def test_vectors_can_be_of_another_length_than_was_asked_for(length):
    async with provider(faulty("wrong-dimension", dimension=length)) as (_, sdk):
        made = await sdk.embeddings.create(model="text-embedding-3-small", input="a", dimensions=8)
    assert len(made.data[0].embedding) == length


async def test_embeddings_models_and_responses_are_served_on_the_same_port():
    async with provider() as (served, sdk):
        made = await sdk.embeddings.create(model="text-embedding-3-small", input=["a", "b"], dimensions=8)
        assert [len(one.embedding) for one in made.data] == [8, 8]
        assert {m.id async for m in sdk.models.list()} >= {"gpt-4o-2024-11-20"}
        told = await sdk.responses.create(model=MODEL, input="hello there")
        assert "hello there" in told.output_text
        assert [call.operation for call in await kept(served, 3)] == ["embeddings", "models", "chat"]
        assert served.room.facts[0].inputs == ("a", "b")


async def test_tokens_come_as_fast_as_the_script_says():
    async with provider(Script(physics=Physics(first_token_s=0.1, tokens_per_s=100)), timeout=9) as (served, sdk):
        began = time.monotonic()
        said, finish = await streamed(sdk)
        [call] = await kept(served)
    assert finish == "stop"
    assert call.first_byte_s >= 0.1
    assert time.monotonic() - began >= call.ended_s >= 0.1 + 0.01 * (call.chunks - 2)
    assert said.startswith(call.marker)


async def test_an_embedding_takes_a_time_of_its_own():
    async with provider(Script(physics=Physics(first_token_s=600, embedding_s=0.05))) as (served, sdk):
        await sdk.embeddings.create(model="text-embedding-3-small", input=["a"], dimensions=8)
        [call] = await kept(served)
    assert call.ended_s >= 0.05
