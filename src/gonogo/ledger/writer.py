"""Appending: batches of facts become chained lines, and one write hands a batch to the operating system.

*Acknowledged* means that the write returned: the fact survives the end of this process, however it ends. Under `group`
a thread then brings the data to the disk at most every 50 ms and advances the signed head behind it; under `sync` an
append itself waits for the disk. The head is always written after its data, so a head past the data is never a crash.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Literal

from gonogo.errors import LedgerError
from gonogo.facts import Fact, encode
from gonogo.ledger import head as heads
from gonogo.ledger.claim import cannot_write, claim
from gonogo.ledger.layout import segment_path, sync_directory, writer_name
from gonogo.ledger.lines import frame, stamp
from gonogo.ledger.recover import Tip, recover
from gonogo.ledger.sealing import Sealing
from gonogo.ledger.signature import SigningKey

Durability = Literal["group", "sync"]
SEGMENT_BYTES = 64 * 2**20
GROUP_SECONDS = 0.05
_BATCH = 4096


def utc_now() -> datetime:
    """Return now in UTC."""
    return datetime.now(UTC)


class _Ticket:
    """One caller's facts on their way: `last` is the number of the last one once they are written."""

    __slots__ = ("bodies", "error", "last")

    def __init__(self, bodies: list[bytes]) -> None:
        self.bodies = bodies
        self.last = 0
        self.error: LedgerError | None = None


class Ledger:
    """A ledger that is open for appending, as one writer. Threads may append at once; their facts share a write."""

    def __init__(
        self,
        directory: Path,
        lock: int,
        durability: Durability = "group",
        key: SigningKey | None = None,
        segment_bytes: int = SEGMENT_BYTES,
        now: Callable[[], datetime] = utc_now,
        seal: bool = True,
    ) -> None:
        """Take over a claimed writer's directory; use `Ledger.open`."""
        self.directory, self.writer, self.key = directory, writer_name(directory), key
        self._lock_file, self._durability, self._segment_bytes, self._now = lock, durability, segment_bytes, now
        self._queue: deque[_Ticket] = deque()
        self._write_lock, self._sync_lock = threading.Lock(), threading.Lock()
        self._dirty, self._closing = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._file: int | None = None
        self._path, self._size = Path(), 0
        self._retired: list[int] = []
        self._trouble: LedgerError | None = None
        self._lost = self._closed = self._interrupted = False
        self._sealing = Sealing(directory, key, wanted=seal)
        self._tip = recover(directory)
        self._published = -1
        self._begin()

    @classmethod
    def open(
        cls,
        directory: Path,
        *,
        writer: str | None = None,
        durability: Durability = "group",
        key: SigningKey | None = None,
        segment_bytes: int = SEGMENT_BYTES,
        now: Callable[[], datetime] = utc_now,
        seal: bool = True,
    ) -> Ledger:
        """Open the ledger at `directory` (made where missing), going on where this machine's last run ended.

        `key` signs heads and seals; without one they say that they are unsigned. A segment is full at `segment_bytes`
        or at the end of a UTC day; `seal` False leaves full ones as they are. Raises `LedgerError` when it cannot be
        written, or was tampered with; `LedgerVersionError` when a newer gonogo wrote it.
        """
        claimed, lock = claim(directory, writer)
        try:
            return cls(claimed, lock, durability, key, segment_bytes, now, seal)
        except OSError as broken:
            os.close(lock)
            raise cannot_write(claimed, broken) from broken
        except BaseException:
            os.close(lock)
            raise

    def append(self, fact: Fact) -> int:
        """Append one fact and return its number once it is acknowledged; after `LedgerError` nothing of it is kept."""
        return self._commit([encode(fact)])

    def extend(self, facts: Iterable[Fact]) -> int:
        """Append facts in order and return the number of the last one; after an error those before it are kept."""
        rest, last = iter(facts), self._tip.seq
        while bodies := [encode(fact) for fact in islice(rest, _BATCH)]:
            last = self._commit(bodies)
        return last

    def flush(self) -> None:
        """Wait until every acknowledged fact is on the disk and the head names the last one."""
        self._advance()
        if self._trouble is not None:
            raise self._trouble

    def close(self) -> None:
        """Flush, wait for sealing to end, and let the next run have this writer. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self._closing.set()
        self._dirty.set()
        if self._thread is not None:
            self._thread.join()
        try:
            if not self._interrupted:
                self.flush()
        finally:
            for file in (*self._retired, self._file, self._lock_file):
                if file is not None:
                    os.close(file)
            self._sealing.wait()

    @property
    def head(self) -> str:
        """The last acknowledged record as `<seq>:<hash>`."""
        return f"{self._tip.seq}:{self._tip.hash}"

    @property
    def sealing_trouble(self) -> str:
        """What the last sealing process said when it failed, else empty. The facts are there, if not as Parquet."""
        return self._sealing.trouble

    def __enter__(self) -> Ledger:
        """Return the ledger itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def _begin(self) -> None:
        """Open the segment that goes on, and bring the head up to what a crash left behind it."""
        tip = self._tip
        if tip.segment is not None:
            self._file = os.open(tip.segment, os.O_WRONLY | os.O_APPEND)
            self._path, self._size = tip.segment, tip.size
        self.flush()

    def _commit(self, bodies: list[bytes]) -> int:
        ticket = _Ticket(bodies)
        self._queue.append(ticket)
        with self._write_lock:
            if not ticket.last and ticket.error is None:
                self._drain()
        if ticket.error is not None:
            raise ticket.error
        return ticket.last

    def _drain(self) -> None:
        """Write what all waiting threads brought, as one batch; the write lock is held."""
        tickets = [self._queue.popleft() for _ in range(len(self._queue))]
        seq = self._tip.seq
        try:
            self._write(list(chain.from_iterable(ticket.bodies for ticket in tickets)))
        except LedgerError as error:
            for ticket in tickets:
                ticket.error = error
            return
        except BaseException:
            # Control-C may come between the write and its bookkeeping. What is on disk is then for recovery to say.
            self._trouble = LedgerError("an append was interrupted", mend="open the ledger again")
            self._lost = self._interrupted = True
            for ticket in tickets:
                ticket.error = self._trouble
            raise
        for ticket in tickets:
            seq += len(ticket.bodies)
            ticket.last = seq

    def _write(self, bodies: list[bytes]) -> None:
        if self._closed or self._trouble is not None:
            raise self._trouble or LedgerError("the ledger is closed", mend="open it again")
        tip = self._tip
        # The append time never runs backwards, even where the machine's clock does: a decrease in a chain is tampering.
        at = max(stamp(self._now()), tip.at)
        try:
            file = self._segment_for(at[:10])
            lines, digest = frame(bodies, tip.seq + 1, tip.hash, at)
            data = b"\n".join(lines) + b"\n"
            self._put(file, data)
        except OSError as broken:
            raise cannot_write(self.directory, broken) from broken
        self._size += len(data)
        self._tip = Tip(tip.seq + len(bodies), digest, at, self._path, self._size)
        if not self._dirty.is_set():
            self._wake()

    def _put(self, file: int, data: bytes) -> None:
        """Write all of a batch or nothing of it."""
        try:
            done = os.write(file, data)
            while done < len(data):
                done += os.write(file, data[done:])
            if self._durability == "sync":
                os.fdatasync(file)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(file, self._size)
            if os.fstat(file).st_size != self._size:
                self._trouble = LedgerError(f"{self._path} cannot be mended here", mend="open the ledger again")
                self._lost = True
            raise

    def _segment_for(self, day: str) -> int:
        """Return the open segment, after beginning a new one where it is full or another day has begun."""
        if self._file is not None and self._path.parent.name == f"day={day}" and self._size < self._segment_bytes:
            return self._file
        path = segment_path(self.directory, day, self._tip.seq + 1)
        path.parent.mkdir(exist_ok=True)
        opened = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        sync_directory(path.parent)
        sync_directory(self.directory)
        if self._file is not None:
            self._retired.append(self._file)
            if not self._size:
                # Its only write failed. An empty segment would share its first number with the one begun now.
                self._path.unlink()
        self._file, self._path, self._size = opened, path, 0
        return opened

    def _wake(self) -> None:
        self._dirty.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._keep_synced, name="gonogo-ledger", daemon=True)
            self._thread.start()

    def _keep_synced(self) -> None:
        while not self._closing.is_set():
            self._dirty.wait()
            self._dirty.clear()
            self._advance()
            self._closing.wait(GROUP_SECONDS)

    def _advance(self) -> None:
        """Bring all data to the disk, then the head that names its end; trouble is kept for the next caller."""
        with self._sync_lock:
            with self._write_lock:
                tip, file, (full, self._retired) = self._tip, self._file, (self._retired, [])
            if self._lost:
                return
            try:
                self._sync([*full, *([file] if file is not None else [])] if tip.seq != self._published else full)
                for done in full:
                    os.close(done)
                self._publish(tip)
            except OSError as broken:
                self._trouble = cannot_write(self.directory, broken)
                return
            self._trouble = None
            self._sealing.start(rotated=bool(full))

    def _sync(self, files: list[int]) -> None:
        """Bring data to the disk. What the disk refused once is not asked again: it may have been thrown away since."""
        try:
            for file in files:
                os.fdatasync(file)
        except OSError:
            self._lost = True
            raise

    def _publish(self, tip: Tip) -> None:
        if tip.seq == self._published:
            return
        known = heads.head_of(self.directory) if self._published < 0 else None
        key = self.key.public.text if self.key else None
        if known is None or known.seq != tip.seq or (key is not None and known.key != key):
            segment, size = (known.segment, known.size) if known else ("", 0)
            if tip.segment is not None:
                segment, size = tip.segment.relative_to(self.directory).as_posix(), tip.size
            made = heads.Head(
                writer=self.writer, at=stamp(self._now()), seq=tip.seq, hash=tip.hash, segment=segment, size=size
            )
            heads.write(self.directory / "head.json", heads.sign(made, self.key))
        self._published = tip.seq
