"""Which codec reads a request: found by method, path and host, whatever stands before the path of the API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote

import msgspec

from gonogo.wire import (
    anthropic_messages,
    cohere_chat,
    gemini_generate,
    mistral,
    ollama,
    openai_chat,
    openai_completions,
    openai_embeddings,
    openai_models,
    openai_moderations,
    openai_responses,
)
from gonogo.wire.base import Codec


def _all(*codecs: Codec) -> tuple[Codec, ...]:
    return codecs


CODECS = _all(
    openai_chat,
    openai_responses,
    openai_embeddings,
    openai_models,
    openai_moderations,
    openai_completions,
    anthropic_messages,
    gemini_generate,
    mistral,
    cohere_chat,
    ollama,
)


LONGEST = 2048
"""Characters of a path that are looked at; no provider's is longer."""


class Route(msgspec.Struct, frozen=True):
    """Where a request goes: its codec, the operation, and the model that the path names ("" where it names none)."""

    codec: Codec
    operation: str
    model: str = ""


def find(method: str, path: str, host: str = "") -> Route | None:
    """Return the route of a request, None where no codec knows it. `path` may carry its query.

    What stands before the path of the API (`/v1`, `/openai/v1`, a proxy's prefix) does not matter. Where two APIs share
    a path, the host decides; `host_of` gives the one that a request to the lab means.
    """
    return _found(method, path.partition("?")[0], host)


def host_of(headers: Mapping[str, str]) -> str:
    """Return the host that a request means, by its lower-cased headers: some clients have one of their own."""
    if "anthropic-version" in headers:
        return anthropic_messages.HOST
    if "x-goog-api-key" in headers:
        return gemini_generate.HOST
    if headers.get("user-agent", "").startswith("mistral-client"):
        return mistral.HOST
    return headers.get("host", "")


@lru_cache(maxsize=4096)
def _found(method: str, path: str, host: str) -> Route | None:
    """Look a request up; apps ask for few paths, and those often. The query stays out: some put their key there."""
    plain = host.partition(":")[0] + path.rstrip("/")
    for verb, pattern, route in _TABLE if len(plain) <= LONGEST else ():
        if verb == method and (match := pattern.search(plain)):
            return msgspec.structs.replace(route, model=unquote(match.groupdict().get("model", "")))
    return None


def _pattern(path: str) -> re.Pattern[str]:
    """Compile the pattern of a path."""
    return re.compile(re.escape(path).replace(r"\{model\}", "(?P<model>.+?)") + r"\Z")


_TABLE = tuple(
    (verb, _pattern(path), Route(codec, operation))
    for verb, path, operation, codec in sorted(
        ((*route, codec) for codec in CODECS for route in codec.routes), key=lambda entry: -len(entry[1])
    )
)
"""All routes, those with the longest path first: `/api/embeddings` is not `/embeddings`."""
