"""How many requests a second the load generator sends, and how true the latencies are that it tells.

The server is a process of its own on a core of its own. It decides how long each answer takes before the run
(log-normal) and keeps its own HDR record, from the arrival of a request to the writing of its answer. The generator has
the other core; Locust's FastHttpUser gets the same core and the same server in the same run, in an environment of its
own. By schedule, the highest rate counts at which less than 1 % of the requests left late.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, repeat
from pathlib import Path

import uvloop

from gonogo.prove.load import arrival
from gonogo.prove.load.generator import Address, Generator
from gonogo.prove.load.tally import Latencies, Tally
from gonogo.prove.load.wire import Request

HERE = Path(__file__).parent
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n" + b'{"answer":"it is all good"}'
)
MEDIAN_S, SIGMA = 0.050, 0.6
LOCUST = """
from locust import FastHttpUser, task
class User(FastHttpUser):
    network_timeout = connection_timeout = 30.0
    @task
    def ask(self):
        self.client.post("/fast", data=b'{"text":"hello"}', headers={"Content-Type": "application/json"})
"""


class Server(asyncio.Protocol):
    """Answers at once below /fast, and elsewhere after a time that was decided before."""

    record = Latencies()
    waits = cycle([random.Random(n).lognormvariate(0, SIGMA) * MEDIAN_S for n in range(10_000)])
    stall: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"POST /fast"):
            self.transport.write(ANSWER)
            return
        began = time.perf_counter()
        if Server.stall is not None and Server.stall <= began:
            Server.stall = None
            time.sleep(1.0)
        wait = 0.002 if data.startswith(b"POST /stall") else next(Server.waits)
        asyncio.get_running_loop().call_later(wait, self.answer, began)

    def answer(self, began: float) -> None:
        self.transport.write(ANSWER)
        Server.record.add(time.perf_counter() - began)


async def serve(stall_after: float | None) -> None:
    """Listen until told to stop, and then print the server's own record."""
    loop = asyncio.get_running_loop()
    if stall_after is not None:
        Server.stall = time.perf_counter() + stall_after
    server = await loop.create_server(Server, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    print(json.dumps(percentiles(Server.record)), flush=True)


def percentiles(latencies: Latencies) -> dict[str, float]:
    """Return percentiles in milliseconds."""
    histogram = latencies.histogram()
    found = {f"p{q}": histogram.get_value_at_percentile(q) / 1000 for q in (50, 90, 99, 99.9)}
    return found | {"n": histogram.get_total_count()}


@contextmanager
def server(core: int | None, stall_after: float | None = None) -> Iterator[tuple[int, dict[str, float]]]:
    """Run the server; its own record is filled into the second value when it has ended."""
    words = pinned(core, [sys.executable, __file__, "--serve", str(stall_after or "")])
    record: dict[str, float] = {}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=HERE.parent) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline()), record
        finally:
            process.terminate()
            record |= json.loads(process.stdout.readline() or "{}")


def pinned(core: int | None, words: list[str]) -> list[str]:
    """Return a command that runs on one core, where there are several."""
    return ["taskset", "-c", str(core), *words] if core is not None else words


def request(path: str, tally: Tally) -> Request:
    """Return the one request of the bench."""
    body = b'{"text":"hello"}'
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(body)}\r\n\r\n"
    return Request(before=head.encode() + body, tally=tally, deadline_s=30.0)


async def opened(port: int, path: str, moments: Iterator[float]) -> tuple[Tally, float]:
    """Play a schedule; return what came of it, and the seconds that it took."""
    tally = Tally()
    generator = Generator(Address(port=port))
    took = await generator.play(zip(moments, repeat(request(path, tally))))
    await generator.drain(5.0)
    await generator.close()
    return tally, took


async def held(port: int, path: str, concurrent: int, seconds: float) -> float:
    """Return requests a second with so many always under way, as Locust's users have them."""
    tally = Tally()
    generator = Generator(Address(port=port))
    took = await generator.hold(repeat(request(path, tally)), concurrent, seconds)
    good = tally.good
    await generator.drain(5.0)
    await generator.close()
    return good / took


async def highest(port: int, seconds: float, most: float) -> float:
    """Return the highest rate that left by its schedule, sought downwards from `most` in steps of an eighth."""
    rate = most
    while rate > most / 10:
        tally, took = await opened(port, "/fast", arrival.constant(rate, seconds))
        if tally.late <= tally.sent / 100 and tally.good == tally.sent:
            return tally.sent / took
        rate *= 7 / 8
    return 0.0


def locust(environment: Path, core: int | None, port: int, users: int, seconds: float) -> float:
    """Return the requests a second that Locust's FastHttpUser sends to the same server."""
    script = environment / "locustfile.py"
    script.write_text(LOCUST)
    words = [
        str(environment / "bin" / "locust"), "-f", str(script), "--headless", "-u", str(users), "-r", str(users),
        "-t", f"{seconds:g}s", "-H", f"http://127.0.0.1:{port}", "--json", "--skip-log",
    ]  # fmt: skip
    made = subprocess.run(pinned(core, words), capture_output=True, text=True, check=False)
    stats = json.loads(made.stdout)[0]
    if stats["num_failures"]:
        raise SystemExit(f"Locust failed {stats['num_failures']} times: {made.stderr[-500:]}")
    per_second = [n for _, n in sorted(stats["num_reqs_per_sec"].items())]
    whole = per_second[1:-1] or per_second  # full seconds
    return sum(whole) / len(whole)


def locust_environment(place: Path) -> Path:
    """Install Locust into an environment of its own."""
    tool = HERE.parent / ".uv" / "bin" / "uv"
    subprocess.run([tool, "venv", "--quiet", "--python", sys.executable, place], check=True)
    subprocess.run([tool, "pip", "install", "--quiet", "--python", place / "bin" / "python", "locust"], check=True)
    return place


def main() -> None:
    """Measure, print a table and last one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each run")
    parser.add_argument("--rate", type=float, default=500.0, help="requests a second where latencies are compared")
    parser.add_argument("--users", type=int, default=64, help="requests that are always under way beside Locust")
    parser.add_argument("--locust", type=Path, help="an environment that has Locust already")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        uvloop.run(serve(float(given.serve) if given.serve else None))
        return
    several = len(os.sched_getaffinity(0)) > 1
    ours, its = sorted(os.sched_getaffinity(0))[:2] if several else (None, None)
    with tempfile.TemporaryDirectory(prefix="gonogo-bench-") as scratch:
        environment = given.locust or locust_environment(Path(scratch) / "locust")
        with server(its) as (port, _):
            peer = [locust(environment, ours, port, given.users, given.seconds)]
            if ours is not None:
                os.sched_setaffinity(0, {ours})
            mine = [uvloop.run(held(port, "/fast", given.users, given.seconds))]
            peer.append(locust(environment, ours, port, given.users, given.seconds))
            mine.append(uvloop.run(held(port, "/fast", given.users, given.seconds)))
            open_rps = uvloop.run(highest(port, min(3.0, given.seconds), max(mine)))
    with server(its) as (port, record):
        moments = arrival.poisson(given.rate, given.seconds * 2)
        tally, _ = uvloop.run(opened(port, "/slow", moments))
    with server(its, stall_after=given.seconds / 2) as (port, stalled):
        tally_stall, _ = uvloop.run(opened(port, "/stall", arrival.constant(given.rate, given.seconds)))
    seen, stall = percentiles(tally.latency), percentiles(tally_stall.latency)
    print(f"one core for each of generator and server; {given.users} under way at once")
    print(
        f"  Locust FastHttpUser        {max(peer):10,.0f} requests/s   (runs: {', '.join(f'{r:,.0f}' for r in peer)})"
    )
    print(
        f"  gonogo, as many under way  {max(mine):10,.0f} requests/s   (runs: {', '.join(f'{r:,.0f}' for r in mine)})"
    )
    print(f"  gonogo, by schedule        {open_rps:10,.0f} requests/s   (less than 1 % late)")
    print(f"latency at {given.rate:g} requests/s, log-normal around {MEDIAN_S * 1000:g} ms, {seen['n']:,} requests")
    for name in ("p50", "p90", "p99", "p99.9"):
        off = error(seen, record, name)
        print(f"  {name:6} server {record[name]:8.2f} ms   generator {seen[name]:8.2f} ms   {off:6.2%}")
    print(f"  late {tally.late / tally.sent:.2%}, at worst {tally.late_s * 1000:.1f} ms")
    print(
        f"a server that stalls for one second: p99.9 {stall['p99.9']:.0f} ms by the generator, "
        f"{stalled['p99.9']:.0f} ms by the server's own record"
    )
    shown = {
        "rps_over_locust": round(max(mine) / max(peer), 2),
        "open_rps_over_locust": round(open_rps / max(peer), 2),
        "rps": round(max(mine)),
        "p50_error": round(error(seen, record, "p50"), 4),
        "p90_error": round(error(seen, record, "p90"), 4),
        "p99_error": round(error(seen, record, "p99"), 4),
        "stall_p999_ms": round(stall["p99.9"]),
        "late_share": round(tally.late / tally.sent, 5),
    }
    print(json.dumps(shown))


def error(seen: dict[str, float], record: dict[str, float], name: str) -> float:
    """Return by what share the generator's percentile differs from the server's."""
    return abs(seen[name] - record[name]) / record[name]


if __name__ == "__main__":
    main()
