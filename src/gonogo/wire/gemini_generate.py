"""Google's Gemini API: generateContent, its stream (events or one JSON array), embeddings, token counts, models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from gonogo.facts.traffic import ToolUse, Turn
from gonogo.wire import sse
from gonogo.wire.base import ModelAnswer, ModelRequest, Routes, Tool, Usage, WireError, spoken
from gonogo.wire.body import (
    arguments_of,
    arguments_text,
    decode,
    decode_list,
    encode,
    labels,
    number,
    table,
    tables,
    text,
    texts,
    vector_of,
    whole,
)
from gonogo.wire.gemini_errors import error as error
from gonogo.wire.gemini_errors import error_event as error_event
from gonogo.wire.gemini_errors import headers as headers
from gonogo.wire.gemini_errors import raise_error

name = "gemini_generate"
HOST = "generativelanguage.googleapis.com"
routes: Routes = (
    ("POST", "/models/{model}:generateContent", "chat"),
    ("POST", "/models/{model}:streamGenerateContent", "chat"),
    ("POST", "/models/{model}:countTokens", "count_tokens"),
    ("POST", "/models/{model}:embedContent", "embeddings"),
    ("POST", "/models/{model}:batchEmbedContents", "embeddings"),
    ("GET", "/v1beta/models", "models"),
    ("GET", "/v1beta/models/{model}", "models"),
    ("GET", f"{HOST}/v1/models", "models"),
    ("GET", f"{HOST}/v1/models/{{model}}", "models"),
)

_FINISH = {"length": "MAX_TOKENS", "content_filter": "SAFETY", None: None}
_BLOCKED = {"SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY"}
_MODES = {"ANY": "required", "NONE": "none"}
_OPERATIONS = {"countTokens": "count_tokens", "embedContent": "embeddings", "batchEmbedContents": "embeddings"}


def parse(body: bytes, path: str, headers: Mapping[str, str]) -> ModelRequest:
    """Read a request, as `Codec.parse` says: model and operation are in the path, field names in either case."""
    plain, _, query = path.partition("?")
    model, _, verb = unquote(plain.partition("/models/")[2]).rpartition(":")
    if not verb or not model:
        return ModelRequest(protocol=name, operation="models", model=verb)
    raw = _camel(decode(body))
    operation = _OPERATIONS.get(verb, "chat")
    if operation == "embeddings":
        return _embeddings(raw, model)
    asked = _camel(table(raw, "generateContentRequest")) or raw
    if "contents" not in asked:
        raise WireError("* GenerateContentRequest.contents: contents is not specified", param="contents")
    config = _camel(table(asked, "generationConfig"))
    calling = _camel(table(_camel(table(asked, "toolConfig")), "functionCallingConfig"))
    allowed = texts(calling, "allowedFunctionNames")
    return ModelRequest(
        protocol=name,
        operation=operation,
        model=model,
        turns=tuple(_turns(asked)),
        tools=tuple(_tools(asked)),
        tool_choice=allowed[0] if len(allowed) == 1 else _MODES.get(text(calling, "mode"), "auto"),
        stream=verb == "streamGenerateContent",
        stream_type="text/event-stream" if "alt=sse" in query.split("&") else "application/json",
        max_output_tokens=whole(config, "maxOutputTokens"),
        temperature=number(config, "temperature"),
        top_p=number(config, "topP"),
        stop=texts(config, "stopSequences"),
        schema=_schema(config),
        choices=min(max(whole(config, "candidateCount") or 1, 1), 8),
        labels=labels({"metadata": raw.get("labels")}),
        raw=raw,
    )


def answer(request: ModelRequest, answer: ModelAnswer) -> bytes:
    """Write a whole answer, as `Codec.answer` says."""
    if request.operation == "embeddings":
        vectors = [{"values": vector} for vector in answer.vectors]
        return encode({"embeddings": vectors} if "requests" in request.raw else {"embedding": vectors[0]})
    if request.operation == "count_tokens":
        return encode({"totalTokens": answer.usage.input, "promptTokensDetails": _details(answer.usage.input)})
    if request.operation == "models":
        found = [_model(model) for model in ([request.model] if request.model else answer.models)]
        return encode(found[0] if request.model else {"models": found})
    said = answer.text or answer.refusal or ""
    return encode(_response(request, answer, [{"text": said}] if said else [], _calls(answer), whole=True))


def events(request: ModelRequest, answer: ModelAnswer, pieces: tuple[str, ...]) -> Iterator[bytes]:
    """Write an answer as a stream, as `Codec.events` says: responses with a part each, the last with the reason."""
    pieces = spoken(answer, pieces)
    calls = _calls(answer)
    parts = [_response(request, answer, [{"text": piece}], []) for piece in pieces]
    parts += [_response(request, answer, [], [call]) for call in calls or ()]
    if answer.finish is not None:
        parts.append(_response(request, answer, [], calls and [], whole=True))
    if request.stream_type == "text/event-stream":
        yield from (b"data: %b\r\n\r\n" % encode(part) for part in parts)
        return
    for index, part in enumerate(parts):
        yield (b",\r\n" if index else b"[") + encode(part)
    yield b"]" if parts else b"[]"


def read(body: bytes) -> ModelAnswer:
    """Read a whole answer, as `Codec.read` says."""
    return _read([decode(body)])


def read_events(events: Iterable[bytes]) -> ModelAnswer:
    """Read a streamed answer, as `Codec.read_events` says, in either form."""
    body = b"".join(events)
    if not body.lstrip().startswith(b"["):
        return _read(decode(event.data.encode()) for event in sse.decode([body]))
    try:
        return _read(decode_list(body))
    except WireError:
        # An array that ended early lacks its end alone, if it was cut between two responses.
        return _read(decode_list(body.rstrip(b", \r\n") + b"]"))


def _camel(raw: dict[str, Any]) -> dict[str, Any]:
    """Return the fields by their JSON names; the API takes those of the protocol buffer too."""
    if not any("_" in key for key in raw):
        return raw
    named = {}
    for key, value in raw.items():
        first, *rest = key.split("_")
        named[first + "".join([word.capitalize() for word in rest])] = value
    return named


def _embeddings(raw: dict[str, Any], model: str) -> ModelRequest:
    """Read one request for an embedding, or a batch of them."""
    asked = [_camel(item) for item in tables(raw, "requests")] if "requests" in raw else [raw]
    if not asked or not all("content" in item for item in asked):
        raise WireError("* EmbedContentRequest.content: contents is not specified", param="content")
    return ModelRequest(
        protocol=name,
        operation="embeddings",
        model=model,
        inputs=tuple([_said(tables(table(item, "content"), "parts")) for item in asked]),
        dimensions=whole(asked[0], "outputDimensionality"),
        raw=raw,
    )


def _turns(raw: dict[str, Any]) -> Iterator[Turn]:
    """Read the system instruction and the contents; a response of a function is a turn of its own."""
    if system := table(raw, "systemInstruction"):
        yield Turn(role="system", text=_said(tables(system, "parts")))
    for content in tables(raw, "contents"):
        parts = [_camel(part) for part in tables(content, "parts")]
        for answered in [table(part, "functionResponse") for part in parts if "functionResponse" in part]:
            told = encode(answered.get("response")).decode()
            yield Turn(role="tool", text=told, answers=text(answered, "id") or text(answered, "name") or None)
        uses = tuple([_use(table(part, "functionCall")) for part in parts if "functionCall" in part])
        said = _said(parts)
        if said or uses:
            yield Turn(role="assistant" if content.get("role") == "model" else "user", text=said, tool_uses=uses)


def _said(parts: list[dict[str, Any]]) -> str:
    """Join the texts of parts; thoughts are not said."""
    return "\n".join([said for part in parts if not part.get("thought") and (said := text(part, "text"))])


def _tools(raw: dict[str, Any]) -> Iterator[Tool]:
    """Read the functions that are offered; a built-in tool has its field as its name."""
    for offered in map(_camel, tables(raw, "tools")):
        for function in map(_camel, tables(offered, "functionDeclarations")):
            schema = table(function, "parameters") or table(function, "parametersJsonSchema")
            yield Tool(name=text(function, "name"), description=text(function, "description"), schema=schema)
        for built_in in offered:
            if built_in != "functionDeclarations":
                yield Tool(name=built_in)


def _schema(config: dict[str, Any]) -> dict[str, Any] | None:
    """Return the schema that is asked for: `{}` for JSON of any form, None for text."""
    schema = table(config, "responseJsonSchema") or table(config, "responseSchema")
    return schema or ({} if config.get("responseMimeType") == "application/json" else None)


def _use(raw: dict[str, Any]) -> ToolUse:
    """Read one call of a function."""
    return ToolUse(id=text(raw, "id"), name=text(raw, "name"), arguments=arguments_text(raw.get("args")))


def _calls(answer: ModelAnswer) -> list[dict[str, Any]] | None:
    """Write the calls of functions, None where arguments are no object: this API then reports a malformed call."""
    calls = []
    for use in answer.tool_uses:
        arguments = arguments_of(use)
        if not isinstance(arguments, dict):
            return None
        call = {"name": use.name, "args": arguments}
        calls.append({"functionCall": call | ({"id": use.id} if use.id else {})})
    return calls


def _response(
    request: ModelRequest,
    answer: ModelAnswer,
    parts: list[dict[str, Any]],
    calls: list[dict[str, Any]] | None,
    *,
    whole: bool = False,
) -> dict[str, Any]:
    """Write one response; a `whole` one, or the last of a stream, says why it ended."""
    usage: dict[str, Any] = {"promptTokenCount": answer.usage.input}
    if whole:
        usage |= {"candidatesTokenCount": answer.usage.output}
    usage["totalTokenCount"] = sum(usage.values())
    if answer.usage.cached:
        usage["cachedContentTokenCount"] = answer.usage.cached
    usage["promptTokensDetails"] = _details(answer.usage.input)
    rest = {"usageMetadata": usage, "modelVersion": answer.model, "responseId": answer.id}
    if answer.finish == "content_filter" and not answer.text:
        return {"promptFeedback": {"blockReason": "SAFETY"}} | rest
    candidate: dict[str, Any] = {"content": {"parts": parts + (calls or []), "role": "model"}}
    if whole:
        finish = "MALFORMED_FUNCTION_CALL" if calls is None else _FINISH.get(answer.finish, "STOP")
        candidate |= {"finishReason": finish} if finish else {}
    return {"candidates": [candidate | {"index": index} for index in range(request.choices)]} | rest


def _details(tokens: int) -> list[dict[str, Any]]:
    """Write the tokens of a prompt by modality."""
    return [{"modality": "TEXT", "tokenCount": tokens}]


def _model(model: str) -> dict[str, Any]:
    """Write one model."""
    return {
        "name": f"models/{model}",
        "version": "001",
        "displayName": model,
        "inputTokenLimit": 1048576,
        "outputTokenLimit": 65536,
        "supportedGenerationMethods": ["generateContent", "countTokens"],
    }


def _read(parts: Iterable[dict[str, Any]]) -> ModelAnswer:
    """Read the responses of an answer; a whole one has a single response. Of several candidates, the first."""
    raw: dict[str, Any] = {}
    said: list[str] = []
    uses: list[ToolUse] = []
    reason = ""
    for response in parts:
        raise_error(response)
        raw |= response
        for candidate in tables(response, "candidates")[:1]:
            content = tables(table(candidate, "content"), "parts")
            said += [text(part, "text") for part in content if not part.get("thought")]
            uses += [_use(table(part, "functionCall")) for part in content if "functionCall" in part]
            reason = text(candidate, "finishReason") or reason
    reason = reason or text(table(raw, "promptFeedback"), "blockReason")
    usage = table(raw, "usageMetadata")
    vectors = [table(raw, "embedding")] if "embedding" in raw else tables(raw, "embeddings")
    return ModelAnswer(
        id=text(raw, "responseId"),
        model=text(raw, "modelVersion"),
        text="".join(said),
        tool_uses=tuple(uses),
        finish=_finish(reason, bool(uses)),
        usage=Usage(
            input=whole(usage, "promptTokenCount") or whole(raw, "totalTokens") or 0,
            output=whole(usage, "candidatesTokenCount") or 0,
            cached=whole(usage, "cachedContentTokenCount") or 0,
        ),
        vectors=tuple([vector_of(item.get("values")) for item in vectors]),
        models=tuple([text(model, "name").removeprefix("models/") for model in tables(raw, "models")]),
    )


def _finish(reason: str, called: bool) -> str | None:
    """Read why an answer ended."""
    if not reason:
        return None
    if reason in _BLOCKED:
        return "content_filter"
    if reason == "MAX_TOKENS":
        return "length"
    return "tool_calls" if called or reason == "MALFORMED_FUNCTION_CALL" else "stop"
