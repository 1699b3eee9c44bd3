"""A procedure ends, replaces and starts single processes of an app, and shifts its clock, while the rest goes on."""

import asyncio
import sys
from email.utils import parsedate_to_datetime

import pytest

from gonogo.facts import ModelCall
from gonogo.facts.declaration import Journey, Service, System
from gonogo.facts.lab_declaration import Lab, LabService
from gonogo.prove.drive.asking import ask
from gonogo.prove.drive.clock import MEND
from gonogo.prove.lab.session import Session, opened
from tests.prove.lab.rooms import room

BESIDE = """
import http.server

class Beside(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"well")

http.server.ThreadingHTTPServer(("127.0.0.1", 8126), Beside).serve_forever()
"""
APP = """
import http.client, http.server, os, threading, time, urllib.request

class Edge(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        said = os.environ.get("WORD", "")
        if self.path == "/beside":
            link = http.client.HTTPConnection("127.0.0.1", 8126, timeout=0.5)
            try:
                link.request("GET", "/")
                said = link.getresponse().read().decode()
            except (OSError, http.client.HTTPException) as error:
                said = type(error).__name__
        if self.path == "/later":
            threading.Timer(0.5, self.call).start()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(said.encode())

    def call(self):
        body = b'{"model": "m", "messages": [{"role": "user", "content": "hi"}]}'
        trace = {"traceparent": self.headers["traceparent"]}
        urllib.request.urlopen(urllib.request.Request(os.environ["OPENAI_BASE_URL"] + "/chat/completions", body, trace))

http.server.ThreadingHTTPServer(("127.0.0.1", 8127), Edge).serve_forever()
"""
IDS = ["a" * 32, "b" * 32]


@pytest.fixture
def session(tmp_path):
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "beside.py").write_text(BESIDE)
    beside = LabService(name="beside", start=(sys.executable, "beside.py"), port=8126)
    system = System(
        name="app",
        service=Service(start=(sys.executable, "app.py"), port=8127, health="/"),
        lab=Lab(services=(beside,)),
    )
    return Session(root=tmp_path, system=system, room=room())


async def said(session, path="/", number=0):
    return await session.ask(ask(Journey(name=path, method="GET", path=path, answer="text"), IDS[number]))


async def test_a_process_is_ended_replaced_by_broken_ones_and_started_again(session):
    async with opened(session):
        assert (await said(session, "/beside")).answer == "well"
        await session.end("beside")
        assert (await said(session, "/beside")).answer == "ConnectionRefusedError"
        assert await session.begin("beside hung")
        assert (await said(session, "/beside")).answer == "TimeoutError"
        await session.end("beside hung")
        assert await session.begin("beside garbage")
        assert (await said(session, "/beside")).answer in ("BadStatusLine", "LineTooLong", "RemoteDisconnected")
        await session.end("beside garbage")
        assert await session.begin("beside")
        assert (await said(session, "/beside")).answer == "well"


async def test_the_service_is_started_anew_with_another_environment_while_the_rest_goes_on(session):
    async with opened(session):
        assert await session.renew({"WORD": "other"})
        assert [(await said(session, path)).answer for path in ("/", "/beside")] == ["other", "well"]
        assert session.death() is None


async def test_the_calls_of_a_held_journey_stay_its_own_after_its_answer(session):
    async with opened(session):
        first = ask(Journey(name="later", method="GET", path="/later"), IDS[0])
        await session.ask(first)
        session.hold(first)
        for _ in range(100):
            await said(session, number=1)
            await asyncio.sleep(0.05)
            if calls := [f for f in session.room.facts if isinstance(f, ModelCall)]:
                break
        assert [c.journey for c in calls] == [IDS[0]]


async def test_the_clock_of_an_app_follows_a_file(session):
    async with session:
        if (clock := session.clock()) is None:
            pytest.skip(f"the clock of an app cannot be shifted here; {MEND}")
        await session.start(more=clock.variables)
        before = await said(session)
        clock.set(3_600)
        after = await said(session)
    dates = [parsedate_to_datetime(e.headers["date"]) for e in (before, after)]
    assert 3_590 < (dates[1] - dates[0]).total_seconds() < 3_700
