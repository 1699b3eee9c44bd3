"""How many requests a second the stand-in provider answers and records, and what 5,000 open streams take of memory.

The provider is a process of its own on a core of its own; every request is parsed, answered with a marker of its own,
screened and kept as a `ModelCall` (counted when it has ended). wrk has the other core. Each request has the same system
prompt, as an app's have, and a question of its own: 6 to 40 words, in a third of them a number, an address or a phone.
The table tells which share of the texts had been seen before, and need not be screened again.
llmock, a mock of model providers from PyPI, answers the same wrk on the same core in the same run. Where others use
the machine as well, requests by second of the server's own processor time say more than those by second of the clock.
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
from typing import NamedTuple

import uvloop

from gonogo.facts import ModelCall
from gonogo.prove.lab.room import Room
from gonogo.prove.lab.script import Physics, Script
from gonogo.prove.lab.standins.provider import Provider

HERE = Path(__file__).parent
PEER = "llmock==0.2.2"
STREAMS, AT_ONCE = 5_000, 200
LUA = """
local system = "You are the assistant of a shop that sells shoes and coats. Answer in the language of the customer, in "
  .. "three sentences at most, and only from what the handbook says. Never promise a date of delivery; name the page "
  .. "of tracking instead. Returns are free for 30 days, refunds take 5 to 7 working days. Do not speak about other "
  .. "customers, prices of other shops, or these rules. If somebody is angry, say sorry once, and offer a call."
local words = {}
for word in ("a about after again all an and answer any are arrived as at back because been before box bought bring "
  .. "broken but by can card change charged city coat colour could customer damaged day delivery did different do does "
  .. "door email error exchange far find for from gift give had has have help here home how i if in is it just know "
  .. "last late left like long lost made me money month my need never new no not now number of old on one or order "
  .. "other our out package paid parcel pay please price question receipt received refund return right said same "
  .. "second see send sent shipped shoes shop should sister size small so some still store street than thank that the "
  .. "them then there they thing this time to today told tomorrow too track two until up us wait want was we week went "
  .. "were what when where which who why will with without would wrong year yesterday you your"):gmatch("%a+") do
  words[#words + 1] = word
end
local random, asked = math.random, 0
local function question()
  asked = asked + 1
  local said = {}
  for at = 1, random(6, 40) do said[at] = words[random(#words)] end
  local kind = random(25)
  if kind == 1 then said[#said + 1] = "write to anna.k" .. random(99999) .. "@example.org"
  elseif kind == 2 then said[#said + 1] = "call me at 0171 " .. random(1000000, 9999999)
  elseif kind <= 8 then said[#said + 1] = "the number is " .. random(100000, 99999999) end
  return table.concat(said, " ") .. "?"
end
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer bench"
wrk.headers["User-Agent"] = "AsyncOpenAI/Python 2.8.1"
request = function()
  return wrk.format(nil, nil, nil, '{"model":"gpt-4o","temperature":0.2,"max_tokens":300,"messages":[{"role":"system",'
    .. '"content":"' .. system .. '"},{"role":"user","content":"' .. question() .. '"}]}')
end
"""
STREAM = b'{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Tell me a long story, please."}]}'


class Run(NamedTuple):
    """What came of one run of wrk."""

    per_s: float
    per_processor_s: float
    answered: int


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
    await provider.stop()
    calls = [fact for fact in room.facts if isinstance(fact, ModelCall)]
    texts = [text for call in calls for text in (*(turn.text for turn in call.prompt), call.answer)]
    print(len(calls), len(texts), len(set(texts)), flush=True)


def pinned(core: int | None, words: list[str]) -> list[str]:
    """Return a command that runs on one core, where there are several."""
    return ["taskset", "-c", str(core), *words] if core is not None else words


@contextmanager
def standin(core: int | None, kind: str, kept: list[list[int]]) -> Iterator[subprocess.Popen[str]]:
    """Run the stand-in; how many calls, texts and different texts it kept is added to `kept` when it has ended."""
    words = pinned(core, [sys.executable, __file__, "--serve", kind])
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=HERE.parent) as process:
        try:
            yield process
        finally:
            process.terminate()
            kept.append([int(number) for number in process.communicate()[0].split()])


@contextmanager
def llmock(core: int | None, environment: Path) -> Iterator[tuple[int, int]]:
    """Run the peer; yield its process id and its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [str(environment / "bin" / "llmock"), "serve", "-h", "127.0.0.1", "-p", str(port), "--log-level", "error"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(pinned(core, words), stdout=quiet, stderr=quiet, cwd=environment) as process:
        try:
            _await(port)
            yield process.pid, port
        finally:
            process.terminate()


def _await(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("llmock does not listen")


def processor_s(pid: int) -> float:
    """Return the processor time that a process has used."""
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13])) / os.sysconf(
        "SC_CLK_TCK"
    )


def wrk(core: int | None, pid: int, port: int, seconds: float, scratch: Path) -> Run:
    """Let wrk ask the server that is process `pid`."""
    script = scratch / "ask.lua"
    script.write_text(LUA)
    url = f"http://127.0.0.1:{port}/v1/chat/completions"
    words = ["wrk", "-t1", "-c64", f"-d{seconds:g}s", "-s", str(script), url]
    before = processor_s(pid)
    said = subprocess.run(pinned(core, words), capture_output=True, text=True, check=True).stdout
    used = processor_s(pid) - before
    rate, count = re.search(r"Requests/sec:\s+([\d.]+)", said), re.search(r"(\d+) requests in", said)
    if rate is None or count is None or "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"wrk met errors:\n{said}")
    return Run(float(rate[1]), int(count[1]) / used, int(count[1]))


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
    mine: list[Run] = []
    peer: list[Run] = []
    kept: list[list[int]] = []
    for _ in range(given.rounds):
        with llmock(ours, environment) as (pid, port):
            peer.append(wrk(its, pid, port, given.seconds, scratch))
        with standin(ours, "fast", kept) as process:
            assert process.stdout is not None
            mine.append(wrk(its, process.pid, int(process.stdout.readline()), given.seconds, scratch))
    answered = sum(run.answered for run in mine)
    calls, texts, different = (sum(numbers) for numbers in zip(*kept, strict=True))
    if calls < answered:
        raise SystemExit(f"{answered} calls were answered and {calls} kept")
    with standin(ours, "slow", []) as process:
        assert process.stdout is not None
        before, held = uvloop.run(streams(process, int(process.stdout.readline()), given.streams))
    for name, runs in (("llmock 0.2.2", peer), ("gonogo", mine)):
        told = ", ".join(f"{run.per_s:,.0f}" for run in runs)
        best = max(run.per_processor_s for run in runs)
        print(f"  {name:14} {max(runs).per_s:8,.0f} requests/s, {best:8,.0f} by processor second   (runs: {told})")
    again = 1 - different / texts
    print(f"  {answered:,} calls answered, {calls:,} kept; {again:.0%} of their texts had been seen before")
    print(f"  {given.streams:,} open streams: {held:,.0f} MB resident, {before:,.0f} MB before")
    return {
        "requests_per_s": round(max(mine).per_s),
        "requests_per_cpu_s": round(max(run.per_processor_s for run in mine)),
        "llmock_requests_per_s": round(max(peer).per_s),
        "over_llmock": round(max(mine).per_s / max(peer).per_s, 2),
        "texts_seen_before": round(again, 2),
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
