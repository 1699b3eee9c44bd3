import asyncio
import re
import socket
import struct
from itertools import repeat

import pytest
from hdrh.histogram import HdrHistogram

from gonogo.prove.load.arrival import constant
from gonogo.prove.load.generator import Address, Generator
from gonogo.prove.load.tally import Tally
from gonogo.prove.load.wire import Request
from tests.prove.load.served import GOOD, good, served

GET = b"GET / HTTP/1.1\r\nHost: app\r\n"


async def played(address, moments, limit=100, drain=5.0, **request) -> Tally:
    tally = Tally()
    generator = Generator(address, limit)
    given = {"before": GET + b"\r\n", "deadline_s": 5.0} | request
    await generator.play(zip(moments, repeat(Request(tally=tally, **given))))
    await generator.drain(drain)
    await generator.close()
    assert tally.sent == tally.good + tally.errors.total()
    return tally


async def test_every_request_of_the_schedule_is_sent_and_its_good_answer_counted(tmp_path):
    for path in (None, tmp_path / "socket"):
        async with served(good, path) as address:
            tally = await played(address, constant(200, 0.5))
        assert (tally.sent, tally.answered, tally.good) == (100, 100, 100)
        assert HdrHistogram.decode(tally.latency.encoded()).get_total_count() == 100


async def test_connections_are_kept_and_used_again():
    connections = set()

    async def noted(_, writer):
        connections.add(writer)
        writer.write(GOOD)

    async with served(noted) as address:
        tally = await played(address, constant(50, 0.6))
    assert tally.good == 30
    assert len(connections) < 15


async def test_a_stall_shows_in_the_latency_of_all_who_came_while_it_lasted():
    """A closed loop would have sent one request into it. The stall is a second, a hundred times an ordinary answer."""
    arrived = []

    async def stalling(_, writer):
        arrived.append(asyncio.get_running_loop().time())
        now = arrived[-1] - arrived[0]
        await asyncio.sleep(max(0.0, 1.5 - now) if now > 0.5 else 0)
        writer.write(GOOD)

    async with served(stalling) as address:
        tally = await played(address, constant(100, 2.0))
    latency = tally.latency.histogram()
    assert tally.good == 200
    assert latency.get_value_at_percentile(99.9) > 800_000
    assert latency.get_count_at_value(1) == 0
    slow = latency.get_total_count() - sum(
        step.count_added_in_this_iter_step
        for step in latency.get_recorded_iterator()
        if step.value_iterated_to < 100_000
    )
    assert 70 <= slow <= 110  # those of about 0.9 of a second


async def test_a_request_that_finds_no_connection_free_counts_from_when_it_was_due_and_as_late():
    async def slow(_, writer):
        await asyncio.sleep(0.2)
        writer.write(GOOD)

    async with served(slow) as address:
        tally = await played(address, constant(100, 0.1), limit=1)
    assert tally.good == 10
    assert tally.late == 9
    assert tally.late_s > 1.0
    assert tally.latency.histogram().get_max_value() > 1_500_000
    assert tally.service.histogram().get_max_value() < 1_000_000


async def _refused(_, writer):
    writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno")


async def _silent(_, writer):
    await asyncio.sleep(30)


async def _garbage(_, writer):
    writer.write(b"SSH-2.0-nothing\r\n\r\n")


async def _cut(_, writer):
    writer.write(GOOD[:-5])
    writer.close()


async def _hung_up(_, writer):
    writer.close()


async def _empty(_, writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


async def _reset(_, writer):
    writer.write(GOOD[:-5])
    await writer.drain()
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (_refused, "status-503"), (_silent, "timeout"), (_garbage, "malformed"), (_cut, "truncated"),
        (_hung_up, "closed"), (_empty, "empty"), (_reset, "reset"),
    ],
)  # fmt: skip
async def test_what_goes_wrong_is_counted_by_its_class(answer, error):
    async with served(answer) as address:
        tally = await played(address, constant(20, 0.2), deadline_s=0.3)
    assert tally.errors == {error: 4}
    assert tally.good == 0


async def test_a_closed_port_is_refused_connection_by_connection():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert (await played(Address(port=port), constant(20, 0.2))).errors == {"refused": 4}
    assert (await played(Address(path="/nowhere/socket"), constant(20, 0.1))).errors == {"refused": 2}


async def test_a_refusal_is_timed_apart_from_answers_and_a_timeout_with_them():
    async with served(_refused) as address:
        tally = await played(address, constant(20, 0.2))
    assert tally.refusal.histogram().get_total_count() == 4
    assert tally.latency.encoded() == ""
    async with served(_silent) as address:
        tally = await played(address, constant(20, 0.2), deadline_s=0.2)
    assert tally.latency.histogram().get_min_value() >= 199_000


async def test_a_kept_connection_that_its_server_closed_in_the_meantime_is_no_error_of_the_app():
    async def once(_, writer):
        writer.write(GOOD)
        await writer.drain()
        writer.close()

    async with served(once) as address:
        tally = await played(address, constant(100, 0.5))
    assert tally.good == 50


async def test_a_good_status_without_an_answer_is_no_good_answer():
    async with served(good) as address:
        tally = await played(
            address, constant(20, 0.2), judge=lambda body, kind: kind == "application/json" and b"no" in body
        )
        assert tally.errors == {"no-answer": 4}
        tally = await played(address, constant(20, 0.2), judge=lambda body, kind: b'"answer"' in body)
        assert tally.good == 4


async def test_a_stream_tells_its_first_token_and_the_gaps_between_tokens():
    async def streaming(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(3):
            await asyncio.sleep(0.1)
            writer.write(b"9\r\ndata: a\n\n\r\n")
            await writer.drain()
        writer.write(b"0\r\n\r\n")

    async with served(streaming) as address:
        tally = await played(address, constant(20, 0.2), streams=True)
    assert tally.good == 4
    assert tally.first_token.histogram().get_total_count() == 4
    assert tally.token_gap.histogram().get_total_count() == 8
    assert tally.token_gap.histogram().get_min_value() > 50_000


async def test_a_body_without_a_length_ends_with_its_connection():
    async def old(_, writer):
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello")
        await writer.drain()
        writer.close()

    async with served(old) as address:
        assert (await played(address, constant(20, 0.2))).good == 4


async def test_each_request_has_a_trace_id_of_its_own_where_wanted():
    seen = []

    async def noted(head, writer):
        seen.append(re.search(rb"traceparent: 00-([0-9a-f]{32})-([0-9a-f]{16})-01\r\n", head).group(1))
        writer.write(GOOD)

    async with served(noted) as address:
        await played(address, constant(50, 0.2), before=GET, after=b"\r\n", traced=True)
    assert len(set(seen)) == len(seen) == 10


async def test_so_many_are_kept_under_way():
    most = now = 0

    async def slow(_, writer):
        nonlocal most, now
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.05)
        now -= 1
        writer.write(GOOD)

    tally = Tally()
    async with served(slow) as address:
        generator = Generator(address)
        await generator.hold(repeat(Request(before=GET + b"\r\n", tally=tally)), 20, 0.5)
        await generator.drain(5.0)
        await generator.close()
    assert most == tally.concurrent == 20
    assert tally.good == tally.sent >= 60
