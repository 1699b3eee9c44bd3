"""Probe programs where nothing confines them: each of them does what it is there to do, in every language."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import get_args

import pytest

from gonogo.facts.declaration import Language
from gonogo.prove.drive.contain import contained
from gonogo.prove.lab.probes.load import program
from gonogo.prove.lab.probes.watch import left, marked, watched

MARK = "gonogo-abcdefgh"
COMMANDS = {"shell": ["sh", "-c"], "python": ["python3", "-c"], "javascript": ["node", "-e"]}
LANGUAGES = [
    pytest.param(each, marks=pytest.mark.skipif(shutil.which(COMMANDS[each][0]) is None, reason=f"no {each} here"))
    for each in get_args(Language)
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_an_unconfined_program_does_is_seen_from_outside(language: Language, tmp_path: Path) -> None:
    asyncio.run(unconfined(language, tmp_path))


async def unconfined(language: Language, root: Path) -> None:
    (root / "secret.txt").write_text("a file's canary")
    (root / "kept").mkdir()
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(100))
        writer.close()

    async with contained(root, [], forward={9106: "listener"}) as box:
        values = {
            "left": "res", "right": "ult", "suffix": "abcdefgh", "root": box.walls.root, "name": "secret.txt",
            "places": [f"{box.walls.root}/secret.txt"], "directories": ["/tmp", "kept"], "variable": "CANARY",
            "port": "9106", "socket": "own.sock", "domain": "canary.invalid", "processes": "40",
            "amount": "64",
        }  # fmt: skip

        async def run(name: str) -> str:
            words = [*COMMANDS[language], program(language, name, values)]
            return (await box.run(words, environment={"CANARY": "a variable's canary"})).stdout.decode()

        assert "result" in await run("harmless")
        assert "a file's canary" in await run("files")
        assert "a variable's canary" in await run("environment")
        by_port = await asyncio.start_unix_server(hear, path=box.room / "listener")
        by_path = await asyncio.start_unix_server(hear, path=box.copy / "own.sock")
        async with by_port, by_path, watched(box, MARK) as watch:
            await asyncio.gather(*map(run, ("sockets", "fork_bomb", "escalate", "persist", "memory", "disk")))
        assert len(heard) >= 2
        assert {f"{MARK}.canary.invalid", "203.0.113.9"} <= {host for host, _, _ in box.contacts}
        assert watch.most >= 40
        assert watch.risen
        assert marked(box.processes(), MARK)
        assert {MARK, f"/tmp/{MARK}", f"kept/{MARK}"} <= set(await left(box, MARK))
        assert watch.memory_mib >= 60
        assert watch.disk_mib >= 60
        assert watch.cpu_s > 0
        assert f"kept/{MARK}" not in await left(box, MARK, besides="kept")
