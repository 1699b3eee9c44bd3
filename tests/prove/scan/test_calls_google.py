# ruff: noqa: E501  (each program stands on one line)
"""Calls of Google's SDKs."""

from __future__ import annotations

from pathlib import Path

import pytest

from gonogo.facts import Setting
from tests.prove.scan.reading import DYNAMIC, UNSET, literal, site, sites

NEW = "from google import genai\nfrom google.genai import types\n"


@pytest.mark.parametrize(
    ("text", "limit", "temperature", "timeout"),
    [
        ("genai.Client().models.generate_content(model='m', contents='x')", UNSET, UNSET, UNSET),
        (
            "genai.Client().models.generate_content(model='m', contents='x',"
            " config=types.GenerateContentConfig(max_output_tokens=9, temperature=0.5))",
            literal(9), literal(0.5), UNSET,
        ),
        (
            "genai.Client().aio.models.generate_content_stream(model='m', contents='x', config={'max_output_tokens': 9})",
            literal(9), UNSET, UNSET,
        ),
        (
            "config = types.GenerateContentConfig(temperature=0)\n"
            "genai.Client().models.generate_content(model='m', contents='x', config=config)",
            UNSET, literal(0), UNSET,
        ),
        (
            "genai.Client(http_options=types.HttpOptions(timeout=60000)).models.generate_content(model='m', contents='x')",
            UNSET, UNSET, literal(60),
        ),
        (
            "genai.Client().models.generate_content(model='m', contents='x',"
            " config=types.GenerateContentConfig(http_options=types.HttpOptions(timeout=90_000)))",
            UNSET, UNSET, literal(90),
        ),
    ],
)  # fmt: skip
def test_genai(tmp_path: Path, text: str, limit: Setting, temperature: Setting, timeout: Setting) -> None:
    found = site(tmp_path, NEW + text)
    assert (found.sdk, found.api, found.model) == ("google", "chat", literal("m"))
    assert (found.max_output_tokens, found.temperature, found.timeout) == (limit, temperature, timeout)
    assert found.confidence == "certain"


def test_a_client_that_is_handed_in_is_known_by_its_annotation(tmp_path: Path) -> None:
    text = "async def f(client: genai.Client, config):\n    await client.aio.models.generate_content(model='m', config=config)"
    found = site(tmp_path, NEW + text)
    assert (found.client, found.timeout, found.max_output_tokens) == ("google.genai.Client", DYNAMIC, DYNAMIC)


def test_the_older_sdk_sets_model_and_limits_where_the_model_is_made(tmp_path: Path) -> None:
    text = """
        import google.generativeai as genai
        class LM:
            def __init__(self):
                self.config = genai.GenerationConfig(max_output_tokens=9, temperature=0)
                self.llm = genai.GenerativeModel(model_name="gemini-1.5-pro", generation_config=self.config)
            def ask(self, prompt):
                self.llm.generate_content(prompt)
                self.llm.generate_content(prompt, generation_config={"temperature": 1}, request_options={"timeout": 60})
        """
    plain, changed = sites(tmp_path, text)
    assert (plain.model, plain.max_output_tokens, plain.temperature) == (
        literal("gemini-1.5-pro"),
        literal(9),
        literal(0),
    )
    assert (changed.max_output_tokens, changed.temperature, changed.timeout) == (literal(9), literal(1), literal(60))


def test_embeddings_and_a_method_of_that_name_elsewhere(tmp_path: Path) -> None:
    text = "c = genai.Client()\nc.models.embed_content(model='text-embedding-004', contents='x')\n"
    assert site(tmp_path, NEW + text).api == "embeddings"
    assert sites(tmp_path, {"app.py": "def f(page):\n    page.generate_content('x')\n"}) == []
