"""Files to upload: a good one of each type, and others that no service should take. Pure."""

from __future__ import annotations

import io
import secrets
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

from gonogo.prove.drive.asking import Ask

OVERSIZE_MIB, UNPACKED_MIB = 20, 256
"""Beyond the threshold `max_mib`, and what the bomb has when it is unpacked."""
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 64 + b"This program cannot be run."
_SCRIPT = b"#!/bin/sh\necho gonogo\n"
_ENDINGS = {
    "text/plain": "txt", "text/csv": "csv", "text/markdown": "md", "application/json": "json", "text/html": "html",
    "application/zip": "zip", "application/pdf": "pdf", "image/png": "png", "image/gif": "gif", "image/jpeg": "jpg",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class File:
    """A file as a client sends it: what is wrong with it, its name, the type that it claims, and its content.

    `inner` is what is packed in it.
    """

    what: str
    name: str
    type: str
    content: bytes
    inner: tuple[bytes, ...] = ()


def good(type: str) -> File | None:
    """Return a small file that is what it says, None for a type of which none is at hand."""
    content = _content(type)
    ending = _ENDINGS.get(type)
    return (
        None
        if content is None or ending is None
        else File(what="good", name=f"note.{ending}", type=type, content=content)
    )


def bad(types: Sequence[str]) -> Iterator[File]:
    """Yield files that a service which takes these types is to refuse."""
    known = [file for each in types if (file := good(each))]
    first = known[0]
    yield File(what="a program", name="setup.exe", type="application/x-msdownload", content=PROGRAM)
    yield File(what="a program that claims to be allowed", name="setup.exe", type=first.type, content=PROGRAM)
    for file in known:
        yield File(what=f"a program as {file.type}", name=file.name, type=file.type, content=PROGRAM)
        yield File(what=f"{file.type} and an archive in one", name=file.name, type=file.type, content=_both(file))
    large = b"word " * (OVERSIZE_MIB * (1 << 20) // 5 + 1024)
    yield File(what="an oversize file", name=first.name, type=first.type, content=large)
    yield File(what="a zip bomb", name="notes.zip", type="application/zip", content=_bomb())
    for name in ("../../gonogo-escaped.txt", "/tmp/gonogo-escaped.txt", "..\\..\\gonogo-escaped.txt"):  # noqa: S108
        ending = name.replace(".txt", f".{_ENDINGS[first.type]}")
        yield File(what="a name that is a path", name=ending, type=first.type, content=first.content)
    if "application/zip" in types:
        text = b"This came out of an archive, by a path."
        packed = _zip(("../../gonogo-escaped.txt", text))
        yield File(
            what="a path within an archive", name="notes.zip", type="application/zip", content=packed, inner=(text,)
        )


def request(file: File, path: str, field: str, id: str, identity: str | None) -> Ask:
    """Return the request that uploads a file (RFC 7578)."""
    boundary = f"gonogo-{secrets.token_hex(8)}"
    quoted = file.name.replace("\\", "\\\\").replace('"', '\\"')
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{quoted}"\r\n'
        f"Content-Type: {file.type}\r\n\r\n"
    )
    return Ask(
        id=id, name="upload", path=path, headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
        body=head.encode() + file.content + f"\r\n--{boundary}--\r\n".encode(), identity=identity, deadline_s=60,
        said=file.what,
    )  # fmt: skip


def _both(file: File) -> bytes:
    """Return content that is the type and an archive as well: a reader of either takes it."""
    if file.type == "application/zip":
        return _SCRIPT + file.content
    return file.content + _zip(("setup.exe", PROGRAM))


def _content(type: str) -> bytes | None:
    if type == "application/json":
        return b'{"note": "A note about opening hours."}'
    if type == "application/zip":
        return _zip(("note.txt", b"A note about opening hours."))
    if type == "application/pdf":
        return b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n" \
               b"trailer<</Root 1 0 R>>\n%%EOF\n"  # fmt: skip
    if type == "image/png":
        header = _chunk(b"IHDR", b"\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00")
        pixel = _chunk(b"IDAT", b"\x78\x9c\x63\x00\x00\x00\x02\x00\x01")
        return b"\x89PNG\r\n\x1a\n" + header + pixel + _chunk(b"IEND", b"")
    if type == "image/gif":
        pixel = b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
        return b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff" + pixel
    return b"A note about opening hours." if type.startswith("text/") else None


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + crc32(kind + data).to_bytes(4, "big")


def _zip(*entries: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return made.getvalue()


def _bomb() -> bytes:
    """Return an archive of some hundred kilobytes that is very large when it is unpacked."""
    made, piece = io.BytesIO(), b"a" * (1 << 20)
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("note.txt", "w") as entry:
        for _ in range(UNPACKED_MIB):
            entry.write(piece)
    return made.getvalue()
