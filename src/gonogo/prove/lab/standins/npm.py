"""Stands where an npm registry stands, as `packages` does for Python packages."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp

from gonogo.prove.lab.releases import newer_npm, next_npm_version
from gonogo.prove.lab.room import Room
from gonogo.prove.lab.standins.packages import PackageStandin, digest_of, download, page_of
from gonogo.prove.lab.standins.server import Request, Response
from gonogo.prove.lab.standins.serving import JSON


class NpmRegistry(PackageStandin):
    """Relays to the registry at `url`; `address` is where installers find this one."""

    def __init__(self, room: Room, url: str, http: aiohttp.ClientSession, place: Path, *, address: str) -> None:
        """Nothing is asked yet; what is fetched is kept in `place`."""
        super().__init__(room, place)
        self._url, self._http, self.address = url.rstrip("/"), http, address.rstrip("/")
        self._documents: dict[str, dict[str, Any]] = {}
        self._tarballs: dict[str, str] = {}
        """Where the registry has the files, by the paths under which they are offered here."""

    async def answer(self, request: Request) -> Response | None:
        """Answer for the document of a package, or for one of its files."""
        path = request.path.strip("/")
        name, dash, _ = path.partition("/-/")
        if name.startswith("-"):  # services beside the packages: audits, pings
            return Response(404)
        self.asked.add(name)
        if dash:
            url = self._tarballs.get(path, f"{self._url}/{quote(path)}")
            await self.given(request, path, lambda target: download(self._http, url, target))
            return None
        document = await self._document(name)
        found = bool(document.get("versions"))
        return Response(200 if found else 404, {"Content-Type": JSON}, json.dumps(document).encode())

    async def offer(self, installed: Mapping[str, str]) -> None:
        """Offer a newer release of each package that was installed, also where a lock file alone named it."""
        for path, source in list(self._kept.items()):
            name = path.partition("/-/")[0]
            document = await self._document(name)
            versions = document.get("versions", {})
            real = next((v for v, each in versions.items() if self._path(each) == path), None)
            if real is None or real not in installed.get(name, "").split(", "):
                continue
            version, target = next_npm_version(real, versions), self.room_for("newer")
            if not await asyncio.to_thread(newer_npm, source, target, version):
                continue
            made = f"{name}/-/{name.rpartition('/')[2]}-{version}.tgz"
            self._kept[made] = target
            digest = await asyncio.to_thread(digest_of, target, "sha512")
            dist = {"tarball": f"{self.address}/{made}", "integrity": f"sha512-{base64.b64encode(digest).decode()}"}
            versions[version] = {**versions[real], "version": version, "_id": f"{name}@{version}", "dist": dist}
            tags = document.setdefault("dist-tags", {})
            tags.update({tag: version for tag, tagged in tags.items() if tagged == real})
            self.offered[name] = version
        self.asked, self.problem = set(), ""

    async def _document(self, name: str) -> dict[str, Any]:
        """Return what the registry says of a package, its files led here."""
        if name not in self._documents:
            found = await page_of(self._http, f"{self._url}/{quote(name, safe='@')}", JSON)
            document = json.loads(found[2]) if found else {}
            for each in document.get("versions", {}).values():
                tarball = str(each["dist"]["tarball"])
                path = f"{name}/-/{tarball.rpartition('/')[2]}"
                self._tarballs[path] = tarball
                each["dist"]["tarball"] = f"{self.address}/{path}"
            self._documents[name] = document
        return self._documents[name]

    def _path(self, release: Mapping[str, Any]) -> str:
        return str(release["dist"]["tarball"]).removeprefix(f"{self.address}/")
