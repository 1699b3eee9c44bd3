"""What libraries do where a call sets nothing: how long they wait, and how often they repeat a failed call.

From their code and documentation: OpenAI's and Anthropic's SDKs wait 10 minutes and repeat twice; LangChain's models of
these hand over `timeout=None`, which switches that off; google-genai waits for ever and repeats nothing; botocore,
below LangChain's Bedrock models, waits 60 seconds.
"""

from __future__ import annotations

from typing import NamedTuple


class Wait(NamedTuple):
    """`seconds` is None where the library waits too long or for ever, or nobody knows (`known` is then false)."""

    seconds: float | None
    words: str
    known: bool = True


_LONG = {
    "openai": "the SDK waits 10 minutes",
    "anthropic": "the SDK waits 10 minutes",
    "google": "Google's SDK waits for ever",
    "GenerativeModel": "Google's SDK waits 10 minutes",
    "ChatGoogleGenerativeAI": "Google's SDK waits for ever",
    "ChatVertexAI": "it relies on the default of Google's SDK",
    "ChatOllama": "Ollama's client waits for ever",
    "OllamaLLM": "Ollama's client waits for ever",
    "OllamaEmbeddings": "Ollama's client waits for ever",
    "langchain": "LangChain switches the SDK's own off",
    "litellm": "LiteLLM waits 10 minutes and more",
    "requests": "requests waits for ever",
    "urllib": "urllib waits for ever",
    "aiohttp": "aiohttp waits 5 minutes",
}
_ENOUGH = {
    "httpx": (5, "httpx's own default of 5 s"),
    "ChatMistralAI": (120, "ChatMistralAI's own default of 120 s"),
    "ChatBedrock": (60, "botocore's own default of 60 s"),
    "ChatBedrockConverse": (60, "botocore's own default of 60 s"),
    "BedrockChat": (60, "botocore's own default of 60 s"),
}
_RETRIES = {
    "http": 0,
    "google": 0,
    "ChatGoogleGenerativeAI": 6,
    "ChatVertexAI": 6,
    "ChatMistralAI": 5,
    "ChatOllama": 0,
    "OllamaLLM": 0,
    "OllamaEmbeddings": 0,
}
_SDK_RETRIES = 2
"""What the SDKs of OpenAI and Anthropic, and those that build on them, repeat by themselves, with growing delays."""
_OPEN = frozenset({"ChatBedrock", "ChatBedrockConverse", "BedrockChat", "BedrockEmbeddings"})
"""Classes whose retries depend on a configuration outside of the code."""


def wait(sdk: str, client: str | None) -> Wait:
    """Return what a call waits that sets no timeout; `client` is the dotted name of what sends it."""
    library = (client or "").partition(".")[0] if sdk == "http" else (client or "").rpartition(".")[2]
    if library in _ENOUGH:
        return Wait(*_ENOUGH[library])
    if sdk == "http":
        return Wait(None, _LONG[library]) if library in _LONG else Wait(None, "no timeout is seen", known=False)
    return Wait(None, _LONG.get(library) or _LONG.get(sdk, "it relies on the SDK's default"))


def retries(sdk: str, client: str | None) -> float | None:
    """Return how often a failed call is repeated where nothing is set; None where its configuration decides."""
    last = (client or "").rpartition(".")[2]
    return None if last in _OPEN else float(_RETRIES.get(last, _RETRIES.get(sdk, _SDK_RETRIES)))
