"""Retries around a call that no decorator makes: loops written by hand, and LangChain's `with_retry`."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from gonogo.facts import Setting
from tests.prove.scan.reading import DYNAMIC, UNSET, constant, literal, site

HEAD = "import asyncio, json, random, time\nimport openai\nclient = openai.OpenAI()\nN = 4\ndef f(items):\n"


def looped(loop: str, handler: str, *, caught: str = "Exception", end: str = "return r") -> str:
    call = f"r = client.chat.completions.create(model='m')\n{end}\n"
    return HEAD + f"    {loop}\n        try:\n{indent(call, ' ' * 12)}        except {caught}:\n            {handler}\n"


@pytest.mark.parametrize(
    ("text", "attempts", "waits"),
    [
        (looped("for i in range(5):", "time.sleep(2 ** i)"), literal(5), "exponential"),
        (looped("for i in range(5):", "time.sleep(2 ** i + random.uniform(0, 1))"), literal(5), "exponential-jitter"),
        (looped("for i in range(N):", "time.sleep(1)"), constant(4), "fixed"),
        (looped("for i in range(1, 4):", "continue"), literal(3), "none"),
        (looped("for i in range(3):", "time.sleep(random.random())"), literal(3), "random"),
        (looped("for i in range(3):", "time.sleep(wait_for(i))"), literal(3), ""),
        (looped("for i in range(3):", "delay *= 2; time.sleep(delay)"), literal(3), "exponential"),
        (looped("for i in range(3):", "continue", end="break"), literal(3), "none"),
        (looped("while True:", "time.sleep(1)"), literal(None), "fixed"),
        (looped("while tries < N:", "tries += 1"), DYNAMIC, "none"),
    ],
)
def test_a_loop_that_repeats_a_failed_call(tmp_path: Path, text: str, attempts: Setting, waits: str) -> None:
    found = site(tmp_path, text)
    assert (found.attempts, found.waits) == (attempts, waits)


@pytest.mark.parametrize(
    "text",
    [
        looped("for i in range(5):", "raise"),
        looped("for i in range(5):", "return None"),
        looped("for i in range(5):", "continue", end="items.append(r)"),
        looped("for i in items:", "continue"),
        looped("for i in range(5):", "continue", caught="json.JSONDecodeError"),
        looped("for i in range(5):", "continue", caught="(ValueError, KeyError)"),
        HEAD + "    for i in range(5):\n        return client.chat.completions.create(model='m')\n",
    ],
)
def test_other_loops_repeat_nothing(tmp_path: Path, text: str) -> None:
    assert site(tmp_path, text).attempts == UNSET


LANGCHAIN = "from langchain.chat_models import init_chat_model\n"


@pytest.mark.parametrize(
    ("text", "attempts", "waits"),
    [
        ("init_chat_model('m').with_retry(stop_after_attempt=5)", literal(5), "exponential-jitter"),
        ("(init_chat_model('m') | parse).with_retry()", literal(3), "exponential-jitter"),
        ("init_chat_model('m').bind_tools([]).with_retry(wait_exponential_jitter=False)", literal(3), "none"),
        ("init_chat_model('m').with_fallbacks([])", UNSET, ""),
    ],
)
def test_with_retry_of_langchain(tmp_path: Path, text: str, attempts: Setting, waits: str) -> None:
    found = site(tmp_path, LANGCHAIN + text)
    assert (found.attempts, found.waits) == (attempts, waits)


def test_a_loop_where_a_langchain_model_is_asked_counts_for_it(tmp_path: Path) -> None:
    text = """
        import os
        from langchain_openai import ChatOpenAI

        class Agent:
            def __init__(self):
                self.llm = ChatOpenAI(model="m").bind_tools([])
            async def chat(self, messages):
                tries = int(os.getenv("TRIES", "3"))
                for attempt in range(tries):
                    try:
                        return await self.llm.ainvoke(messages)
                    except Exception:
                        continue
        """
    found = site(tmp_path, text)
    assert (found.line, found.attempts.value, found.waits) == (6, 3, "none")
