"""An app that runs already: where the lab goes, whether it is called there, and what it does not play."""

import asyncio
import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from gonogo import catalog, system
from gonogo.checks.judge import judge
from gonogo.derive.factset import FactSet
from gonogo.errors import CollectError, UsageError
from gonogo.facts import Declaration, ModelCall, ScenarioRun, System
from gonogo.facts.declaration import Environment, Journey, Provider
from gonogo.facts.lab_declaration import Lab as Settings
from gonogo.plugins import checks
from gonogo.prove.base import Target, utc_now
from gonogo.prove.lab.collect import Lab
from gonogo.prove.lab.running import RunningSession, as_running, listening, pointers
from gonogo.prove.lab.scenario import Case, Start, load
from gonogo.prove.lab.script import Fault
from gonogo.prove.lab.standins.house import PORTS, House, Listening
from gonogo.prove.subject import subject_of
from tests.prove.lab.rooms import room

APP = """
import http.server, json, os, sys, urllib.error, urllib.request

class Edge(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"]
        body = {"model": "gpt-4o-2024-11-20", "messages": [{"role": "user", "content": text}]}
        headers = {"traceparent": self.headers["traceparent"], "Content-Type": "application/json"}
        url = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=2) as reply:
                self.say(200, json.load(reply)["choices"][0]["message"]["content"])
        except (OSError, ValueError):
            self.say(503, "away")

    def say(self, status, text):
        body = json.dumps({"answer": text}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Edge)
print(server.server_port, flush=True)
server.serve_forever()
"""
DECLARED = """
name: app
kinds: [llm-app]
environments:
  - {{name: here, url: "http://127.0.0.1:{port}"}}
journeys:
  - {{name: ask, path: /ask, body: {{text: Hello?}}, answer: /answer, deadline_s: 4}}
providers: [{{name: openai, base_url_variable: OPENAI_BASE_URL}}]
lab: {{listen: "127.0.0.1:{listen}", ready_s: 1}}
"""


@pytest.fixture
def app(tmp_path):
    """Start the app, pointed at an address, and return where it is declared."""
    started = []

    def start(listen, pointed):
        (tmp_path / "app.py").write_text(APP)
        environment = {"OPENAI_BASE_URL": f"http://127.0.0.1:{pointed}/v1", "PATH": os.environ["PATH"]}
        process = subprocess.Popen([sys.executable, "app.py"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE)
        started.append(process)
        port = int(process.stdout.readline())
        (tmp_path / "gonogo.yaml").write_text(DECLARED.format(port=port, listen=listen))
        return tmp_path

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def free(port):
    with socket.socket() as taken:
        return port < 65_536 and taken.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture
def listen(unused_tcp_port_factory):
    """The first of as many free ports in a row as there are stand-ins."""
    return next(p for p in iter(unused_tcp_port_factory, None) if all(free(p + n) for n in range(len(PORTS))))


def seen(root, *scenarios):
    declaration = system.load(root)
    target = Target(
        root=root, subject=subject_of(root, declaration), run="case", declaration=declaration,
        environment=declaration.system.environments[0],
    )  # fmt: skip
    return list(Lab(scenarios=scenarios).collect(target))


def test_what_happens_at_the_boundary_is_played_and_judged_and_what_is_not_seen_is_left_open(app, listen):
    facts = seen(app(listen, listen), "retry-classification", "model-calls-logged", "boundary-contracts")
    runs = {run.scenario: run for run in facts if isinstance(run, ScenarioRun)}
    assert {run.contained for run in runs.values()} == {"elsewhere"}
    assert any(call.fault and call.scenario == "retry-classification" for call in facts if isinstance(call, ModelCall))
    assert "runs already" in next(iter(runs["boundary-contracts"].cut.values()))
    asked = ["reliability.retry-classification", "observability.model-calls-logged"]
    retries, logged = (f for f in judge(FactSet(facts), catalog.load(), asked, checks()) if f.method == "lab")
    assert retries.outcome in ("pass", "fail")
    assert (logged.outcome, logged.summary) == ("inconclusive", "the app ran already, where its output cannot be seen")


def test_an_app_that_calls_somebody_else_is_told_how_to_call_the_lab(app, listen):
    with pytest.raises(UsageError, match="none of its calls reaches the lab") as said:
        seen(app(listen, 9), "observe")
    assert said.value.mend == f"start it with OPENAI_BASE_URL=http://127.0.0.1:{listen}/v1"


def test_an_app_that_is_not_there_is_told(app, listen, unused_tcp_port):
    root = app(listen, listen)
    (root / "gonogo.yaml").write_text(DECLARED.format(port=unused_tcp_port, listen=listen))
    with pytest.raises(UsageError, match="here gives no answer"):
        seen(root, "observe")


def environment(**fields):
    return Environment(**{"name": "staging", "url": "http://127.0.0.1:8000", **fields})


SYSTEM = System(name="app", journeys=(Journey(name="ask", path="/ask"),), lab=Settings(listen="127.0.0.1:9100"))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_this_machine_is_admitted_as_it_is(url):
    assert listening(SYSTEM, environment(url=url)).ports["provider"] == 9100


@pytest.mark.parametrize("url", ["https://staging.example.org", "http://10.0.0.7:8000", "http://localhost.example.org"])
def test_another_machine_is_admitted_where_it_may_be_broken(url):
    with pytest.raises(UsageError, match="staging is not declared disposable, and the lab may break it"):
        listening(SYSTEM, environment(url=url))
    assert listening(SYSTEM, environment(url=url, disposable=True))


@pytest.mark.parametrize("disposable", [True, False])
def test_production_is_refused_whatever_is_declared_of_it(disposable):
    with pytest.raises(UsageError, match="staging is production, and the lab never goes there"):
        listening(SYSTEM, environment(production=True, disposable=disposable))


def test_without_an_address_of_the_lab_the_key_is_named():
    with pytest.raises(UsageError, match=r"lab\.listen"):
        listening(System(name="app"), environment())


def test_the_variables_that_are_declared_point_at_the_lab_and_the_usual_ones_where_none_is():
    listens = Listening("lab.test", 9100)
    assert list(pointers(SYSTEM, listens)) == [
        "OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "GOOGLE_GEMINI_BASE_URL", "OLLAMA_HOST"
    ]  # fmt: skip
    declared = System(
        name="app", providers=(Provider(name="anthropic", base_url_variable="CLAUDE"),),
        lab=Settings(point={"QDRANT": "qdrant"}),
    )  # fmt: skip
    assert pointers(declared, listens) == {"CLAUDE": "http://lab.test:9100", "QDRANT": "http://lab.test:9102"}


def test_commands_are_no_requests_to_a_running_app():
    both = System(name="app", journeys=(*SYSTEM.journeys, Journey(name="run", command=("run",))))
    assert [j.name for j in as_running(both).journeys] == ["ask"]


def test_what_breaks_the_network_or_starts_the_app_is_not_played():
    session = RunningSession(root=Path(), system=SYSTEM, room=room(), deployment=environment())
    assert session.cannot(Case(case="good", faults=(Fault(fault="status"),))) is None
    for faults in ((Fault(fault="tls-expired"),), (Fault(fault="dns"),), (Fault(fault="hang-before-accept"),)):
        assert "network" in session.cannot(Case(case="bad", faults=faults))
    assert "starts the app" in session.cannot(Case(case="bad", start=Start()))
    with pytest.raises(CollectError, match="runs already"):
        asyncio.run(session.stop())


def test_scenarios_that_start_or_change_the_app_are_left_out_with_the_reason():
    plan = Lab().plan(Path(), Declaration(seen_at=utc_now(), run="r", system=SYSTEM), environment())
    assert plan.rooms == 1
    assert "runs already" in plan.lacking["starts"]
    assert {"primary-outage", "rate-limits"} <= {s.scenario for s in plan.scenarios}
    assert not {s.scenario for s in plan.scenarios} & {s.scenario for s in load() if s.procedure and not s.running}


async def test_a_port_that_is_taken_is_named(unused_tcp_port):
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", unused_tcp_port)
    async with taken:
        with pytest.raises(CollectError, match=f"cannot listen at 127.0.0.1:{unused_tcp_port}"):
            async with House(room(), Listening("127.0.0.1", unused_tcp_port)):
                pass


async def test_each_stand_in_listens_at_its_port(listen):
    async with House(room(), Listening.at(f"127.0.0.1:{listen}")):
        url = f"http://127.0.0.1:{listen}/v1/models"
        answer = await asyncio.to_thread(lambda: urllib.request.urlopen(url, timeout=5).status)
    assert answer == 200
    assert list(Listening("", 1).ports) == list(PORTS)
