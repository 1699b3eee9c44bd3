"""The stand-in for an npm registry: what it relays, and what it offers besides."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path

import aiohttp
import pytest

from gonogo.prove.lab.standins.npm import NpmRegistry
from gonogo.prove.lab.standins.server import Request, Response, Server
from tests.prove.lab.rooms import room
from tests.wheels import made_tarball

NPM = shutil.which("npm")


class Registry:
    """A registry of two packages, one of which needs the other in no certain version."""

    def __init__(self, place: Path) -> None:
        self.files = {p.name: p for p in (made_tarball(place, "tally", "1.4.2", ledgerline="^2.0.0"),
                                          made_tarball(place, "ledgerline", "2.0.1"))}  # fmt: skip
        self.server = Server(self.respond)

    async def respond(self, request: Request) -> Response:
        last = request.path.rpartition("/")[2]
        if last in self.files:
            return Response(body=self.files[last].read_bytes())
        file = next((f for name, f in self.files.items() if name.startswith(f"{last}-")), None)
        if file is None:
            return Response(404)
        version = file.stem.removeprefix(f"{last}-")
        needs = {"ledgerline": "^2.0.0"} if last == "tally" else {}
        tarball = f"http://127.0.0.1:{self.server.port}/elsewhere/{file.name}"
        manifest = {"name": last, "version": version, "dependencies": needs, "dist": {"tarball": tarball}}
        document = {"name": last, "dist-tags": {"latest": version}, "versions": {version: manifest}}
        return Response(headers={"Content-Type": "application/json"}, body=json.dumps(document).encode())


@pytest.mark.skipif(NPM is None, reason="npm is not installed")
def test_an_installer_takes_a_newer_release_only_where_nothing_is_pinned(tmp_path: Path) -> None:
    async def installed(address: str, *command: str) -> dict[str, str]:
        place = tmp_path / "project"
        shutil.rmtree(place / "node_modules", ignore_errors=True)
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "npm_config_registry": f"{address}/",
                       "npm_config_cache": str(tmp_path / f"cache-{len(list(tmp_path.iterdir()))}"),
                       "npm_config_audit": "false", "npm_config_update_notifier": "false"}  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            str(NPM),
            *command,
            cwd=place,
            env=environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await process.communicate()
        assert process.returncode == 0, said.decode()
        found = (json.loads(p.read_bytes()) for p in place.glob("node_modules/*/package.json"))
        return {each["name"]: each["version"] for each in found}

    async def play() -> None:
        registry = Registry(tmp_path / "registry")
        await registry.server.start(port=0)
        (tmp_path / "kept").mkdir()
        (tmp_path / "project").mkdir()
        (tmp_path / "project" / "package.json").write_text('{"name": "own", "dependencies": {"tally": "1.4.2"}}')
        async with aiohttp.ClientSession() as http:
            url = f"http://127.0.0.1:{registry.server.port}"
            packages = NpmRegistry(room(), url, http, tmp_path / "kept", address="")
            await packages.start(port=0)
            address = packages.address = f"http://127.0.0.1:{packages.port}"
            first = await installed(address, "install")
            assert first == {"tally": "1.4.2", "ledgerline": "2.0.1"}
            assert packages.asked == {"tally", "ledgerline"}
            await packages.offer(first)
            assert packages.offered == {"tally": "1.4.3", "ledgerline": "2.0.2"}
            assert await installed(address, "ci") == first
            assert await installed(address, "install", "--no-package-lock") == {"tally": "1.4.2", "ledgerline": "2.0.2"}
            await packages.stop()
        await registry.server.stop()

    asyncio.run(play())
