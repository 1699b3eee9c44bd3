"""Stands where a package index stands: relays to the declared one, and offers newer releases once it is told to.

It speaks the simple repository API (PEP 503), as pip and uv ask for it. What it fetches it keeps for the run. Newer
releases are made of the wheels that were fetched, so they can be installed wherever those can.
"""

from __future__ import annotations

import asyncio
import hashlib
import html
import json
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

import aiohttp
from packaging.utils import canonicalize_name

from gonogo.prove.lab.releases import newer_wheel, next_version, release_of
from gonogo.prove.lab.room import Room
from gonogo.prove.lab.standins.server import Request, Response
from gonogo.prove.lab.standins.serving import Standin

MOST_PAGE, MOST_FILE = 64 << 20, 2 << 30
"""Bytes of a page, and of a file, that are fetched at most."""
_PIECE = 1 << 20
_JSON = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True)
class File:
    """A file of a project: its name, where it is, its SHA-256 ("" where the index does not tell), for which Pythons."""

    name: str
    url: str
    sha256: str = ""
    requires_python: str = ""
    yanked: bool = False


class Upstream(Protocol):
    """Where packages come from."""

    async def files(self, project: str) -> list[File]:
        """Return the files of a project by its normalised name; none where it is not there."""
        ...

    async def fetch(self, file: File, target: Path) -> None:
        """Write a file to `target`; raises `OSError` or `aiohttp.ClientError` where it cannot be had."""
        ...


class Folder:
    """A directory of wheels and source distributions."""

    def __init__(self, place: Path) -> None:
        """Look nowhere but in `place`."""
        self._place = place.resolve()

    async def files(self, project: str) -> list[File]:
        """Return the project's files; links that lead out of the directory are none."""
        found = [p for p in sorted(self._place.iterdir()) if p.resolve().parent == self._place and p.is_file()]
        return [
            File(p.name, p.name, hashlib.sha256(p.read_bytes()).hexdigest())
            for p in found
            if (release := release_of(p.name)) and release[0] == project
        ]

    async def fetch(self, file: File, target: Path) -> None:
        """Copy a file."""
        target.write_bytes((self._place / file.name).read_bytes())


class Index:
    """An index on the network, by the URL of its simple API; `http` sends the requests."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        """Nothing is asked yet."""
        self._url, self._http = url.rstrip("/"), http

    async def files(self, project: str) -> list[File]:
        """Read the project's page, in JSON (PEP 691) or HTML."""
        found = await page_of(self._http, f"{self._url}/{project}/", f"{_JSON}, text/html;q=0.2")
        if found is None:
            return []
        address, kind, body = found
        if "json" in kind:
            return [_from_json(each, address) for each in json.loads(body)["files"]]
        page = _Page(address)
        page.feed(body.decode("utf-8", "replace"))
        return page.files

    async def fetch(self, file: File, target: Path) -> None:
        """Download a file."""
        await download(self._http, file.url, target)


async def page_of(http: aiohttp.ClientSession, url: str, accept: str) -> tuple[str, str, bytes] | None:
    """Return the address, the type and the body of a page; None where there is none."""
    async with http.get(url, headers={"Accept": accept}) as answer:
        if answer.status == 404:
            return None
        answer.raise_for_status()
        body = b""
        async for piece in answer.content.iter_chunked(_PIECE):
            body += piece
            if len(body) > MOST_PAGE:
                raise OSError(f"{url} is too large")
        return str(answer.url), answer.content_type, body


async def download(http: aiohttp.ClientSession, url: str, target: Path) -> None:
    """Write what is at a URL to a file."""
    async with http.get(url) as answer:
        answer.raise_for_status()
        with target.open("wb") as kept:
            async for piece in answer.content.iter_chunked(_PIECE):
                if kept.tell() + len(piece) > MOST_FILE:
                    raise OSError(f"{url} is too large")
                kept.write(piece)


def _from_json(each: Mapping[str, Any], base: str) -> File:
    return File(
        str(each["filename"]), urljoin(base, str(each["url"])), str(each.get("hashes", {}).get("sha256", "")),
        str(each.get("requires-python") or ""), bool(each.get("yanked")),
    )  # fmt: skip


class _Page(HTMLParser):
    """The links of a page of the simple API."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base, self.files = base, list[File]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and (link := given.get("href")):
            url, fragment = urldefrag(urljoin(self._base, link))
            name = unquote(urlsplit(url).path.rpartition("/")[2])
            sha256 = fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else ""
            self.files.append(File(name, url, sha256, given.get("data-requires-python") or "", "data-yanked" in given))


class PackageStandin(Standin):
    """What stand-ins for indexes share. `asked` are the projects that it was asked for, `offered` newer releases."""

    def __init__(self, room: Room, place: Path) -> None:
        """Keep what is fetched in `place`."""
        super().__init__(room)
        self._place = place
        self._kept: dict[str, Path] = {}
        self._fetching = asyncio.Lock()
        self.asked: set[str] = set()
        self.offered: dict[str, str] = {}
        self.problem = ""
        """What the index could not give, and why."""

    async def respond(self, request: Request) -> Response | None:
        """Answer, or say what the index could not give."""
        try:
            return await self.answer(request)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, KeyError, TypeError) as error:
            self.problem = f"{request.path}: {error or type(error).__name__}"
            return Response(502, body=self.problem.encode())

    @abstractmethod
    async def answer(self, request: Request) -> Response | None:
        """Answer one request as `Standin.respond` does; raises what fetching raises, and `ValueError` for nonsense."""

    @abstractmethod
    async def offer(self, installed: Mapping[str, str]) -> None:
        """Offer, from now on, a newer release of each package that was fetched and installed."""

    def room_for(self, what: str) -> Path:
        """Return where a new file may be kept; names of others are never paths here."""
        return self._place / f"{what}-{len(self._kept) + len(self.offered)}"

    async def given(self, request: Request, name: str, fetch: Callable[[Path], Awaitable[None]]) -> None:
        """Answer with a file, which `fetch` writes where it is not kept yet."""
        async with self._fetching:
            if name not in self._kept:
                target = self.room_for("file")
                await fetch(target)
                self._kept[name] = target
        place = self._kept[name]
        head = {"Content-Type": "application/octet-stream"}
        answer = await request.begin(200, head, place.stat().st_size)
        if request.method != "HEAD":
            with place.open("rb") as whole:
                while piece := whole.read(_PIECE):
                    await answer.write(piece)
        await answer.write_eof()


class Packages(PackageStandin):
    """Stands for an index of Python packages."""

    def __init__(self, room: Room, upstream: Upstream, place: Path) -> None:
        """Relay to `upstream`; keep what is fetched in `place`."""
        super().__init__(room, place)
        self._upstream = upstream
        self._pages: dict[str, list[File]] = {}

    async def answer(self, request: Request) -> Response | None:
        """Answer for a page, or for a file under whatever path: lock files name the index's own."""
        *_, last = request.path.strip("/").split("/")
        if release := release_of(last):
            return await self._file(request, last, release[0])
        return await self._page(canonicalize_name(last))

    async def offer(self, installed: Mapping[str, str]) -> None:
        """Offer newer releases of what was installed from wheels."""
        for filename, source in list(self._kept.items()):
            release = release_of(filename)
            if release is None or not filename.endswith(".whl") or installed.get(release[0]) != str(release[1]):
                continue
            project, known = release[0], self._pages.get(release[0], [])
            taken = {r[1] for f in known if (r := release_of(f.name))}
            version = next_version(release[1], taken)
            target = self.room_for("newer")
            name = await asyncio.to_thread(newer_wheel, filename, source, target, version)
            if name is not None:
                real = next((f for f in known if f.name == filename), File(filename, ""))
                digest = await asyncio.to_thread(digest_of, target, "sha256")
                self._pages[project] = [*known, File(name, "", digest.hex(), real.requires_python)]
                self._kept[name] = target
                self.offered[project] = str(version)
        self.asked, self.problem = set(), ""

    async def _files(self, project: str) -> list[File]:
        if project not in self._pages:
            self._pages[project] = await self._upstream.files(project)
        return self._pages[project]

    async def _page(self, project: str) -> Response:
        files = await self._files(project)
        self.asked.add(project)
        links = "\n".join(map(_link, files))
        page = f"<!DOCTYPE html><html><head><title>{html.escape(project)}</title></head><body>\n{links}\n</body></html>"
        return Response(200 if files else 404, {"Content-Type": "text/html; charset=utf-8"}, page.encode())

    async def _file(self, request: Request, name: str, project: str) -> Response | None:
        file = next((f for f in await self._files(project) if f.name == name), None)
        if file is None:
            return Response(404)
        self.asked.add(project)
        await self.given(request, name, lambda target: self._upstream.fetch(file, target))
        return None


def _link(file: File) -> str:
    given = [f'href="/files/{quote(file.name)}{f"#sha256={file.sha256}" if file.sha256 else ""}"']
    if file.requires_python:
        given.append(f'data-requires-python="{html.escape(file.requires_python)}"')
    if file.yanked:
        given.append('data-yanked=""')
    return f"<a {' '.join(given)}>{html.escape(file.name)}</a><br>"


def digest_of(place: Path, algorithm: str) -> bytes:
    """Return the digest of a file."""
    with place.open("rb") as file:
        return hashlib.file_digest(file, algorithm).digest()
