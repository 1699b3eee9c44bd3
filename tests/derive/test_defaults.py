"""What libraries do where a call sets nothing."""

from __future__ import annotations

import pytest

from gonogo.derive.defaults import retries, wait


@pytest.mark.parametrize(
    ("sdk", "client", "seconds", "words", "known"),
    [
        ("openai", "openai.OpenAI", None, "10 minutes", True),
        ("anthropic", "anthropic.Anthropic", None, "10 minutes", True),
        ("google", "google.genai.Client", None, "for ever", True),
        ("google", "google.generativeai.GenerativeModel", None, "10 minutes", True),
        ("langchain", "langchain_openai.ChatOpenAI", None, "switches", True),
        ("langchain", "langchain_aws.ChatBedrock", 60, "60 s", True),
        ("langchain", "langchain_ollama.ChatOllama", None, "Ollama's client", True),
        ("langchain", "langchain_mistralai.ChatMistralAI", 120, "120 s", True),
        ("litellm", "litellm.completion", None, "10 minutes and more", True),
        ("http", "requests.post", None, "for ever", True),
        ("http", "httpx.post", 5, "5 s", True),
        ("http", "aiohttp.ClientSession", None, "5 minutes", True),
        ("http", None, None, "no timeout is seen", False),
        ("groq", "groq.Groq", None, "the SDK's default", True),
    ],
)
def test_how_long_a_call_waits(sdk: str, client: str | None, seconds: float | None, words: str, known: bool) -> None:
    found = wait(sdk, client)
    assert (found.seconds, found.known) == (seconds, known)
    assert words in found.words


@pytest.mark.parametrize(
    ("sdk", "client", "times"),
    [
        ("openai", "openai.OpenAI", 2),
        ("http", "requests.post", 0),
        ("google", "google.genai.Client", 0),
        ("langchain", "langchain_openai.ChatOpenAI", 2),
        ("langchain", "langchain_google_genai.ChatGoogleGenerativeAI", 6),
        ("langchain", "langchain_google_vertexai.ChatVertexAI", 6),
        ("langchain", "langchain_ollama.ChatOllama", 0),
        ("langchain", "langchain_aws.ChatBedrock", None),
        ("groq", None, 2),
    ],
)
def test_how_often_a_failed_call_is_repeated(sdk: str, client: str | None, times: float | None) -> None:
    assert retries(sdk, client) == times
