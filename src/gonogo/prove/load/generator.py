"""The open-loop generator: sends each request when it is due, and counts from then.

A closed loop waits for an answer before it sends the next request; while the server stalls it sends less, and so hides
the stall (coordinated omission). Here requests leave by the schedule, over as many connections as that takes, and a
request that had to wait is counted from the moment at which it was due. How late the generator itself was is told.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import ssl
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from time import perf_counter

from gonogo.prove.load.tally import LATE_S
from gonogo.prove.load.wire import Connection, Request, Sent

EARLY_S = 0.001
"""What is due within a millisecond leaves at once, and counts from then: timers are no finer than that."""
_SWEEP_S = 0.05
_AT_ONCE = 256
"""Requests that leave before answers are read again."""


@dataclass(frozen=True)
class Address:
    """Where the app answers: a host and port, or a UNIX socket."""

    host: str = "127.0.0.1"
    port: int = 0
    path: str | None = None
    tls: ssl.SSLContext | None = None


class Generator:
    """Sends requests to one address. Belongs to one event loop; call `close` in the end."""

    def __init__(self, address: Address, limit: int = 10_000) -> None:
        """`limit` bounds the connections; a request that finds none free waits, which counts as late."""
        self._address = address
        self._limit = limit
        self._loop = asyncio.get_running_loop()
        self._free: list[Connection] = []
        self._busy: dict[Connection, float] = {}
        self._all: set[Connection] = set()
        self._waiting: deque[tuple[Request, float]] = deque()
        self._connecting: set[asyncio.Task[None]] = set()
        self._ids = itertools.count(1)
        self._salt = os.urandom(8).hex().encode()
        self._played: asyncio.Future[None] | None = None
        self._schedule: Iterator[tuple[float, Request]] = iter(())
        self._next: tuple[float, Request] | None = None
        self._refill: Iterator[Request] | None = None
        self._until = self._begun = 0.0
        self._swept = self._loop.call_later(_SWEEP_S, self._sweep)

    @property
    def under_way(self) -> int:
        """How many requests have been due and have not ended."""
        return len(self._busy) + len(self._waiting)

    async def play(self, schedule: Iterable[tuple[float, Request]]) -> float:
        """Send each request at its time (seconds from now); return how long it took until the last one had left.

        Answers may still be under way then: `drain` waits for them, and another schedule may go on beside them.
        """
        self._schedule = iter(schedule)
        self._next = next(self._schedule, None)
        self._played = self._loop.create_future()
        gc.collect()
        gc.freeze()  # what there is already is not looked through again while requests are timed
        self._begun = perf_counter()
        self._fire()
        try:
            await self._played
        finally:
            gc.unfreeze()
            self._next = None
        return perf_counter() - self._begun

    async def hold(self, requests: Iterator[Request], concurrent: int, seconds: float) -> float:
        """Keep `concurrent` requests under way for `seconds`; return how long that took. This loop is closed."""
        self._begun = perf_counter()
        self._until = self._begun + seconds
        self._refill = requests
        for number in range(concurrent):
            self._launch(next(requests), perf_counter())
            if number % _AT_ONCE == _AT_ONCE - 1:
                await asyncio.sleep(0)
        await asyncio.sleep(self._until - perf_counter())
        self._refill = None
        return perf_counter() - self._begun

    async def drain(self, seconds: float | None = None) -> None:
        """Wait until all under way has ended, which the deadlines bound; give up after `seconds` what is left."""
        until = perf_counter() + seconds if seconds is not None else None
        while self.under_way:
            if until is not None and perf_counter() > until:
                for connection in list(self._busy):
                    connection.give_up()
                self._give_up_waiting(float("inf"))
                return
            await asyncio.sleep(_SWEEP_S)

    async def close(self) -> None:
        """Close every connection."""
        self._swept.cancel()
        self._refill = None
        for connection in list(self._all):
            connection.close()
        for task in self._connecting:
            task.cancel()
        await asyncio.gather(*self._connecting, return_exceptions=True)
        await asyncio.sleep(0)

    def _fire(self) -> None:
        """Let go what is due, and come back when the next one is."""
        soon = perf_counter() - self._begun + EARLY_S
        left = _AT_ONCE
        upcoming = self._next
        while upcoming is not None and upcoming[0] <= soon and left:
            self._launch(upcoming[1], self._begun + upcoming[0])
            upcoming = next(self._schedule, None)
            left -= 1
        self._next = upcoming
        if upcoming is None:
            if self._played is not None and not self._played.done():
                self._played.set_result(None)
        elif left:
            self._loop.call_later(max(0.0, self._begun + upcoming[0] - EARLY_S - perf_counter()), self._fire)
        else:
            self._loop.call_soon(self._fire)

    def _launch(self, request: Request, due: float) -> None:
        tally = request.tally
        tally.sent += 1
        if self._free:
            self._carry(self._free.pop(), request, due)
        elif len(self._all) < self._limit:
            self._connect(_sent(request, due))
        else:
            self._waiting.append((request, due))
        tally.concurrent = max(tally.concurrent, len(self._busy) + len(self._waiting))

    def _carry(self, connection: Connection, request: Request, due: float) -> None:
        sent = _sent(request, due)
        self._busy[connection] = sent.start + request.deadline_s
        connection.carry(sent, self._bytes(request))

    def _bytes(self, request: Request) -> bytes:
        if not request.traced:
            return request.before
        number = next(self._ids)
        trace = b"traceparent: 00-%s%016x-%016x-01\r\n" % (self._salt, number, number)
        return request.before + trace + request.after

    def _connect(self, sent: Sent) -> None:
        connection = Connection(self, sent, self._bytes(sent.request))
        self._all.add(connection)
        self._busy[connection] = sent.start + sent.request.deadline_s
        task = self._loop.create_task(self._connected(connection))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def _connected(self, connection: Connection) -> None:
        to = self._address
        try:
            if to.path is not None:
                await self._loop.create_unix_connection(lambda: connection, to.path)
            else:
                await self._loop.create_connection(lambda: connection, to.host, to.port, ssl=to.tls)
        except OSError as problem:
            self._all.discard(connection)
            sent, connection.sent = connection.sent, None
            if sent is not None:
                refused = isinstance(problem, ConnectionRefusedError | FileNotFoundError)
                self.ended(connection, sent, "refused" if refused else "unreachable", 0, usable=False)

    def ended(self, connection: Connection, sent: Sent, problem: str, status: int, usable: bool) -> None:
        """Count what has ended, and let the connection carry what waits."""
        now = perf_counter()
        self._busy.pop(connection, None)
        sent.request.tally.count(sent, problem, status, now)
        if usable and self._waiting:
            self._carry(connection, *self._waiting.popleft())
        elif usable:
            self._free.append(connection)
        if self._refill is not None and now < self._until:
            if problem:  # an app that refuses at once is not asked in a tight loop
                self._loop.call_later(_SWEEP_S, self._again)
            else:
                self._launch(next(self._refill), now)

    def _again(self) -> None:
        if self._refill is not None and perf_counter() < self._until:
            self._launch(next(self._refill), perf_counter())

    def closed(self, connection: Connection, sent: Sent | None) -> None:
        """Forget a connection; what it could not carry goes by another, and so does what waited for one."""
        self._all.discard(connection)
        self._busy.pop(connection, None)
        if connection in self._free:
            self._free.remove(connection)
        if sent is not None:
            self._connect(sent)
        elif self._waiting and len(self._all) < self._limit:
            self._connect(_sent(*self._waiting.popleft()))

    def _sweep(self) -> None:
        """Give up what is past its deadline."""
        now = perf_counter()
        for connection in [c for c, deadline in self._busy.items() if deadline < now]:
            connection.give_up()
        self._give_up_waiting(now)
        self._swept = self._loop.call_later(_SWEEP_S, self._sweep)

    def _give_up_waiting(self, now: float) -> None:
        while self._waiting and self._waiting[0][1] + self._waiting[0][0].deadline_s < now:
            request, due = self._waiting.popleft()
            request.tally.errors["timeout"] += 1
            request.tally.latency.add(min(perf_counter() - due, request.deadline_s))


def _sent(request: Request, due: float) -> Sent:
    """Begin a request now, and note how late that is. What leaves early counts from when it left."""
    now = perf_counter()
    late = now - due
    if late > request.tally.late_s:
        request.tally.late_s = late
    if late > LATE_S:
        request.tally.late += 1
    return Sent(request, due if late > 0 else now, now)
