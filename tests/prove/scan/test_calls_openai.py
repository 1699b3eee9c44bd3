# ruff: noqa: E501  (each program or table row stands on one line)
"""Calls of the OpenAI SDK, through every way that people reach its client."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.prove.scan.reading import DYNAMIC, UNSET, constant, literal, site, sites

CREATE = "chat.completions.create(model='m')"


@pytest.mark.parametrize(
    "text",
    [
        "from openai import OpenAI\nc = OpenAI(timeout=9)\nc.{call}",
        "import openai\nc = openai.AsyncOpenAI(timeout=9)\nasync def f():\n    await c.{call}",
        "import openai as ai\nc = ai.OpenAI(timeout=9)\nc.{call}",
        "from openai import OpenAI as Client\nClient(timeout=9).{call}",
        "from openai import OpenAI\nOpenAI().with_options(timeout=9).{call}",
        "from openai import OpenAI\nc = OpenAI()\nd = c.with_options(timeout=9)\nd.{call}",
        "from openai import OpenAI\nwith OpenAI(timeout=9) as c:\n    c.{call}",
        "from openai import OpenAI\ndef get():\n    return OpenAI(timeout=9)\nget().{call}",
        "from openai import OpenAI\ndef get():\n    c = OpenAI(timeout=9)\n    return c\ndef f():\n    c = get()\n    c.{call}",
        "from openai import OpenAI\nclass A:\n    def __init__(self):\n        self.c = OpenAI(timeout=9)\n    def f(self):\n        self.c.{call}",
        "from openai import OpenAI\nclass A:\n    c = OpenAI(timeout=9)\n    def f(self):\n        self.c.{call}",
        "from openai import OpenAI\nclass A:\n    def __init__(self):\n        self.c = OpenAI(timeout=9)\nclass B(A):\n    def f(self):\n        self.c.{call}",
        "from openai import OpenAI\nclass A:\n    @property\n    def c(self):\n        return OpenAI(timeout=9)\n    def f(self):\n        self.c.{call}",
        "from openai import OpenAI\nclass A:\n    def __init__(self):\n        self.c = OpenAI(timeout=9)\na = A()\na.c.{call}",
        "from openai import OpenAI\n_c = None\ndef get():\n    global _c\n    if _c is None:\n        _c = OpenAI(timeout=9)\n    return _c\nget().{call}",
        "from fastapi import Depends\nfrom openai import OpenAI\ndef get():\n    yield OpenAI(timeout=9)\ndef f(c: OpenAI = Depends(get)):\n    c.{call}",
        "from typing import Annotated\nfrom fastapi import Depends\nfrom openai import OpenAI\ndef get():\n    return OpenAI(timeout=9)\nDep = Annotated[OpenAI, Depends(get)]\ndef f(c: Dep):\n    c.{call}",
        "from openai import OpenAI\ndef f(c):\n    c.{call}\nf(OpenAI(timeout=9))",
        "import instructor\nfrom openai import OpenAI\ninstructor.from_openai(OpenAI(timeout=9)).{call}",
        "from langfuse.openai import OpenAI\nOpenAI(timeout=9).{call}",
        "import httpx\nfrom openai import OpenAI\nOpenAI(http_client=httpx.Client(timeout=9)).{call}",
        "from openai import OpenAI\nK = dict(timeout=9)\nOpenAI(**K).{call}",
        "from openai import OpenAI\nclass Mine(OpenAI):\n    pass\nMine(timeout=9).{call}",
        "try:\n    from openai import OpenAI\nexcept ImportError:\n    OpenAI = None\nOpenAI(timeout=9).{call}",
        "from openai import OpenAI\nclient = OpenAI(timeout=9)\nclient.with_raw_response.{call}",
    ],
)
def test_the_timeout_of_the_client_is_found(tmp_path: Path, text: str) -> None:
    found = site(tmp_path, text.format(call=CREATE))
    assert (found.sdk, found.api, found.timeout) == ("openai", "chat", literal(9))


def test_clients_are_followed_across_files(tmp_path: Path) -> None:
    found = site(
        tmp_path,
        {
            "src/app/__init__.py": "",
            "src/app/clients.py": "from openai import OpenAI\nT = 9\nclient = OpenAI(timeout=T, max_retries=1)\n",
            "src/app/deps.py": "from app import clients\nfrom .clients import client as shared\n",
            "src/app/main.py": f"from app.deps import shared\n\nshared.{CREATE}\n",
        },
    )
    assert (found.path, found.line) == ("src/app/main.py", 3)
    assert (found.client_path, found.client_line) == ("src/app/clients.py", 3)
    assert (found.timeout, found.retries, found.confidence) == (constant(9), literal(1), "certain")


@pytest.mark.parametrize(
    ("call", "api"),
    [
        ("chat.completions.create(model='m')", "chat"),
        ("chat.completions.parse(model='m')", "chat"),
        ("beta.chat.completions.parse(model='m')", "chat"),
        ("responses.create(model='m', input='x')", "responses"),
        ("embeddings.create(model='m', input='x')", "embeddings"),
        ("completions.create(model='m')", "completions"),
        ("images.generate(model='m')", "images"),
        ("audio.transcriptions.create(model='m')", "audio"),
    ],
)
def test_the_apis(tmp_path: Path, call: str, api: str) -> None:
    found = site(tmp_path, f"from openai import OpenAI\nOpenAI().{call}")
    assert (found.api, found.model) == (api, literal("m"))


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens", "max_output_tokens"])
def test_the_output_limit_goes_by_many_names(tmp_path: Path, name: str) -> None:
    found = site(tmp_path, f"import openai\nopenai.OpenAI().responses.create(model='m', {name}=5)")
    assert found.max_output_tokens == literal(5)


def test_what_the_call_sets_wins_over_the_client(tmp_path: Path) -> None:
    text = (
        "import openai\nc = openai.OpenAI(timeout=600)\nc.chat.completions.create(model='m', timeout=20, stream=True)"
    )
    found = site(tmp_path, text)
    assert (found.timeout, found.stream, found.retries) == (literal(20), literal(True), UNSET)


def test_an_embedding_call_has_no_output_limit_even_with_unknown_arguments(tmp_path: Path) -> None:
    found = site(tmp_path, "import openai\ndef f(k):\n    openai.OpenAI().embeddings.create(**k)")
    assert (found.max_output_tokens, found.temperature, found.model) == (UNSET, UNSET, DYNAMIC)


def test_the_module_of_old_versions_is_known(tmp_path: Path) -> None:
    text = "import openai\nopenai.ChatCompletion.create(model='gpt-4', request_timeout=30)\nopenai.chat.completions.create(model='m')"
    old, new = sites(tmp_path, text)
    assert (old.api, old.timeout, old.model) == ("chat", literal(30), literal("gpt-4"))
    assert (new.confidence, new.timeout) == ("certain", UNSET)


@pytest.mark.parametrize(
    "call",
    [
        "asyncio.to_thread(c.chat.completions.create, model='m', max_tokens=5)",
        "retry(c.chat.completions.create, model='m', max_tokens=5)",
        "sync_to_async(c.chat.completions.create)(model='m', max_tokens=5)",
    ],
)
def test_a_method_that_is_handed_over_is_a_call(tmp_path: Path, call: str) -> None:
    found = site(tmp_path, f"import asyncio\nfrom openai import OpenAI\nc = OpenAI()\n{call}")
    assert (found.model, found.max_output_tokens) == (literal("m"), literal(5))


def test_a_partial_may_get_more_arguments_later(tmp_path: Path) -> None:
    text = (
        "from functools import partial\nfrom openai import OpenAI\npartial(OpenAI().chat.completions.create, model='m')"
    )
    assert site(tmp_path, text).max_output_tokens == DYNAMIC


def test_an_unknown_object_with_a_clear_chain_is_likely_and_its_settings_unknown(tmp_path: Path) -> None:
    found = site(tmp_path, "def f(anything):\n    anything.chat.completions.create(model='m')")
    assert (found.sdk, found.confidence, found.timeout, found.retries) == ("openai", "likely", DYNAMIC, DYNAMIC)


def test_two_possible_clients_that_differ_leave_the_setting_open(tmp_path: Path) -> None:
    text = """
        import openai
        def get(azure):
            if azure:
                return openai.AzureOpenAI(timeout=5)
            return openai.OpenAI(timeout=10)
        get(True).chat.completions.create(model="m")
        """
    assert site(tmp_path, text).timeout == DYNAMIC


@pytest.mark.parametrize(
    "text",
    [
        "import boto3\nboto3.client('x').create(model='m')",
        "client.indices.create(index='i')",
        "from twilio.rest import Client\nClient().messages.create(to='a', body='b')",
        "import openai\nopenai.OpenAI().beta.threads.messages.create(thread_id='t', role='user', content='x')",
        "import openai\nopenai.OpenAI().files.create(file=1)",
        "import openai\nopenai.OpenAI().models.list()",
        "store.embeddings.create(name='x')",
        "session.responses.create(poll=1)",
        "import stripe\nstripe.Customer.create(model='m')",
        "# client.chat.completions.create(model='m') openai",
        "TEXT = \"openai client.chat.completions.create(model='m')\"",
    ],
)
def test_what_is_no_call_of_a_model_is_left_alone(tmp_path: Path, text: str) -> None:
    assert sites(tmp_path, text) == []


def test_calls_in_tests_and_examples_are_marked(tmp_path: Path) -> None:
    text = f"import openai\nopenai.OpenAI().{CREATE}\n"
    found = sites(tmp_path, {"app/a.py": text, "tests/test_a.py": text, "examples/b.py": text, "scripts/c.py": text})
    assert {s.path: s.in_tests for s in found} == {
        "app/a.py": False, "examples/b.py": True, "scripts/c.py": False, "tests/test_a.py": True,
    }  # fmt: skip


def test_a_file_called_like_the_library_does_not_hide_it(tmp_path: Path) -> None:
    text = f"from openai import OpenAI\nOpenAI(timeout=3).{CREATE}\n"
    found = site(tmp_path, {"llms/openai.py": text, "openai.py": "x = 1\n"})
    assert found.timeout == literal(3)


@pytest.mark.parametrize(
    ("decorator", "attempts", "waits"),
    [
        ("@retry(stop=stop_after_attempt(3), wait=wait_random_exponential(max=60))", literal(3), "exponential-jitter"),
        (
            "@retry(stop=stop_after_attempt(3) | stop_after_delay(9), wait=wait_exponential())",
            literal(3),
            "exponential",
        ),
        ("@retry(wait=wait_fixed(1))", literal(None), "fixed"),
        ("@retry", literal(None), "none"),
        ("@backoff.on_exception(backoff.expo, Exception, max_tries=4)", literal(4), "exponential-jitter"),
        ("@cached", UNSET, ""),
    ],
)
def test_retry_decorators_are_read(tmp_path: Path, decorator: str, attempts: object, waits: str) -> None:
    text = (
        f"from tenacity import *\nfrom tenacity import retry, stop_after_attempt\nimport backoff, openai\n{decorator}\n"
    )
    text += f"def ask():\n    return openai.OpenAI().{CREATE}\n"
    found = site(tmp_path, text)
    assert (found.attempts, found.waits) == (attempts, waits)
