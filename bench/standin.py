"""How many requests a second the stand-in provider answers and records, and what 5,000 open streams take of memory.

The provider is a process of its own on a core of its own; every request is parsed, answered with a marker of its own,
and kept as a `ModelCall` (counted when it has ended). wrk has the other core, and writes a new text into each request.
llmock, a mock of model providers from PyPI, answers the same wrk on the same core in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from gonogo.prove.lab.room import Room
from gonogo.prove.lab.script import Physics, Script
from gonogo.prove.lab.standins.provider import Provider

HERE = Path(__file__).parent
PEER = "llmock==0.2.2"
STREAMS, AT_ONCE = 5_000, 200
LUA = """
local asked = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer bench"
request = function()
  asked = asked + 1
  return wrk.format(nil, nil, nil, '{"model":"gpt-4o","messages":[{"role":"system","content":"You are an assistant."},'
    .. '{"role":"user","content":"When will parcel number ' .. asked .. ' reach me?"}]}')
end
"""
STREAM = b'{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Tell me a long story, please."}]}'


async def serve(slow: bool) -> None:
    """Listen until told to stop, and then print how many calls were kept."""
    room = Room(run="bench", now=lambda: datetime.now(UTC), begun=time.monotonic(), digest_key=os.urandom(32))
    room.play("bench", "slow" if slow else "fast", Script(physics=Physics(tokens_per_s=0.2 if slow else None)))
    provider = Provider(room)
    await provider.start(port=0)
    print(provider.port, flush=True)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    print(len(room.facts), flush=True)
    await provider.stop()


def pinned(core: int | None, words: list[str]) -> list[str]:
    """Return a command that runs on one core, where there are several."""
    return ["taskset", "-c", str(core), *words] if core is not None else words


@contextmanager
def standin(core: int | None, kind: str, kept: list[int]) -> Iterator[subprocess.Popen[str]]:
    """Run the stand-in; how many calls it kept is added to `kept` when it has ended."""
    words = pinned(core, [sys.executable, __file__, "--serve", kind])
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=HERE.parent) as process:
        try:
            yield process
        finally:
            process.terminate()
            kept.append(int(process.communicate()[0] or 0))


@contextmanager
def llmock(core: int | None, environment: Path) -> Iterator[int]:
    """Run the peer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [str(environment / "bin" / "llmock"), "serve", "-h", "127.0.0.1", "-p", str(port), "--log-level", "error"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(pinned(core, words), stdout=quiet, stderr=quiet, cwd=environment) as process:
        try:
            _await(port)
            yield port
        finally:
            process.terminate()


def _await(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("llmock does not listen")


def wrk(core: int | None, port: int, seconds: float, scratch: Path) -> tuple[float, int]:
    """Return requests a second by wrk, and how many were answered."""
    script = scratch / "ask.lua"
    script.write_text(LUA)
    url = f"http://127.0.0.1:{port}/v1/chat/completions"
    words = ["wrk", "-t1", "-c64", f"-d{seconds:g}s", "-s", str(script), url]
    said = subprocess.run(pinned(core, words), capture_output=True, text=True, check=True).stdout
    rate, count = re.search(r"Requests/sec:\s+([\d.]+)", said), re.search(r"(\d+) requests in", said)
    if rate is None or count is None or "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"wrk met errors:\n{said}")
    return float(rate[1]), int(count[1])


async def opened(port: int, count: int) -> list[asyncio.StreamWriter]:
    """Open streams, and return when each has begun to speak."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one() -> asyncio.StreamWriter:
        async with gate:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\nContent-Length: {len(STREAM)}\r\n\r\n"
            writer.write(head.encode() + STREAM)
            await reader.readuntil(b"data: {")
            return writer

    return await asyncio.gather(*(one() for _ in range(count)))


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process in MB (10^6 bytes)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


async def streams(process: subprocess.Popen[str], port: int, count: int) -> tuple[float, float]:
    """Return the memory of the stand-in before, and with so many streams open."""
    before = resident_mb(process.pid)
    writers = await opened(port, count)
    held = resident_mb(process.pid)
    for writer in writers:
        writer.transport.abort()
    return before, held


def environment_of_peer(place: Path) -> Path:
    """Install the peer into an environment of its own."""
    tool = HERE.parent / ".uv" / "bin" / "uv"
    subprocess.run([tool, "venv", "--quiet", "--python", sys.executable, place], check=True)
    subprocess.run([tool, "pip", "install", "--quiet", "--python", place / "bin" / "python", PEER], check=True)
    return place


def measured(given: argparse.Namespace, ours: int | None, its: int | None, scratch: Path) -> dict[str, float]:
    """Play both servers in turns; return the figures."""
    environment = given.llmock or environment_of_peer(scratch / "llmock")
    mine: list[float] = []
    peer: list[float] = []
    answered = 0
    kept: list[int] = []
    for _ in range(given.rounds):
        with llmock(ours, environment) as port:
            peer.append(wrk(its, port, given.seconds, scratch)[0])
        with standin(ours, "fast", kept) as process:
            assert process.stdout is not None
            rate, count = wrk(its, int(process.stdout.readline()), given.seconds, scratch)
            mine.append(rate)
            answered += count
    if sum(kept) < answered:
        raise SystemExit(f"{answered} calls were answered and {sum(kept)} kept")
    with standin(ours, "slow", []) as process:
        assert process.stdout is not None
        before, held = uvloop.run(streams(process, int(process.stdout.readline()), given.streams))
    for name, runs in (("llmock 0.2.2", peer), ("gonogo", mine)):
        print(f"  {name:14} {max(runs):8,.0f} requests/s   (runs: {', '.join(f'{r:,.0f}' for r in runs)})")
    print(f"  {answered:,} calls answered, {sum(kept):,} kept")
    print(f"  {given.streams:,} open streams: {held:,.0f} MB resident, {before:,.0f} MB before")
    return {
        "requests_per_s": round(max(mine)),
        "llmock_requests_per_s": round(max(peer)),
        "over_llmock": round(max(mine) / max(peer), 2),
        "streams": given.streams,
        "streams_mb": round(held),
    }


def main() -> None:
    """Measure, print a table and last one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each run")
    parser.add_argument("--rounds", type=int, default=2, help="runs of each server")
    parser.add_argument("--streams", type=int, default=STREAMS, help="streams that are open at once")
    parser.add_argument("--llmock", type=Path, help="an environment that has llmock already")
    parser.add_argument("--serve", choices=("fast", "slow"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if given.serve is not None:
        uvloop.run(serve(given.serve == "slow"))
        return
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is needed: apt-get install wrk")
    several = len(os.sched_getaffinity(0)) > 1
    ours, its = sorted(os.sched_getaffinity(0))[:2] if several else (None, None)
    with tempfile.TemporaryDirectory(prefix="gonogo-bench-") as scratch:
        print("one core for each of server and wrk; 64 connections; not streamed")
        figures = measured(given, ours, its, Path(scratch))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
