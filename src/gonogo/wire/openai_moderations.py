"""OpenAI Moderations: which categories of harm a text is in. An answer that the filter ended is flagged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from gonogo.wire.base import ModelAnswer, ModelRequest, Routes, WireError
from gonogo.wire.body import decode, encode, missing, tables, text, text_of
from gonogo.wire.openai_errors import error as error
from gonogo.wire.openai_errors import error_event as error_event
from gonogo.wire.openai_errors import headers as headers
from gonogo.wire.openai_errors import raise_error

name = "openai_moderations"
routes: Routes = (("POST", "/moderations", "moderation"),)

CATEGORIES = (
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/instructions",
    "self-harm/intent",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
)


def parse(body: bytes, path: str, headers: Mapping[str, str]) -> ModelRequest:
    """Read a request, as `Codec.parse` says; parts of one message are one input."""
    raw = decode(body)
    if "input" not in raw:
        raise missing("input")
    value = raw["input"]
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        inputs = tuple(value)
    else:
        inputs = (text_of(raw, "input"),)
    model = text(raw, "model", "omni-moderation-latest")
    return ModelRequest(protocol=name, operation="moderation", model=model, inputs=inputs, raw=raw)


def answer(request: ModelRequest, answer: ModelAnswer) -> bytes:
    """Write a whole answer: every input is in the first category where `answer` was ended by the filter, or in none."""
    flagged = answer.finish == "content_filter"
    result = {
        "flagged": flagged,
        "categories": {category: flagged and category == CATEGORIES[0] for category in CATEGORIES},
        "category_scores": {
            category: 0.98 if flagged and category == CATEGORIES[0] else 0.0001 for category in CATEGORIES
        },
        "category_applied_input_types": {category: ["text"] for category in CATEGORIES},
    }
    return encode({"id": f"modr-{answer.id}", "model": answer.model, "results": [result] * len(request.inputs)})


def events(request: ModelRequest, answer: ModelAnswer, pieces: tuple[str, ...]) -> Iterator[bytes]:
    """Yield nothing: moderations are not streamed."""
    yield from ()


def read(body: bytes) -> ModelAnswer:
    """Read a whole answer, as `Codec.read` says."""
    raw = decode(body)
    raise_error(raw)
    flagged = any(result.get("flagged") is True for result in tables(raw, "results"))
    id = text(raw, "id").removeprefix("modr-")
    return ModelAnswer(id=id, model=text(raw, "model"), finish="content_filter" if flagged else "stop")


def read_events(events: Iterable[bytes]) -> ModelAnswer:
    """Raise `WireError`: moderations are not streamed."""
    raise WireError("moderations are not streamed")
