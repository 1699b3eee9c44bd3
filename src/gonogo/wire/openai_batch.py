"""OpenAI's Files and Batches: the lines of an uploaded file, and the objects that tell how a batch goes.

Unlike a model's answer these last, so they are no `Codec`: whoever serves them keeps the records, asks `find` what a
request wants, and lets its HTTP server read the upload's form (fields `purpose` and `file`).
Paths: `/files`, `/files/{id}`, `/files/{id}/content`, `/batches`, `/batches/{id}`, `/batches/{id}/cancel`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from gonogo.wire.base import WireError
from gonogo.wire.body import decode, encode, missing, table, text

LINES = 50_000
"""Requests that one batch may hold, as the API limits them."""

_PATH = re.compile(r"/(files|batches)(?:/([^/?]+))?(?:/(content|cancel))?/?(?:\?.*)?\Z")
_OPERATIONS = {
    ("POST", "files", False, None): "file.create",
    ("GET", "files", False, None): "file.list",
    ("GET", "files", True, None): "file.retrieve",
    ("DELETE", "files", True, None): "file.delete",
    ("GET", "files", True, "content"): "file.content",
    ("POST", "batches", False, None): "batch.create",
    ("GET", "batches", False, None): "batch.list",
    ("GET", "batches", True, None): "batch.retrieve",
    ("POST", "batches", True, "cancel"): "batch.cancel",
}


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it is kept; `created` in Unix seconds."""

    id: str
    name: str
    purpose: str = "batch"
    bytes: int = 0
    created: int = 0


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One request within a batch: `url` is the path of its endpoint, `body` its JSON."""

    custom_id: str
    url: str
    body: bytes


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch. `status` is validating, in_progress, finalizing, completed, failed, expired, cancelling or cancelled."""

    id: str
    input_file: str
    endpoint: str
    status: str = "validating"
    window: str = "24h"
    created: int = 0
    ended: int | None = None
    total: int = 0
    completed: int = 0
    failed: int = 0
    output_file: str | None = None
    error_file: str | None = None
    errors: tuple[tuple[str, str], ...] = ()
    """Why its input was refused: codes and sentences."""
    metadata: dict[str, str] = {}


def find(method: str, path: str) -> tuple[str, str] | None:
    """Return what a request wants (`batch.create`, `file.content`, ...) and the id in its path ("" without one)."""
    match = _PATH.search(path)
    if match is None:
        return None
    place, id, verb = match.groups()
    operation = _OPERATIONS.get((method, place, id is not None, verb))
    return (operation, id or "") if operation else None


def read_lines(content: bytes) -> tuple[Line, ...]:
    """Read the requests of an uploaded file; raises `WireError` that names the line."""
    lines = [line for line in content.split(b"\n") if line.strip()]
    if not lines or len(lines) > LINES:
        raise WireError(f"A batch holds 1 to {LINES} requests, not {len(lines)}.", kind="invalid_value")
    return tuple([_line(number, line) for number, line in enumerate(lines, 1)])


def read_batch(body: bytes) -> Batch:
    """Read what begins a batch; its id and times are for the server to fill in. Raises `WireError`."""
    raw = decode(body)
    for field in ("input_file_id", "endpoint", "completion_window"):
        if not raw.get(field):
            raise missing(field)
    return Batch(
        id="",
        input_file=text(raw, "input_file_id"),
        endpoint=text(raw, "endpoint"),
        window=text(raw, "completion_window"),
        metadata={key: str(value) for key, value in table(raw, "metadata").items()},
    )


def write_file(file: File) -> bytes:
    """Write a file object."""
    return encode(_file(file))


def write_batch(batch: Batch) -> bytes:
    """Write a batch object."""
    return encode(_batch(batch))


def write_list(items: Iterable[File | Batch]) -> bytes:
    """Write a list of files or batches, all on one page."""
    data = [_file(item) if isinstance(item, File) else _batch(item) for item in items]
    ends = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else {"first_id": None, "last_id": None}
    return encode({"object": "list", "data": data, "has_more": False} | ends)


def write_deleted(id: str) -> bytes:
    """Write that a file was deleted."""
    return encode({"id": id, "object": "file", "deleted": True})


def write_line(line: Line, status: int, body: bytes, *, id: str) -> bytes:
    """Write the line of an output or error file that answers `line` with `body`, the JSON of its endpoint."""
    response = {"status_code": status, "request_id": f"req_{id}", "body": msgspec.Raw(body)}
    return encode({"id": f"batch_req_{id}", "custom_id": line.custom_id, "response": response, "error": None}) + b"\n"


def write_lost_line(line: Line, code: str, message: str, *, id: str) -> bytes:
    """Write the line of an error file for a request that got no answer at all."""
    error = {"code": code, "message": message}
    return encode({"id": f"batch_req_{id}", "custom_id": line.custom_id, "response": None, "error": error}) + b"\n"


def _line(number: int, line: bytes) -> Line:
    """Read one request of a batch."""
    try:
        raw = decode(line)
        for field in ("custom_id", "url", "body"):
            if field not in raw:
                raise missing(field)
        return Line(custom_id=text(raw, "custom_id"), url=text(raw, "url"), body=encode(table(raw, "body")))
    except WireError as error:
        raise WireError(f"Line {number}: {error.message}", kind="invalid_json_line", param=error.param) from error


def _file(file: File) -> dict[str, Any]:
    """Write a file object."""
    return {
        "id": file.id,
        "object": "file",
        "bytes": file.bytes,
        "created_at": file.created,
        "filename": file.name,
        "purpose": file.purpose,
        "status": "processed",
    }


def _problems(errors: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"code": code, "message": message, "param": None, "line": None} for code, message in errors]


def _batch(batch: Batch) -> dict[str, Any]:
    """Write a batch object."""
    ended = {f"{batch.status}_at": batch.ended} if batch.ended is not None else {}
    return {
        "id": batch.id,
        "object": "batch",
        "endpoint": batch.endpoint,
        "errors": {"object": "list", "data": _problems(batch.errors)} if batch.errors else None,
        "input_file_id": batch.input_file,
        "completion_window": batch.window,
        "status": batch.status,
        "output_file_id": batch.output_file,
        "error_file_id": batch.error_file,
        "created_at": batch.created,
        "expires_at": batch.created + 86_400,
        "request_counts": {"total": batch.total, "completed": batch.completed, "failed": batch.failed},
        "metadata": batch.metadata,
        **ended,
    }
