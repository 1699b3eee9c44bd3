"""The fixture `gonogo_lab` in a team's own tests: real pytest, real OpenAI SDK, real sockets."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from gonogo.errors import UsageError
from gonogo.prove.lab.scripted import ScriptedProvider, Standing

pytest_plugins = "pytester"
PLAIN = ("-q", "-W", "error", "-p", "no:cacheprovider", "-p", "no:asyncio", "-p", "no:xdist")
PAGE = Path(__file__).parents[1] / "docs" / "lab-in-tests.md"
APP = """
from openai import OpenAI


def reply(text, retries=2):
    client = OpenAI(timeout=5, max_retries=retries)
    said = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}])
    return said.choices[0].message.content
"""


def ran(pytester: pytest.Pytester, tests: str, **outcomes: int) -> pytest.RunResult:
    pytester.makepyfile(app=APP, test_app=tests)
    result = pytester.runpytest_subprocess(*PLAIN)
    result.assert_outcomes(**outcomes)
    return result


def test_a_fault_hits_so_many_calls_and_the_sdk_gets_through(pytester: pytest.Pytester) -> None:
    ran(
        pytester,
        """
        import app

        def test_it_is_asked_again(gonogo_lab):
            gonogo_lab.fail("status", status=429, retry_after_s=0.05, count=2)
            gonogo_lab.answer("You are welcome.")
            assert app.reply("hello") == "You are welcome."
            assert [c.status for c in gonogo_lab.calls] == [429, 429, 200]
            assert {c.model for c in gonogo_lab.calls} == {"gpt-4o"}
            assert gonogo_lab.calls[0].prompt[-1].text == "hello"

        def test_the_next_test_begins_anew(gonogo_lab):
            assert gonogo_lab.calls == ()
            assert "hello" in app.reply("hello")
            assert [c.fault for c in gonogo_lab.calls] == [None]
        """,
        passed=2,
    )


def test_answers_have_conditions_and_a_hanging_call_is_seen(pytester: pytest.Pytester) -> None:
    ran(
        pytester,
        """
        import openai, pytest, app

        def test_answers(gonogo_lab):
            gonogo_lab.answer("first", once=True)
            gonogo_lab.answer(match="weather", json={"sun": True})
            gonogo_lab.answer("else")
            assert [app.reply(t) for t in ("a", "the weather", "b")] == ["first", '{"sun": true}', "else"]

        def test_a_reset(gonogo_lab):
            gonogo_lab.fail("reset")
            with pytest.raises(openai.APIConnectionError):
                app.reply("hello", retries=0)
            assert [c.fault for c in gonogo_lab.calls] == ["reset"]
            gonogo_lab.clear()
            assert "hello" in app.reply("hello")

        def test_a_hang(gonogo_lab):
            gonogo_lab.fail("hang-before-headers")
            with pytest.raises(openai.APITimeoutError):
                openai.OpenAI(timeout=0.3, max_retries=0).models.list()
            (call,) = gonogo_lab.calls
            assert (call.operation, call.aborted) == ("models", True)
        """,
        passed=3,
    )


def test_the_environment_is_that_of_the_test_and_put_back_after_it(pytester: pytest.Pytester) -> None:
    ran(
        pytester,
        """
        import os

        def test_with(gonogo_lab):
            assert os.environ["OPENAI_BASE_URL"] == gonogo_lab.base_url == gonogo_lab.url + "/v1"
            assert os.environ["ANTHROPIC_BASE_URL"] == gonogo_lab.url
            assert gonogo_lab.url.startswith("http://127.0.0.1:")
            assert "127.0.0.1" in os.environ["NO_PROXY"]
            assert "DO_NOT_TRACK" not in gonogo_lab.environment

        def test_without():
            assert "ANTHROPIC_BASE_URL" not in os.environ
        """,
        passed=2,
    )


def test_a_wrong_name_fails_the_test_and_the_nearest_one_is_said(pytester: pytest.Pytester) -> None:
    result = ran(
        pytester,
        """
        def test_fault(gonogo_lab):
            gonogo_lab.fail("hang-mid-streem")

        def test_field(gonogo_lab):
            gonogo_lab.fail("status", statos=500)
        """,
        failed=2,
    )
    result.stdout.fnmatch_lines(["*no fault 'hang-mid-streem'; did you mean hang-mid-stream?*"])
    result.stdout.fnmatch_lines(["*Fault has no field 'statos'; did you mean status?*"])


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (lambda lab: lab.fail("dns"), "needs the whole lab"),
        (lambda lab: lab.fail("status", status="many"), "Fault: status: "),
        (lambda lab: lab.fail("status", boundary="tool"), "stands in for models"),
        (lambda lab: lab.answer(txt="hello"), "did you mean text?"),
        (lambda lab: lab.speed(tokens_per_second=3), "did you mean tokens_per_s?"),
    ],
)
def test_what_cannot_be_done_is_refused_and_never_passed_over(said, words: str) -> None:
    with Standing() as standing:
        lab = ScriptedProvider(standing, "t")
        with pytest.raises(UsageError, match=re.escape(words)):
            said(lab)


def test_runs_that_do_not_use_it_load_nothing_of_it() -> None:
    loaded = (
        "import sys, gonogo.pytest_plugin; print(sorted(m for m in sys.modules if m.startswith(('gonogo', 'aiohttp'))))"
    )
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['gonogo', 'gonogo.pytest_plugin']"


def test_the_example_of_the_page_passes(pytester: pytest.Pytester) -> None:
    blocks = re.findall(r"```python\n# (\w+\.py)\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert [name for name, _ in blocks] == ["answers.py", "test_answers.py"]
    for name, text in blocks:
        (pytester.path / name).write_text(text)
    pytester.runpytest_subprocess(*PLAIN).assert_outcomes(passed=text.count("def test_"))
