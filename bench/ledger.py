"""How fast facts are appended, and how fast a month of them is queried.

Appending is measured through `Ledger` itself: one process, one thread, durability `group`, a signed head. The month is
made by DuckDB's `range()` and written by the very COPY that sealing uses (`columns.copy_to_parquet`): the same columns,
types and compression, with one difference that this query cannot see: the hashes are random, because chaining 100
million records takes longer than the query is worth. The query runs in a process of its own, whose peak memory is taken
from the operating system.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gonogo.facts import Fact, encode
from gonogo.ledger.columns import CHAIN_COLUMNS, HOT
from gonogo.ledger.seal import write_parquet
from gonogo.ledger.signature import SigningKey
from gonogo.ledger.writer import Ledger

MODELS = ("large-2026-05", "medium-2026-05", "small-2026-03", "mini-2026-03", "embed-3")
SEGMENT_ROWS = 2_000_000
START = datetime(2026, 10, 1, tzinfo=UTC)
QUESTIONS = {
    "counted": """
        WITH counted AS (
            SELECT model, latency_ms, count(*) AS n FROM facts WHERE kind = 'bench_call' GROUP BY ALL
        ), ranked AS (
            SELECT *, sum(n) OVER (PARTITION BY model ORDER BY latency_ms) AS upto,
                sum(n) OVER (PARTITION BY model) AS calls FROM counted
        )
        SELECT model, CAST(any_value(calls) AS BIGINT) AS calls, min(latency_ms) FILTER (upto >= 0.5 * calls) AS p50,
            min(latency_ms) FILTER (upto >= 0.99 * calls) AS p99
        FROM ranked GROUP BY model ORDER BY model
    """,
    "quantile_cont": """
        SELECT model, count(*) AS calls, quantile_cont(latency_ms, 0.5) AS p50, quantile_cont(latency_ms, 0.99) AS p99
        FROM facts WHERE kind = 'bench_call' GROUP BY model ORDER BY model
    """,
}
"""Two exact ways to ask. `counted` counts equal latencies first, which are recorded to a tenth of a millisecond, and
gives the nearest rank; `quantile_cont` keeps every value in memory and interpolates."""


class BenchCall(Fact, frozen=True, kw_only=True):
    """One call of a model as a gateway would record it."""

    request: str
    model: str
    provider: str
    route: str
    status: str
    attempt: int
    latency_ms: float
    first_token_ms: float
    input_tokens: int
    output_tokens: int
    cost_usd: float
    stream: bool
    finish: str
    tenant: str


def call(n: int, now: datetime) -> BenchCall:
    """Return a call that differs from its neighbours in all that would differ in production."""
    return BenchCall(
        seen_at=now + timedelta(microseconds=n),
        run="gateway",
        request=f"{n * 0x9E3779B97F4A7C15 % 2**64:016x}",
        model=MODELS[n % 5],
        provider="provider-a",
        route="/v1/answer",
        status="ok" if n % 100 else "timeout",
        attempt=1,
        latency_ms=200.0 + n % 1733,
        first_token_ms=50.0 + n % 173,
        input_tokens=500 + n % 911,
        output_tokens=50 + n % 509,
        cost_usd=(500 + n % 911) / 1e6,
        stream=bool(n % 2),
        finish="stop",
        tenant=f"t{n % 40}",
    )


def measure_appends(place: Path, count: int) -> dict[str, float]:
    """Return appends per second: facts built before and within the measured time, in batches and one by one."""
    now = datetime.now(UTC)
    built = [call(n, now) for n in range(count)]
    shown = {"bytes": len(encode(built[0]))}
    with Ledger.open(place / "built", key=SigningKey.generate("bench"), seal=False) as ledger:
        shown["built"] = count / timed(lambda: (ledger.extend(built), ledger.flush()))
    with Ledger.open(place / "building", key=SigningKey.generate("bench"), seal=False) as ledger:
        shown["building"] = count / timed(lambda: (ledger.extend(call(n, now) for n in range(count)), ledger.flush()))
    single = built[: count // 5]
    with Ledger.open(place / "single", key=SigningKey.generate("bench"), seal=False) as ledger:
        shown["single"] = len(single) / timed(lambda: ([ledger.append(fact) for fact in single], ledger.flush()))
    return shown


def timed(work: object) -> float:
    """Return how many seconds `work` takes."""
    start = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - start


def make_month(ledger: Path, rows: int) -> int:
    """Write `rows` facts as sealed segments over thirty days and return their size in bytes."""
    writer = ledger / "writer=bench"
    writer.mkdir(parents=True)
    (writer / "ledger.json").write_text('{"format":1,"writer":"bench"}')
    step = timedelta(days=30).total_seconds() / max(rows, 1)
    size = 0
    for first in range(1, rows + 1, SEGMENT_ROWS):
        count = min(SEGMENT_ROWS, rows + 1 - first)
        day = (START + timedelta(seconds=first * step)).date()
        target = writer / f"day={day}" / f"{first:020d}.parquet"
        target.parent.mkdir(exist_ok=True)
        write_parquet(segment_select(first, count, step), target, threads=os.cpu_count() or 1)
        size += target.stat().st_size
    return size


def make_or_reuse(month: Path, rows: int) -> str:
    """Make the month where it is not there yet; return in words what was done."""
    if month.exists():
        return f"reused {month}"
    start = time.perf_counter()
    size = make_month(month, rows)
    return f"made by range() in {time.perf_counter() - start:.0f} s, {size / 1e9:.2f} GB"


def segment_select(first: int, count: int, step: float) -> str:
    """Return the SELECT of one segment's rows: latencies are log-normal, with another median for each model."""
    model = "CASE n % 5 " + " ".join(f"WHEN {i} THEN '{name}'" for i, name in enumerate(MODELS)) + " END"
    begin = START.strftime("%Y-%m-%d %H:%M:%S")
    parts = [
        """'"kind":"bench_call"'""",
        """'"seen_at":"' || strftime(moment, '%Y-%m-%dT%H:%M:%S.%fZ') || '"'""",
        """'"run":"gateway"'""",
        """'"request":"' || right(md5(CAST(n AS VARCHAR)), 16) || '"'""",
        """'"model":"' || model || '","provider":"provider-a","route":"/v1/answer"'""",
        """'"status":"' || status || '","attempt":1'""",
        """'"latency_ms":' || latency_ms || ',"first_token_ms":' || round(latency_ms / 9, 1)""",
        """'"input_tokens":' || input_tokens || ',"output_tokens":' || output_tokens""",
        """'"cost_usd":' || cost_usd || ',"stream":true,"finish":"stop","tenant":"t' || n % 40 || '"'""",
    ]
    values = {
        "seq": "n",
        "appended_at": "moment",
        "hash": "unhex(md5(CAST(n AS VARCHAR)) || md5(CAST(-n AS VARCHAR)))",
        "kind": "'bench_call'",
        "seen_at": "moment",
        "run": "'gateway'",
        "fact": "'{' || concat_ws(',', " + ", ".join(parts) + ") || '}'",
    }
    columns = ", ".join(f"{values.get(c, c)} AS {c}" for c in CHAIN_COLUMNS)
    assert set(HOT) <= set(CHAIN_COLUMNS)
    return (
        f"SELECT {columns} FROM (SELECT range AS n, {model} AS model, "
        "CASE WHEN hash(n) % 100 = 0 THEN 'timeout' ELSE 'ok' END AS status, "
        "round(300 * (1 + n % 5) * exp(0.6 * sqrt(-2 * ln((hash(n) % 1000003 + 1) / 1000004.0)) "
        "* cos(6.283185 * ((hash(n + 1) % 1000003) / 1000003.0))), 1) AS latency_ms, "
        "CAST(hash(n + 2) % 3000 + 20 AS BIGINT) AS input_tokens, "
        "CAST(hash(n + 3) % 800 + 1 AS BIGINT) AS output_tokens, "
        "round((hash(n + 2) % 3000 + 20) / 1e6, 6) AS cost_usd, "
        f"TIMESTAMP '{begin}' + to_microseconds(CAST(n * {step * 1e6} AS BIGINT)) AS moment "
        f"FROM range({first}, {first + count}))"
    )


def ask(ledger: Path, how: str) -> None:
    """Run a question and print seconds, peak memory and answer as JSON; the body of the measuring process."""
    from gonogo.ledger import query

    start = time.perf_counter()
    rows = query([ledger], QUESTIONS[how]).rows
    seconds = time.perf_counter() - start
    shown = {"rows": rows, "seconds": seconds, "peak_mb": peak_mb()}
    print(json.dumps(shown))


def peak_mb() -> float:
    """Return the most memory that this process ever held. `getrusage` would count what its parent held at the fork."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise SystemExit("the peak memory of a process is read from /proc, which is not there")


def asked(ledger: Path, how: str) -> dict[str, Any] | None:
    """Ask in a process of its own; None where the question does not fit into the memory that a query may take."""
    made = subprocess.run(
        [sys.executable, __file__, "--ask", str(ledger), how], capture_output=True, text=True, check=False
    )
    if "more memory" in made.stderr:
        return None
    if made.returncode:
        raise SystemExit(made.stderr)
    return json.loads(made.stdout)


def main() -> None:
    """Measure, print a table and last one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000_000, help="facts to query")
    parser.add_argument("--appends", type=int, default=300_000, help="facts to append")
    parser.add_argument(
        "--directory", type=Path, help="where to put up to 12 GB for a while; default: the temporary one"
    )
    parser.add_argument("--month", type=Path, help="keep the month in this directory, and use the one that is there")
    parser.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("how", nargs="?", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ask:
        ask(given.ask, given.how)
        return
    place = Path(tempfile.mkdtemp(prefix="gonogo-bench-", dir=given.directory))
    try:
        measure(place, given.rows, given.appends, given.month or place / "month")
    finally:
        shutil.rmtree(place)


def measure(place: Path, rows: int, appends: int, month: Path) -> None:
    """Do all measurements below `place`."""
    speed = measure_appends(place, appends)
    print(
        f"append, durability group, signed head, {speed['bytes']} bytes a fact, 1 thread of {os.cpu_count()} processors"
    )
    print(f"  extend, facts built before      {speed['built']:12,.0f} facts/s")
    print(f"  extend, building included       {speed['building']:12,.0f} facts/s")
    print(f"  append one by one, built before {speed['single']:12,.0f} facts/s", flush=True)
    print(f"{make_or_reuse(month, rows)}: {rows:,} facts as sealed segments", flush=True)
    answers = {how: asked(month, how) for how in QUESTIONS}
    for how, one in answers.items():
        said = f"{one['seconds']:8.1f} s   peak {one['peak_mb']:6,.0f} MB" if one else "does not fit into memory"
        print(f"p50 and p99 by model, {how:13} {said}")
    exact = answers["counted"]
    if exact is None:
        raise SystemExit("the counted question does not fit into memory")
    for model, calls, p50, p99 in exact["rows"]:
        print(f"  {model:16} {calls:12,} calls   p50 {p50:8.1f} ms   p99 {p99:9.1f} ms")
    shown = {
        "appends_per_s": round(speed["built"]),
        "appends_per_s_building": round(speed["building"]),
        "appends_per_s_single": round(speed["single"]),
        "rows": rows,
        "query_seconds_100m": round(exact["seconds"] * 100_000_000 / rows, 2),
        "peak_mb": round(exact["peak_mb"]),
    }
    print(json.dumps(shown))


if __name__ == "__main__":
    main()
