"""Files and batches of the stand-in provider (OpenAI's API): each request in a batch is answered as a live call is.

Script and faults hold for the requests within a batch as for any other; each is kept as a `ModelCall` with the id of
its batch. One that is never answered keeps its batch in progress, as with a real provider, until that is cancelled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from time import time
from typing import TYPE_CHECKING, Any

import msgspec

from gonogo.prove.lab.faults import choose
from gonogo.prove.lab.standins import breakage
from gonogo.prove.lab.standins.server import Request, Response, Stream
from gonogo.wire import anthropic_messages, gemini_generate, openai_batch, openai_chat
from gonogo.wire.base import ModelAnswer, ModelRequest, WireError
from gonogo.wire.body import decode
from gonogo.wire.openai_batch import Batch, File, Line
from gonogo.wire.routes import Route

if TYPE_CHECKING:
    from gonogo.prove.lab.standins.provider import Call, Provider

FILE_BYTES, ALL_BYTES, FILES, BATCHES, LINES = 16 << 20, 64 << 20, 200, 100, 10_000
"""At most so much is kept of one file and of all, so many files and batches, and requests in one batch."""
AT_ONCE = 8
"""Requests of a batch that are answered at the same time."""
_OTHERS = (anthropic_messages.HOST, gemini_generate.HOST)
_SLOW = ("slow-answer", "slow-first-token")
_BROKEN = frozenset(
    {"status", "quota", "key-expired", "key-invalid", "key-clock-skew", "reset"}
    | {"hang-before-accept", "hang-before-headers"}
)
"""Faults that happen to requests about files and batches; those of what a model says happen within batches."""
_BEHIND = ("mismatched_endpoint", "Every request of a batch goes to its endpoint.")


@dataclass
class Job:
    """A batch while it is worked on: what it asks, as whom, and the lines that are answered, by their number."""

    batch: Batch
    headers: Mapping[str, str]
    journey: str
    answered: dict[int, bytes] = field(default_factory=dict)
    failed: dict[int, bytes] = field(default_factory=dict)
    task: asyncio.Task[None] | None = None
    bytes: int = 0
    """Of its answers."""


class Batches:
    """The files and batches of one provider."""

    def __init__(self, provider: Provider) -> None:
        """Begin with none."""
        self.provider = provider
        self.files: dict[str, tuple[File, bytes]] = {}
        self.jobs: dict[str, Job] = {}

    @staticmethod
    def wanted(method: str, path: str, host: str) -> tuple[str, str] | None:
        """Return what a request wants of files or batches, and the id in its path; None where it wants neither."""
        return None if host in _OTHERS or "/messages/" in path else openai_batch.find(method, path)

    def stop(self) -> None:
        """End the work on every batch."""
        for job in self.jobs.values():
            if job.task is not None:
                job.task.cancel()

    async def answered(self, call: Call, operation: str, id: str, body: bytes, host: str) -> Response | None:
        """Answer a request about files or batches, well or badly."""
        call.route = Route(openai_chat, "batch")
        call.asked = ModelRequest(protocol="openai_batch", operation="batch")
        call.made = ModelAnswer(finish="unsaid", id=call.marker)
        fault = choose(call.room, "model", operation="batch", host=host, journey=call.journey)
        if fault is not None and fault.fault in (*_SLOW, *_BROKEN):
            call.fault = fault
            if fault.fault in _BROKEN:
                return await breakage.broken(call, fault)
            await asyncio.sleep(fault.seconds)
        try:
            made = self._made(call, operation, id, body)
        except WireError as wrong:
            return await call.failed(
                openai_chat.error(
                    wrong.status, kind=wrong.kind, message=wrong.message, param=wrong.param, id=call.marker
                )
            )
        kind = "application/octet-stream" if operation == "file.content" else "application/json"
        return await call.whole(200, call.head(), made, kind)

    def _made(self, call: Call, operation: str, id: str, body: bytes) -> bytes:
        match operation:
            case "file.create":
                return openai_batch.write_file(self._upload(call, body))
            case "file.list":
                return openai_batch.write_list(file for file, _ in self.files.values())
            case "file.retrieve":
                return openai_batch.write_file(self._file(id)[0])
            case "file.content":
                return self._file(id)[1]
            case "file.delete":
                self._file(id)
                del self.files[id]
                return openai_batch.write_deleted(id)
            case "batch.create":
                return openai_batch.write_batch(self._begun(call, body))
            case "batch.list":
                return openai_batch.write_list(job.batch for job in reversed(self.jobs.values()))
            case "batch.cancel":
                self._cancel(self._job(id))
        return openai_batch.write_batch(self._job(id).batch)

    def _file(self, id: str) -> tuple[File, bytes]:
        if id not in self.files:
            raise WireError(f"No such File object: {id}", status=404, param="id")
        return self.files[id]

    def _job(self, id: str) -> Job:
        if id not in self.jobs:
            raise WireError(f"No batch found with id '{id}'.", status=404, param="id")
        return self.jobs[id]

    def _upload(self, call: Call, body: bytes) -> File:
        form = dict(_parts(call.headers.get("content-type", ""), body))
        name, content = form.get("file", ("", b""))
        if "file" not in form or "purpose" not in form:
            raise WireError("Missing required parameter: 'file' or 'purpose'.", kind="missing_required_parameter")
        return self._keep(name or "upload", content, form["purpose"][1].decode("utf-8", "replace")[:40], call.marker)

    def _keep(self, name: str, content: bytes, purpose: str, id: str) -> File:
        kept = sum(len(other) for _, other in self.files.values())
        if len(content) > FILE_BYTES or kept + len(content) > ALL_BYTES or len(self.files) >= FILES:
            raise WireError("The files are larger or more than this stand-in keeps.", status=413, param="file")
        file = File(id=f"file-{id}", name=name[:200], purpose=purpose, bytes=len(content), created=int(time()))
        self.files[file.id] = (file, content)
        return file

    def _begun(self, call: Call, body: bytes) -> Batch:
        asked = openai_batch.read_batch(body)
        _, content = self._file(asked.input_file)
        if len(self.jobs) >= BATCHES:
            raise WireError("There are more batches than this stand-in keeps.", status=429, kind="rate_limit")
        batch = msgspec.structs.replace(asked, id=f"batch_{call.marker}", created=int(time()))
        headers = {k: v for k, v in call.headers.items() if not k.startswith(("content-", "transfer-"))}
        job = self.jobs[batch.id] = Job(batch, headers, call.journey)
        job.task = asyncio.get_running_loop().create_task(self._work(job, content, call))
        return batch

    async def _work(self, job: Job, content: bytes, call: Call) -> None:
        """Answer every request of a batch; what is done is told while the rest is under way."""
        try:
            lines = openai_batch.read_lines(content)
            wrong = (_BEHIND,) if any(line.url != job.batch.endpoint for line in lines) else ()
            if len(lines) > LINES:
                wrong = (("too_many_tasks", f"This stand-in takes {LINES} requests in a batch."),)
        except WireError as error:
            lines, wrong = (), ((error.kind, error.message),)
        if wrong:
            self._change(job, status="failed", ended=int(time()), errors=wrong)
            return
        self._change(job, status="in_progress", total=len(lines))
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(number: int, line: Line) -> None:
            async with gate:
                id = f"{call.marker}{number:05d}"
                status, body = await self._line(job, line, call)
            job.bytes += len(body)
            if status is None or job.bytes > ALL_BYTES:
                lost = "The request was not answered."
                job.failed[number] = openai_batch.write_lost_line(line, "server_error", lost, id=id)
            else:
                good = job.answered if status < 300 else job.failed
                good[number] = openai_batch.write_line(line, status, body, id=id)
            self._change(job, completed=len(job.answered), failed=len(job.failed))

        await asyncio.gather(*(one(number, line) for number, line in enumerate(lines)))
        self._end(job, "completed")

    async def _line(self, job: Job, line: Line, call: Call) -> tuple[int | None, bytes]:
        """Answer one request as a live one; the status is None where no answer came that a line could hold."""
        if b'"stream":true' in line.body and decode(line.body).get("stream"):
            return 400, openai_chat.error(400, message="A request in a batch cannot be streamed.", id=call.marker).body
        inner = _Within(call.request, line, job.headers)
        made = await self.provider.within(inner, job.batch.id, job.journey)
        if made is None:
            return None, b""
        try:
            msgspec.json.decode(made.body)
        except (msgspec.DecodeError, RecursionError):
            return None, b""
        return made.status, made.body

    def _cancel(self, job: Job) -> None:
        if job.batch.status not in ("validating", "in_progress"):
            raise WireError(f"Cannot cancel a batch with status '{job.batch.status}'.", status=409)
        if job.task is not None:
            job.task.cancel()
        self._end(job, "cancelled")

    def _end(self, job: Job, status: str) -> None:
        """Write the files of what was answered and what failed, and end the batch."""
        named: dict[str, str] = {}
        for which, lines in (("output", job.answered), ("error", job.failed)):
            if lines:
                content = b"".join(lines[number] for number in sorted(lines))
                id = f"{job.batch.id.removeprefix('batch_')}{which}"
                file = File(id=f"file-{id}", name=f"{job.batch.id}_{which}.jsonl", purpose="batch_output",
                            bytes=len(content), created=int(time()))  # fmt: skip
                self.files[file.id] = (file, content)
                named[f"{which}_file"] = file.id
        self._change(job, status=status, ended=int(time()), **named)

    def _change(self, job: Job, **fields: Any) -> None:
        job.batch = msgspec.structs.replace(job.batch, **fields)


class _Nowhere:
    """What stands where a connection would: a request within a batch has none."""

    def get_extra_info(self, _: str) -> None:
        return None

    def write(self, _: bytes) -> None:
        return None

    def close(self) -> None:
        return None

    abort = close


class _Within(Request):
    """A request within a batch, as its creator would have sent it."""

    __slots__ = ("_body",)

    def __init__(self, outer: Request, line: Line, headers: Mapping[str, str]) -> None:
        given = {**headers, "content-type": "application/json", "content-length": str(len(line.body))}
        super().__init__(outer._connection, "POST", line.url, given, outer.version)
        self._body = line.body

    @property
    def size(self) -> int:
        return len(self._body)

    @property
    def transport(self) -> asyncio.Transport:
        return _Nowhere()  # type: ignore[return-value]  # all that is done to it

    async def read(self) -> bytes:
        return self._body

    async def begin(self, status: int, headers: Mapping[str, str], length: int | None = None) -> Stream:
        raise ConnectionResetError("a line holds a whole answer or none")


def _parts(kind: str, body: bytes) -> Iterator[tuple[str, tuple[str, bytes]]]:
    """Yield name, file name and content of each part of a form (multipart/form-data)."""
    form = message_from_bytes(b"Content-Type: " + kind.encode("latin-1", "replace") + b"\r\n\r\n" + body)
    for part in form.get_payload() if form.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")  # type: ignore[union-attr]
        content = part.get_payload(decode=True)  # type: ignore[union-attr]
        if isinstance(name, str) and isinstance(content, bytes):
            yield name, (part.get_filename() or "", content)  # type: ignore[union-attr]
