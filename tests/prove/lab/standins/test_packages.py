"""The stand-in for a package index: what it relays of a directory or another index, and what it offers besides."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from gonogo.prove.lab.standins.packages import Folder, Index, Packages, Upstream
from gonogo.prove.lab.standins.server import Request, Response, Server
from tests.prove.lab.rooms import room
from tests.wheels import made_wheel

UV = shutil.which("uv", path=f"{os.environ['PATH']}:{Path(__file__).parents[4] / '.uv' / 'bin'}")


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    made_wheel(tmp_path / "wheels", "tally", "1.4.2", "ledgerline>=2")
    made_wheel(tmp_path / "wheels", "ledgerline", "2.0.1")
    return tmp_path / "wheels"


@asynccontextmanager
async def standing(upstream: Upstream, place: Path) -> AsyncIterator[tuple[Packages, str]]:
    place.mkdir()
    packages = Packages(room(), upstream, place)
    await packages.start(port=0)
    try:
        yield packages, f"http://127.0.0.1:{packages.port}/simple"
    finally:
        await packages.stop()


async def read(url: str) -> tuple[int, bytes]:
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return answer.status, await answer.read()


def test_another_index_is_relayed_and_what_was_asked_is_known(wheels: Path, tmp_path: Path) -> None:
    async def play() -> None:
        async with (
            aiohttp.ClientSession() as http,
            standing(Folder(wheels), tmp_path / "far") as (_, far),
            standing(Index(far, http), tmp_path / "near") as (packages, near),
        ):
            status, page = await read(f"{near}/Tally/")
            file = wheels / "tally-1.4.2-py3-none-any.whl"
            assert status == 200
            assert f"{file.name}#sha256={hashlib.sha256(file.read_bytes()).hexdigest()}" in page.decode()
            assert await read(f"{near[:-7]}/whatever/path/{file.name}") == (200, file.read_bytes())
            assert (await read(f"{near}/nobody/"))[0] == 404
            assert (await read(f"{near[:-7]}/files/tally-9-py3-none-any.whl"))[0] == 404
            assert packages.asked == {"tally", "nobody"}

    asyncio.run(play())


def test_an_index_that_speaks_json_is_understood(tmp_path: Path) -> None:
    listed = {"filename": "tally-1-py3-none-any.whl", "url": "../far/tally-1-py3-none-any.whl",
              "hashes": {"sha256": "ab"}, "requires-python": ">=3.8", "yanked": "broken"}  # fmt: skip

    async def respond(request: Request) -> Response:
        assert "json" in request.headers["accept"]
        kind = {"Content-Type": "application/vnd.pypi.simple.v1+json"}
        return Response(headers=kind, body=json.dumps({"files": [listed]}).encode())

    async def play() -> None:
        server = Server(respond)
        await server.start(port=0)
        async with aiohttp.ClientSession() as http:
            (file,) = await Index(f"http://127.0.0.1:{server.port}/simple/", http).files("tally")
        await server.stop()
        assert file.url.endswith("/simple/far/tally-1-py3-none-any.whl")
        assert (file.sha256, file.requires_python, file.yanked) == ("ab", ">=3.8", True)

    asyncio.run(play())


def test_an_index_that_is_away_is_told(tmp_path: Path) -> None:
    async def play() -> None:
        async with (
            aiohttp.ClientSession() as http,
            standing(Index("http://127.0.0.1:1/simple", http), tmp_path / "near") as (packages, near),
        ):
            assert (await read(f"{near}/tally/"))[0] == 502
            assert packages.problem.startswith("/simple/tally/: ")

    asyncio.run(play())


def test_a_directory_gives_nothing_from_outside_of_it(wheels: Path, tmp_path: Path) -> None:
    outside = made_wheel(tmp_path / "outside", "tally", "9")
    (wheels / outside.name).symlink_to(outside)
    assert [f.name for f in asyncio.run(Folder(wheels).files("tally"))] == ["tally-1.4.2-py3-none-any.whl"]


@pytest.mark.skipif(UV is None, reason="uv is not installed")
def test_an_installer_takes_a_newer_release_only_where_nothing_is_pinned(wheels: Path, tmp_path: Path) -> None:
    async def installed(index: str, *wanted: str) -> set[str]:
        target = tmp_path / f"installed-{len(list(tmp_path.iterdir()))}"
        words = [str(UV), "pip", "install", "--no-config", "--no-cache", "--target", str(target), *wanted]
        words += ["--python", shutil.which("python3") or "python3"]
        environment = {"UV_DEFAULT_INDEX": index, "PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        process = await asyncio.create_subprocess_exec(*words, env=environment, stderr=asyncio.subprocess.PIPE)
        _, said = await process.communicate()
        assert process.returncode == 0, said.decode()
        return {p.name.removesuffix(".dist-info") for p in target.glob("*.dist-info")}

    async def play() -> None:
        async with standing(Folder(wheels), tmp_path / "near") as (packages, index):
            assert await installed(index, "tally") == {"tally-1.4.2", "ledgerline-2.0.1"}
            await packages.offer({"tally": "1.4.2", "ledgerline": "2.0.1"})
            assert packages.offered == {"tally": "1.4.3", "ledgerline": "2.0.2"}
            assert await installed(index, "tally==1.4.2") == {"tally-1.4.2", "ledgerline-2.0.2"}
            assert await installed(index, "tally==1.4.2", "ledgerline==2.0.1") == {"tally-1.4.2", "ledgerline-2.0.1"}

    asyncio.run(play())
