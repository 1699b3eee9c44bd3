"""A session sends journeys and joins to each the calls that it caused, and never a call of another."""

import asyncio
import json
import sys

import pytest

from gonogo.facts import AppLog, ModelCall
from gonogo.facts.declaration import Journey, Service, System
from gonogo.facts.lab_declaration import Lab
from gonogo.prove.drive.asking import ask
from gonogo.prove.lab.script import Script
from gonogo.prove.lab.session import Session, opened
from tests.prove.lab.rooms import room

APP = """
import http.server, os, time, urllib.request

class Edge(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/calls-late":
            time.sleep(0.6)
            self.call()
        if self.path == "/calls":
            self.call()
        if self.path == "/waits":
            time.sleep(1.2)
        said = b"begun " + b"on " * 20_000 + b"ended" if self.path == "/long" else b"ok"
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def call(self):
        body = b'{"model": "m", "messages": [{"role": "user", "content": "hi"}]}'
        trace = {"traceparent": self.headers["traceparent"]} if self.headers["X-Trace"] else {}
        request = urllib.request.Request(os.environ["OPENAI_BASE_URL"] + "/chat/completions", body, trace)
        urllib.request.urlopen(request).close()

http.server.ThreadingHTTPServer(("127.0.0.1", 8124), Edge).serve_forever()
"""
IDS = ["a" * 32, "b" * 32]


@pytest.fixture
def session(tmp_path):
    (tmp_path / "app.py").write_text(APP)
    start = (sys.executable, "app.py")
    system = System(name="app", service=Service(start=start, port=8124))
    return Session(root=tmp_path, system=system, room=room())


def journey(path, number, **headers):
    return ask(Journey(name=path, method="GET", path=path, headers=headers), IDS[number])


def joined(session):
    return [call.journey for call in session.room.facts if isinstance(call, ModelCall)]


async def both(session, **headers):
    """Begin a journey that calls the model late, and beside it one that calls nothing and ends later."""
    async with opened(session):
        first = asyncio.create_task(session.ask(journey("/calls-late", 0, **headers)))
        await asyncio.sleep(0.2)
        await session.ask(journey("/waits", 1))
        await first


async def test_a_call_with_a_trace_belongs_to_its_journey_whatever_is_under_way(session):
    await both(session, **{"X-Trace": "yes"})
    assert joined(session) == [IDS[0]]


async def test_a_call_without_a_trace_belongs_to_nobody_while_two_journeys_are_under_way(session):
    await both(session)
    assert joined(session) == [""]


async def test_a_call_without_a_trace_belongs_to_the_only_journey_under_way(session):
    async with opened(session):
        for number in (0, 1):
            await session.ask(journey("/calls", number))
    assert joined(session) == IDS


async def test_of_two_journeys_at_once_each_finds_its_own_answer(session):
    async def came(path, number):
        await session.ask(journey(path, number))
        return session.came.size

    async with opened(session):
        assert await asyncio.gather(came("/long", 0), came("/calls", 1)) == [60_011, 2]


async def test_of_a_long_answer_the_beginning_and_the_end_are_kept(session):
    async with opened(session):
        exchange = await session.ask(journey("/long", 0))
    for kept in (exchange.body, exchange.answer):
        assert (kept[:6], kept[-6:]) == ("begun ", " ended")
        assert len(kept) <= 4_000
    assert exchange.body_bytes == 60_011


async def test_a_system_of_commands_alone_does_not_die(tmp_path):
    system = System(name="tool", journeys=(Journey(name="say", command=("true",)),))
    async with opened(Session(root=tmp_path, system=system, room=room())) as session:
        await session.ask(ask(system.journeys[0], IDS[0]))
        assert session.death() is None


TALKING = """
import http.server, json

class Edge(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        for number in range(1_500):
            print(json.dumps({"said": self.path, "number": number}))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", 8124), Edge).serve_forever()
"""

LATE = """
import http.server, json

WAITING = []

class Edge(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        WAITING.append(json.dumps({"said": self.path, "trace": self.headers["traceparent"]}))
        if self.path == "/second":
            print("\\n".join(WAITING))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", 8124), Edge).serve_forever()
"""


@pytest.fixture
def talking(tmp_path):
    (tmp_path / "app.py").write_text(TALKING)
    service = Service(start=(sys.executable, "app.py"), port=8124, health="/health")
    return Session(root=tmp_path, system=System(name="app", service=service), room=room())


def cases(session):
    """The cases of the lines that the app printed, by what was asked."""
    lines = [(f.case, json.loads(f.text)["said"]) for f in session.room.facts if isinstance(f, AppLog)]
    return set(lines)


async def test_what_was_printed_before_the_app_was_ready_belongs_to_the_start(talking):
    async with opened(talking):
        talking.room.play("scenario", "next", Script())
        await talking.box.drain()
    assert cases(talking) == {("case", "/health")}


async def test_what_was_printed_before_an_answer_belongs_to_the_case_of_the_answer(talking):
    async with opened(talking):
        await talking.ask(journey("/asked", 0))
        talking.room.play("scenario", "next", Script())
        await talking.box.drain()
    assert cases(talking) == {("case", "/health"), ("case", "/asked")}


async def test_a_line_that_is_read_late_belongs_to_the_case_of_the_journey_whose_trace_it_carries(tmp_path):
    (tmp_path / "app.py").write_text(LATE)
    service = Service(start=(sys.executable, "app.py"), port=8124)
    talking = Session(root=tmp_path, system=System(name="app", service=service), room=room())
    async with opened(talking):
        await talking.ask(journey("/first", 0))
        talking.room.play("scenario", "next", Script())
        await talking.ask(journey("/second", 1))
    assert cases(talking) == {("case", "/first"), ("next", "/second")}


INSTANCE = """
import http.server, os, pathlib

class Edge(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        for name in ("own/said", "common/said"):
            place = pathlib.Path(name)
            place.parent.mkdir(exist_ok=True)
            with place.open("a") as file:
                file.write("x")
        said = f"{pathlib.Path('own/said').read_text()} {pathlib.Path('common/said').read_text()}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8124"))), Edge).serve_forever()
"""


async def test_instances_share_what_is_declared_and_nothing_else(tmp_path):
    (tmp_path / "app.py").write_text(INSTANCE)
    service = Service(start=(sys.executable, "app.py"), port=8124, port_variable="PORT")
    system = System(name="app", service=service, lab=Lab(shared=("common",)))
    async with opened(Session(root=tmp_path, system=system, room=room(), instances=2)) as session:
        assert await session.start_instance(1)
        first = await session.ask(journey("/", 0))
        session.instance = 1
        second = await session.ask(journey("/", 1))
        await session.end_first_instance()
        third = await session.ask(journey("/", 1))
        assert session.death() is None
    assert [e.body for e in (first, second, third)] == ["x x", "x xx", "xx xxx"]
