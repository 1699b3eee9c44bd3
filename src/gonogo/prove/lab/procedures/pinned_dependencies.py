"""The declared command installs twice, in clean copies, from an index that offers newer releases the second time.

Unpinned packages are seen to move today, and not on the day on which somebody happens to publish.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from packaging.utils import canonicalize_name

from gonogo.facts.lab import PackageInstall
from gonogo.facts.lab_declaration import Install
from gonogo.prove.drive.copy import copied
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.screening import screened
from gonogo.prove.lab.script import Script
from gonogo.prove.lab.standins.house import PROCEDURES
from gonogo.prove.lab.standins.npm import NpmRegistry
from gonogo.prove.lab.standins.packages import Folder, Index, Packages, PackageStandin

_LIMIT_S = 900.0
_PLACE = ".gonogo-install"
_SOCKET = "packages"
_ADDRESS = f"http://127.0.0.1:{PROCEDURES[_SOCKET]}"
_FILES = {"pypi.org": "files.pythonhosted.org"}
"""Hosts of files, by that of their index, where it is another one."""


async def play(play: Play) -> None:
    """Install, offer newer releases, and install again."""
    lab = play.system.lab
    assert lab is not None and lab.install is not None  # noqa: S101  (the scenario needs it)
    session, install = play.session, lab.install
    kept = session.box.room.with_name(_SOCKET)
    kept.mkdir()
    async with aiohttp.ClientSession(trust_env=True) as http:
        host = urlsplit(install.index).hostname
        packages: PackageStandin
        if install.api == "npm":
            packages = NpmRegistry(session.room, install.index, http, kept, address=_ADDRESS)
        else:
            upstream = Index(install.index, http) if host else Folder(session.root / install.index)
            packages = Packages(session.room, upstream, kept)
        await packages.start(unix=session.box.room / _SOCKET)
        for each in filter(None, (host, _FILES.get(host or ""))):
            session.box.sink.lead(each, _SOCKET)
        try:
            first = await _installed(play, install, packages, "first")
            await packages.offer(first)
            await _installed(play, install, packages, "second")
        finally:
            await packages.stop()


async def _installed(play: Play, install: Install, packages: PackageStandin, case: str) -> dict[str, str]:
    """Install in a clean copy, keep what came of it, and return the packages by name."""
    session, room = play.session, play.session.room
    play.tell(f"{play.scenario.scenario}: {case}")
    room.play(play.scenario.scenario, case, Script())
    place = session.box.copy / _PLACE
    shared, _ = await asyncio.to_thread(copied, session.root, place)
    for name in shared:
        (place / name).rmdir()
    before = set(_packages(place))
    ran = await session.box.run(
        install.command, environment=_environment(play, case), directory=_PLACE, timeout_s=_LIMIT_S
    )
    found = _by_name(sorted(set(_packages(place)) - before))
    said = (ran.stdout + b"\n" + ran.stderr).decode(errors="replace").strip()[-2_000:]
    room.see(
        PackageInstall,
        command=tuple(install.command),
        exit_code=ran.exit_code,
        said=screened(room, f"{said}\n{packages.problem}".strip(), "install")[0],
        packages=found,
        asked=tuple(sorted(packages.asked)),
        offered=dict(sorted(packages.offered.items())),
    )
    await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)
    play.done.append(case)
    return found


def _environment(play: Play, case: str) -> dict[str, str]:
    """Return what points installers at the lab, with no cache of an earlier run, and what is declared for the lab."""
    cache = f"{play.session.box.walls.environment['TMPDIR']}/install-{case}"
    return {
        **play.session.settings.environment,
        "PIP_INDEX_URL": f"{_ADDRESS}/simple/", "PIP_NO_CACHE_DIR": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_DEFAULT_INDEX": f"{_ADDRESS}/simple/", "UV_CACHE_DIR": cache, "UV_PYTHON_DOWNLOADS": "never",
        "UV_LINK_MODE": "copy", "npm_config_registry": f"{_ADDRESS}/", "npm_config_cache": cache,
        "npm_config_audit": "false", "npm_config_fund": "false", "npm_config_update_notifier": "false",
    }  # fmt: skip


def _packages(place: Path) -> Iterator[tuple[str, str]]:
    """Yield name and version of each installed package below a directory; links are not followed."""
    for directory, names, files in os.walk(place):
        name = Path(directory).name
        if name.endswith(".dist-info") and "METADATA" in files:
            project, _, version = name.removesuffix(".dist-info").partition("-")
            yield canonicalize_name(project), version
            names.clear()
        elif "package.json" in files and _is_module(Path(directory)):
            yield from _module(Path(directory) / "package.json")


def _is_module(place: Path) -> bool:
    above = place.parent
    return above.name == "node_modules" or (above.name.startswith("@") and above.parent.name == "node_modules")


def _module(file: Path) -> Iterator[tuple[str, str]]:
    try:
        said = json.loads(file.read_bytes())
        yield str(said["name"]), str(said["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return


def _by_name(found: list[tuple[str, str]]) -> dict[str, str]:
    """Return the versions of each package, in one text."""
    versions: defaultdict[str, list[str]] = defaultdict(list)
    for name, version in found:
        versions[name].append(version)
    return {name: ", ".join(each) for name, each in versions.items()}
