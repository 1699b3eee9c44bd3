"""A small real server that answers with the codecs, for the official SDKs to talk to. The model's name is its script.

`say` says a sentence, `call` calls the first tool (and speaks when it has been answered), `call-two` calls it twice,
`call-broken` with arguments that do not parse, `json` says an object, `refuse`, `cut` and `filter` end as they say,
`open` ends without a reason, `break` fails in the middle of a stream, `read` tells what was understood of the request,
and `fail-429-rate_limit` fails so. `python -m tests.wire.served` prints its port and serves until its input closes.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from aiohttp import web

from gonogo.facts.traffic import ToolUse
from gonogo.wire import openai_batch, routes
from gonogo.wire.base import Codec, ErrorAnswer, Limit, ModelAnswer, ModelRequest, Usage, WireError

SAID = "Hello there, café 👋."
OBJECT = '{"city": "Zürich", "days": 3}'
LIMITS = {"requests": Limit(60, 59, 6), "tokens": Limit(1000, 990, 6)}
Files = dict[str, tuple[openai_batch.File, bytes]]
FILES = web.AppKey("files", Files)
BATCHES = web.AppKey("batches", dict[str, openai_batch.Batch])
USAGE = Usage(input=12, output=5, cached=4)
CREATED = 1_700_000_000


def answer_to(request: ModelRequest) -> ModelAnswer:
    """Answer as the model's name says."""
    answer = ModelAnswer(id="abc123", created=CREATED, model=request.model, text=SAID, usage=USAGE)
    changes: dict[str, object] = {}
    name = request.model.rpartition("/")[2]
    if request.operation == "embeddings":
        changes = {"text": "", "vectors": tuple((0.5, -0.25, float(len(text))) for text in request.inputs)}
    elif request.operation == "models":
        changes = {"models": ("say", "call")}
    elif name.startswith("call") and not any(turn.role == "tool" for turn in request.turns):
        arguments = '{"city": "Zür' if name == "call-broken" else OBJECT
        use = ToolUse(id="call_1", name=request.tools[0].name, arguments=arguments)
        uses = (use, ToolUse(id="call_2", name=use.name)) if name == "call-two" else (use,)
        changes = {"text": "", "tool_uses": uses, "finish": "tool_calls"}
    elif name == "json":
        changes = {"text": OBJECT}
    elif name == "refuse":
        changes = {"text": "", "refusal": "I cannot help with that.", "finish": "refusal"}
    elif name in ("cut", "filter", "open"):
        changes = {"finish": {"cut": "length", "filter": "content_filter", "open": None}[name]}
    elif name == "read":
        changes = {"text": told(request)}
    fields = {field: getattr(answer, field) for field in answer.__struct_fields__}
    return ModelAnswer(**(fields | changes))


def told(request: ModelRequest) -> str:
    """Tell what was understood of a request."""
    return json.dumps(
        {
            "turns": [[turn.role, turn.text, len(turn.tool_uses), turn.answers] for turn in request.turns],
            "tools": [[tool.name, tool.description, sorted(tool.schema)] for tool in request.tools],
            "choice": request.tool_choice,
            "schema": None if request.schema is None else sorted(request.schema.get("properties", {})),
            "limits": [request.max_output_tokens, request.temperature, request.top_p, list(request.stop)],
            "labels": request.labels,
        }
    )


async def serve(request: web.Request) -> web.StreamResponse:
    """Answer one request."""
    headers = {key.lower(): value for key, value in request.headers.items()}
    path = request.raw_path
    if wanted := openai_batch.find(request.method, path):
        return await keep(request, *wanted)
    route = routes.find(request.method, path, routes.host_of(headers))
    if route is None:
        return web.json_response({"no codec": path}, status=404)
    codec = route.codec
    try:
        asked = codec.parse(await request.read(), path, headers)
    except WireError as refused:
        return plain(codec.error(refused.status, kind=refused.kind, message=refused.message, param=refused.param))
    name = asked.model.rpartition("/")[2]
    if name.startswith("fail-"):
        _, status, kind = f"{name}-".split("-", 2)
        return plain(codec.error(int(status), kind=kind.rstrip("-") or None, model=asked.model, id="abc123"))
    answer = answer_to(asked)
    told = codec.headers(answer, LIMITS)
    if not asked.stream:
        return web.Response(body=codec.answer(asked, answer), content_type="application/json", headers=told)
    return await stream(request, codec, asked, answer, told)


async def keep(request: web.Request, operation: str, id: str) -> web.Response:
    """Keep files and batches in memory; a batch is done when it is looked at for the first time."""
    files, batches = request.app[FILES], request.app[BATCHES]
    if operation == "file.create":
        form = await request.post()
        upload = form["file"]
        assert isinstance(upload, web.FileField)
        return json_of(openai_batch.write_file(store(files, upload.filename, upload.file.read())))
    if operation == "batch.create":
        batch = openai_batch.read_batch(await request.read())
        batches[f"batch_{len(batches)}"] = msgspec.structs.replace(batch, id=f"batch_{len(batches)}")
        return json_of(openai_batch.write_batch(batches[f"batch_{len(batches) - 1}"]))
    if operation == "batch.list":
        return json_of(openai_batch.write_list(batches.values()))
    if operation == "file.content":
        return web.Response(body=files[id][1])
    if operation == "file.delete":
        del files[id]
        return json_of(openai_batch.write_deleted(id))
    if operation == "file.retrieve":
        return json_of(openai_batch.write_file(files[id][0]))
    if operation == "batch.cancel":
        batches[id] = msgspec.structs.replace(batches[id], status="cancelled", ended=CREATED)
    elif batches[id].status == "validating":
        batches[id] = done(batches[id], files)
    return json_of(openai_batch.write_batch(batches[id]))


def done(batch: openai_batch.Batch, files: Files) -> openai_batch.Batch:
    """Answer every line of a batch."""
    lines = openai_batch.read_lines(files[batch.input_file][1])
    output = b"".join(openai_batch.write_line(line, 200, answered(line), id=str(n)) for n, line in enumerate(lines))
    file = store(files, "output.jsonl", output)
    counts = {"total": len(lines), "completed": len(lines)}
    return msgspec.structs.replace(batch, status="completed", ended=CREATED, output_file=file.id, **counts)


def answered(line: openai_batch.Line) -> bytes:
    """Answer one line of a batch."""
    route = routes.find("POST", line.url)
    assert route is not None
    asked = route.codec.parse(line.body, line.url, {})
    return route.codec.answer(asked, answer_to(asked))


def store(files: Files, name: str, content: bytes) -> openai_batch.File:
    """Keep a file."""
    file = openai_batch.File(id=f"file-{len(files)}", name=name, bytes=len(content), created=CREATED)
    files[file.id] = (file, content)
    return file


def json_of(body: bytes) -> web.Response:
    """Answer with JSON."""
    return web.Response(body=body, content_type="application/json")


async def stream(
    request: web.Request, codec: Codec, asked: ModelRequest, answer: ModelAnswer, headers: dict[str, str]
) -> web.StreamResponse:
    """Answer with a stream; `break` ends it with an error after its third event."""
    response = web.StreamResponse(headers=headers | {"content-type": asked.stream_type})
    await response.prepare(request)
    said = answer.text or answer.refusal or ""
    pieces = tuple(said[at : at + 7] for at in range(0, len(said), 7))
    for count, event in enumerate(codec.events(asked, answer, pieces)):
        if count == 3 and asked.model.endswith("break"):
            await response.write(codec.error_event(codec.error(500, message="it broke", kind="overloaded")))
            break
        await response.write(event)
    await response.write_eof()
    return response


def plain(error: ErrorAnswer) -> web.Response:
    """Answer with an error."""
    return web.Response(status=error.status, body=error.body, headers=error.headers)


@asynccontextmanager
async def running() -> AsyncIterator[str]:
    """Serve on a free port of the loopback interface, and give the address."""
    app = web.Application(client_max_size=2**24)
    app[FILES], app[BATCHES] = {}, {}
    app.router.add_route("*", "/{tail:.*}", serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _main() -> None:
    async with running() as address:
        print(address, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_main())
