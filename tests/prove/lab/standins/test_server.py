"""The server of the stand-ins: HTTP as clients send it, and connections that are broken on purpose or by accident."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonogo.prove.lab.standins import server as serving
from gonogo.prove.lab.standins.server import Response, Server


@asynccontextmanager
async def served(respond):
    server = Server(respond)
    await server.start(port=0)
    try:
        yield server
    finally:
        await server.stop()


async def said(server, data, *, until=None):
    """Send bytes; return all that came until the server closed, or until that came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(data)
    try:
        async with asyncio.timeout(5):
            return await (reader.readuntil(until) if until else reader.read())
    finally:
        writer.close()


async def echo(request):
    body = await request.read()
    return Response(200, {"X-Seen": f"{request.method} {request.path} {len(body)}"}, body)


CLOSE = b"Connection: close\r\n\r\n"


async def test_a_body_with_a_length_is_read_whole():
    async with served(echo) as server:
        came = await said(server, b"POST /a%20b?q=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n" + CLOSE + b"hello")
    assert came.startswith(b"HTTP/1.1 200 OK\r\nX-Seen: POST /a b 5\r\n")
    assert b"Content-Length: 5\r\n" in came
    assert b"\r\nDate: " in came
    assert came.endswith(b"\r\n\r\nhello")


async def test_a_body_in_chunks_is_read_whole():
    async with served(echo) as server:
        head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n" + CLOSE
        came = await said(server, head + b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n")
    assert came.endswith(b"\r\n\r\nhello")


async def test_requests_that_come_at_once_are_answered_in_their_order():
    async def slow_first(request):
        await asyncio.sleep(0.05 if request.path == "/1" else 0)
        return Response(body=request.path.encode())

    async with served(slow_first) as server:
        came = await said(server, b"".join(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % n for n in range(1, 31))
                          + b"GET /end HTTP/1.1\r\nHost: x\r\n" + CLOSE)  # fmt: skip
    bodies = [part.partition(b"\r\n\r\n")[2] for part in came.split(b"HTTP/1.1 200 OK\r\n")[1:]]
    assert bodies == [b"/%d" % n for n in range(1, 31)] + [b"/end"]


async def test_a_client_that_waits_for_leave_to_send_its_body_gets_it():
    async with served(echo) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n" + CLOSE)
        assert await reader.readline() == b"HTTP/1.1 100 Continue\r\n"
        writer.write(b"ok")
        assert (await reader.read()).endswith(b"ok")
        writer.close()


async def test_an_answer_in_parts_is_chunked_and_for_old_clients_ended_by_closing():
    async def parts(request):
        stream = await request.begin(200, {"Content-Type": "text/event-stream"})
        for part in (b"one", b"", b"two"):
            await stream.write(part)
        await stream.write_eof()

    async with served(parts) as server:
        new = await said(server, b"GET / HTTP/1.1\r\nHost: x\r\n" + CLOSE)
        old = await said(server, b"GET / HTTP/1.0\r\n\r\n")
    assert new.endswith(b"\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")
    assert old.endswith(b"\r\n\r\nonetwo")


async def test_head_gets_the_length_and_no_body():
    async with served(lambda request: asyncio.sleep(0, Response(body=b"hello"))) as server:
        came = await said(server, b"HEAD / HTTP/1.1\r\nHost: x\r\n" + CLOSE)
    assert b"Content-Length: 5\r\n" in came
    assert came.endswith(b"\r\n\r\n")


async def test_no_value_of_a_header_begins_another():
    async with served(lambda request: asyncio.sleep(0, Response(headers={"A": "1\r\nB: 2", "C": "3"}))) as server:
        came = await said(server, b"GET / HTTP/1.1\r\nHost: x\r\n" + CLOSE)
    assert b"\r\nA: 1  B: 2\r\nC: 3\r\n" in came


async def test_headers_are_read_without_regard_to_case_and_joined_where_they_repeat():
    async def one(request):
        return Response(body=request.headers["x-a"].encode())

    async with served(one) as server:
        came = await said(server, b"GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nx-a: 2\r\n" + CLOSE)
    assert came.endswith(b"\r\n\r\n1, 2")


async def test_a_caller_that_leaves_cancels_the_answer():
    left = asyncio.Event()

    async def endless(request):
        stream = await request.begin(200, {})
        try:
            while True:
                await stream.write(b"on and on")
                await asyncio.sleep(0.005)
        except (asyncio.CancelledError, ConnectionError):
            left.set()
            raise

    async with served(endless) as server:
        await said(server, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", until=b"on and on")
        await asyncio.wait_for(left.wait(), 5)


async def test_stopping_ends_answers_under_way_and_frees_the_port():
    ended = asyncio.Event()

    async def hangs(request):
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with served(hangs) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.sleep(0.05)
    assert ended.is_set()
    writer.close()
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", server.port)


async def test_an_answer_that_breaks_is_an_error_and_no_hang(caplog):
    async def breaks(request):
        raise LookupError("a bug")

    async with served(breaks) as server:
        came = await said(server, b"GET / HTTP/1.1\r\nHost: x\r\n" + CLOSE)
    assert came.startswith(b"HTTP/1.1 500 ")
    assert "a bug" in caplog.text


@pytest.mark.parametrize(
    "data",
    [
        b"this is no HTTP\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"h%d: x\r\n" % n for n in range(300)) + b"\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
async def test_what_cannot_be_read_is_refused_and_the_connection_closed(data):
    async with served(echo) as server:
        came = await said(server, data)
    assert came.startswith(b"HTTP/1.1 400 Bad Request\r\n")


async def test_a_body_beyond_the_limit_ends_the_connection(monkeypatch):
    monkeypatch.setattr(serving, "BODY_LIMIT", 1000)
    async with served(echo) as server:
        came = await said(server, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000)
        assert b"200 OK" not in came
        assert (await said(server, b"GET / HTTP/1.1\r\nHost: x\r\n" + CLOSE)).startswith(b"HTTP/1.1 200 OK")


PIECES = [
    b"GET / HTTP/1.1\r\n", b"Host: x\r\n", b"\r\n", b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n", b"\xff",
    b"Content-Length: 3\r\n", b"Upgrade: websocket\r\nConnection: upgrade\r\n", b"CONNECT x:1 HTTP/1.1\r\n",
]  # fmt: skip


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from(PIECES)), max_size=8))
async def test_whatever_comes_the_next_caller_is_answered(parts):
    async with served(echo) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"".join(parts))
        writer.write_eof()
        async with asyncio.timeout(5):
            await reader.read()
        writer.close()
        assert (await said(server, b"GET / HTTP/1.1\r\nHost: x\r\n" + CLOSE)).startswith(b"HTTP/1.1 200 OK")
