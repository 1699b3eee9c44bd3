# ruff: noqa: E501  (each program or table row stands on one line)
"""Calls of Anthropic, LangChain, LiteLLM and raw HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from gonogo.facts import Setting
from tests.prove.scan.reading import DYNAMIC, UNSET, constant, literal, site, sites

ANTHROPIC = "messages.create(model='claude-sonnet-4-6', max_tokens=100, messages=[])"


@pytest.mark.parametrize(
    "client",
    ["anthropic.Anthropic(timeout=9)", "anthropic.AsyncAnthropic(timeout=9)", "anthropic.AnthropicBedrock(timeout=9)"],
)
def test_anthropic_clients(tmp_path: Path, client: str) -> None:
    found = site(tmp_path, f"import anthropic\n{client}.{ANTHROPIC}")
    assert (found.sdk, found.api, found.timeout) == ("anthropic", "messages", literal(9))
    assert (found.model, found.max_output_tokens) == (literal("claude-sonnet-4-6"), literal(100))


def test_anthropic_streams_betas_and_counts(tmp_path: Path) -> None:
    text = """
        import anthropic
        c = anthropic.Anthropic()
        with c.messages.stream(model="m", max_tokens=5) as s: pass
        c.beta.messages.create(model="m", max_tokens=5)
        c.messages.count_tokens(model="m")
        c.messages.batches.create(requests=[])
        """
    found = sites(tmp_path, text)
    assert [(s.api, s.stream) for s in found] == [
        ("messages", literal(True)), ("messages", UNSET), ("count_tokens", UNSET),
    ]  # fmt: skip


def test_messages_of_an_unknown_object_need_a_model_and_a_limit(tmp_path: Path) -> None:
    found = sites(tmp_path, f"# anthropic\ndef f(c):\n    c.{ANTHROPIC}\n    c.messages.create(body='x', to='y')\n")
    assert [(s.line, s.confidence, s.timeout) for s in found] == [(3, "likely", DYNAMIC)]


@pytest.mark.parametrize(
    ("text", "model", "timeout", "limit"),
    [
        ("from langchain_openai import ChatOpenAI\nChatOpenAI(model='m', timeout=9, max_tokens=5)", "m", literal(9), literal(5)),
        ("from langchain_openai import ChatOpenAI\nChatOpenAI(model_name='m', request_timeout=9)", "m", literal(9), UNSET),
        ("from langchain.chat_models import ChatOpenAI\nChatOpenAI(model='m').bind(max_tokens=5)", "m", UNSET, literal(5)),
        ("from langchain_anthropic import ChatAnthropic\nChatAnthropic(model='m', max_tokens=5)", "m", UNSET, literal(5)),
        ("from langchain.chat_models import init_chat_model\ninit_chat_model('m', max_tokens=5)", "m", UNSET, literal(5)),
        ("from langchain_openai import AzureChatOpenAI\nAzureChatOpenAI(azure_deployment='m')", "m", UNSET, UNSET),
        ("import langchain_openai as lc\nlc.ChatOpenAI(model='m', model_kwargs={'max_tokens': 5})", "m", UNSET, literal(5)),
    ],
)  # fmt: skip
def test_langchain_models(tmp_path: Path, text: str, model: str, timeout: Setting, limit: Setting) -> None:
    found = site(tmp_path, text)
    assert (found.sdk, found.api) == ("langchain", "chat")
    assert (found.model, found.timeout, found.max_output_tokens) == (literal(model), timeout, limit)


def test_langchain_embeddings_and_completions(tmp_path: Path) -> None:
    text = "from langchain_openai import OpenAI, OpenAIEmbeddings\nOpenAI(model='a')\nOpenAIEmbeddings(model='b')\n"
    assert [s.api for s in sites(tmp_path, text)] == ["completions", "embeddings"]


def test_a_class_of_the_same_name_from_elsewhere_is_no_langchain_model(tmp_path: Path) -> None:
    assert sites(tmp_path, "# langchain\nfrom fake import ChatOpenAI\nChatOpenAI(model='m')") == []
    assert sites(tmp_path, "# langchain\nclass ChatOpenAI: pass\nChatOpenAI(model='m')") == []


@pytest.mark.parametrize(
    ("text", "api"),
    [
        ("import litellm\nlitellm.completion('gpt-4o', [], timeout=9, num_retries=1, max_tokens=5)", "chat"),
        (
            "from litellm import acompletion\nacompletion(model='gpt-4o', timeout=9, num_retries=1, max_tokens=5)",
            "chat",
        ),
        (
            "from litellm import Router\nRouter(timeout=9, num_retries=1).completion(model='gpt-4o', max_tokens=5)",
            "chat",
        ),
    ],
)
def test_litellm(tmp_path: Path, text: str, api: str) -> None:
    found = site(tmp_path, text)
    assert (found.sdk, found.api, found.model) == ("litellm", api, literal("gpt-4o"))
    assert (found.timeout, found.retries, found.max_output_tokens) == (literal(9), literal(1), literal(5))


def test_something_else_called_completion_is_left_alone(tmp_path: Path) -> None:
    assert (
        sites(
            tmp_path,
            "import litellm\nlitellm.completion_cost(1)\njedi.completion(x)\ndef completion(): pass\ncompletion()",
        )
        == []
    )


URL = "https://api.openai.com/v1/chat/completions"
BODY = "{'model': 'gpt-4o', 'max_tokens': 5, 'messages': []}"


@pytest.mark.parametrize(
    ("text", "client", "timeout"),
    [
        (f"import requests\nrequests.post('{URL}', json={BODY}, timeout=9)", "requests.post", literal(9)),
        (f"import requests\nrequests.post('{URL}', json={BODY})", "requests.post", UNSET),
        (f"import requests\nrequests.post('{URL}', json={BODY}, timeout=(3, 9))", "requests.post", literal(9)),
        (f"import requests\nrequests.request('POST', '{URL}', json={BODY}, timeout=9)", "requests.request", literal(9)),
        (f"import requests\nS = requests.Session()\nS.post('{URL}', json={BODY})", "requests.Session", UNSET),
        (f"import requests, json\np = {BODY}\nrequests.post('{URL}', data=json.dumps(p))", "requests.post", UNSET),
        (f"import httpx\nhttpx.post('{URL}', json={BODY})", "httpx.post", UNSET),
        (f"import httpx\nasync def f():\n    async with httpx.AsyncClient(timeout=9) as c:\n        await c.post('{URL}', json={BODY})", "httpx.AsyncClient", literal(9)),
        (f"import httpx\nc = httpx.Client(base_url='https://api.openai.com/v1', timeout=9)\nc.post('/chat/completions', json={BODY})", "httpx.Client", literal(9)),
        (f"import aiohttp\nasync def f():\n    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=9)) as s:\n        async with s.post('{URL}', json={BODY}) as r: pass", "aiohttp.ClientSession", literal(9)),
        (f"import requests, os\nB = os.getenv('B', 'https://api.openai.com/v1')\nrequests.post(f'{{B}}/chat/completions', json={BODY})", "requests.post", UNSET),
        (f"import json\nfrom urllib import request\nr = request.Request('{URL}', data=json.dumps({BODY}).encode())\nrequest.urlopen(r, timeout=9)", "urllib.request.urlopen", literal(9)),
    ],
)  # fmt: skip
def test_raw_http(tmp_path: Path, text: str, client: str, timeout: Setting) -> None:
    found = site(tmp_path, text)
    assert (found.sdk, found.api, found.client, found.timeout) == ("http", "chat", client, timeout)
    assert (found.model, found.max_output_tokens) == (literal("gpt-4o"), literal(5))


def test_a_body_that_cannot_be_read_leaves_its_settings_open(tmp_path: Path) -> None:
    found = site(tmp_path, f"import requests\ndef f(body):\n    requests.post('{URL}', json=body, timeout=3)")
    assert (found.model, found.max_output_tokens, found.timeout) == (DYNAMIC, DYNAMIC, literal(3))


def test_another_host_counts_where_path_and_body_are_a_models(tmp_path: Path) -> None:
    text = f"import requests\ndef f(base):\n    requests.post(base + '/chat/completions', json={BODY})\n    requests.post(base + '/users', json={{'model': 'car'}})"
    found = sites(tmp_path, text)
    assert [(s.line, s.confidence) for s in found] == [(3, "likely")]


def test_google_names_the_model_in_the_path(tmp_path: Path) -> None:
    url = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.0-flash:generateContent"
    assert site(tmp_path, f"import requests\nrequests.post('{url}', json={{'contents': []}})").model == literal(
        "gemini-2.0-flash"
    )


@pytest.mark.parametrize(
    "text",
    [
        "import requests\nrequests.get('https://api.openai.com/v1/models')",
        "import requests\nrequests.post('https://api.openai.com/v1/files', json={})",
        "import requests\nrequests.post('https://example.org/completions', json={'q': 1})",
        "import requests\nrequests.request('GET', 'https://api.openai.com/v1/chat/completions')",
        "app.post('/chat/completions')",
        "import requests\nrequests.post(url)",
    ],
)
def test_other_requests_are_left_alone(tmp_path: Path, text: str) -> None:
    assert sites(tmp_path, text) == []


def test_constants_of_a_body_are_followed(tmp_path: Path) -> None:
    text = f"import requests\nMODEL = 'm'\nrequests.post('{URL}', json={{**EXTRA, 'model': MODEL}})"
    found = site(tmp_path, text)
    assert (found.model, found.temperature) == (constant("m"), DYNAMIC)


def test_a_body_with_model_and_messages_is_a_call_wherever_it_goes(tmp_path: Path) -> None:
    text = f"import requests\ndef f(url):\n    requests.post(url, json={BODY})\n    requests.post(url, json={{'model': 'car'}})"
    assert [(s.line, s.api, s.confidence) for s in sites(tmp_path, text)] == [(3, "chat", "likely")]


def test_a_model_that_is_configured_when_called_has_open_settings(tmp_path: Path) -> None:
    text = "from langchain.chat_models import init_chat_model\ninit_chat_model(configurable_fields=('model', 'max_tokens'))"
    found = site(tmp_path, text)
    assert (found.model, found.max_output_tokens) == (DYNAMIC, DYNAMIC)


def test_sdks_of_the_same_shape_keep_their_name(tmp_path: Path) -> None:
    found = site(tmp_path, "from groq import Groq\nGroq(timeout=9).chat.completions.create(model='m')")
    assert (found.sdk, found.client, found.timeout) == ("groq", "groq.Groq", literal(9))


def test_settings_in_an_object_of_their_own_are_read(tmp_path: Path) -> None:
    text = "import requests\nrequests.post('http://localhost:11434/api/chat', json={'model': 'm', 'messages': [], 'options': {'num_predict': 5, 'temperature': 0}})"
    found = site(tmp_path, text)
    assert (found.max_output_tokens, found.temperature) == (literal(5), literal(0))
    url = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.0-flash:generateContent"
    (google,) = sites(
        tmp_path,
        f"import requests\nrequests.post('{url}', json={{'contents': [], 'generationConfig': {{'maxOutputTokens': 7}}}})",
    )
    assert google.max_output_tokens == literal(7)


def test_an_expression_of_a_thousand_parts_costs_only_its_own_call(tmp_path: Path) -> None:
    text = "import requests, openai\ndef f(x):\n    requests.post(" + " + ".join(["x"] * 900) + f", json={BODY})\n"
    found = sites(tmp_path, text + "openai.OpenAI().chat.completions.create(model='m')\n")
    assert "openai" in [s.sdk for s in found]
