"""Facts and ledgers that the tests of this directory share."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gonogo.facts import Trait
from gonogo.ledger.lines import frame
from gonogo.ledger.writer import Ledger

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def facts(count: int, start: int = 0) -> list[Trait]:
    return [
        Trait(
            seen_at=NOW + timedelta(seconds=n), run="r1", path="app/mäin.py", line=n + 1, name=f"t{n}", detail='a "b"\n'
        )
        for n in range(start, start + count)
    ]


class Clock:
    """A clock that a test moves; every reading is one second later."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def written(directory: Path, count: int = 30, each: int = 10, **options: object) -> Path:
    """Write a ledger whose segments hold `each` records, and return the writer's directory."""
    options = {"writer": "w", "seal": False, "now": Clock(), "segment_bytes": 1} | options
    with Ledger.open(directory, **options) as ledger:  # type: ignore[arg-type]
        for start in range(0, count, each):
            ledger.extend(facts(min(each, count - start), start))
    return directory / f"writer={options['writer']}"


def segment_files(writer: Path) -> list[Path]:
    return sorted(path for path in writer.glob("day=*/*") if path.suffix in (".ndjson", ".parquet"))


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()


def put(path: Path, content: list[bytes]) -> None:
    path.write_bytes(b"".join(line + b"\n" for line in content))


def rechain(content: list[bytes]) -> list[bytes]:
    """Recompute every link behind the first line, as one who may write the files would."""
    import json

    made, prev = [], json.loads(content[0])["prev"]
    for line in content:
        record = json.loads(line)
        fact = line[line.index(b'"fact":') + 7 : -1]
        [new], prev = frame([fact], record["seq"], prev, record["at"])
        made.append(new)
    return made


def digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
