"""Load on a real app of the examples: contained on a copy, and as a running environment."""

import asyncio
import dataclasses
import shutil
from pathlib import Path

import msgspec
import pytest
from hdrh.histogram import HdrHistogram

from gonogo import system
from gonogo.errors import CollectError, UsageError
from gonogo.facts import Declaration, LoadRun, ModelCall, Run, ScenarioRun
from gonogo.facts.declaration import Environment, Journey
from gonogo.prove.base import Target
from gonogo.prove.load.collect import Load
from gonogo.prove.subject import subject_of

APP = Path(__file__).parents[3] / "examples" / "assistant"


@pytest.fixture
def root(tmp_path):
    return Path(shutil.copytree(APP, tmp_path / "assistant", ignore=shutil.ignore_patterns("__pycache__")))


def collected(root, load, change=lambda system: system, environment=None):
    declaration = system.load(root)
    declaration = msgspec.structs.replace(declaration, system=change(declaration.system))
    told = []
    target = Target(
        root=root, subject=subject_of(root, declaration), run="r", declaration=declaration, tell=told.append,
        environment=environment,
    )  # fmt: skip
    return list(load.collect(target)), told


def of(facts, kind):
    return [f for f in facts if isinstance(f, kind)]


def test_stages_of_a_real_app_become_facts_with_histograms_and_samples(root):
    facts, told = collected(root, Load("load-peak", seconds=2.5))
    whole = {r.stage: r for r in of(facts, LoadRun) if not r.journey}
    assert set(whole) == {"expected", "peak"}
    for run in whole.values():
        histogram = HdrHistogram.decode(run.latency)
        assert run.good == run.sent == histogram.get_total_count() > 0, run.errors
        assert histogram.get_value_at_percentile(50) > 100_000  # the model needs 300 ms for its first token
        assert run.memory_mb and run.cpu and run.files and run.connections
        assert HdrHistogram.decode(run.first_token).get_total_count() < run.sent  # of the streamed journey alone
    each = [r for r in of(facts, LoadRun) if r.journey and r.stage == "peak"]
    assert {(r.journey, r.route) for r in each} == {("ask", "/ask"), ("stream", "/stream")}
    assert sum(r.sent for r in each) == whole["peak"].sent
    assert any("peak" in said for said in told)


def test_a_scenario_ends_with_its_run_and_carries_no_fact_of_each_request(root):
    facts, _ = collected(root, Load("overload-recovery", seconds=1))
    assert isinstance(facts[0], Declaration)
    played, run = facts[-2:]
    assert isinstance(played, ScenarioRun) and played.cases == ("normal", "overload", "after") and not played.problem
    assert isinstance(run, Run) and run.collector == "load:overload-recovery" and run.complete
    assert {getattr(f, "run", run.run) for f in facts} == {run.run}
    assert not of(facts, ModelCall)
    slices = [r for r in of(facts, LoadRun) if r.stage == "after"]
    assert [r.begun_s for r in slices] == sorted({r.begun_s for r in slices}) and len(slices) == 2
    assert all(not r.journey for r in slices)


def test_an_app_that_does_not_answer_without_load_gets_none(root):
    def broken(system):
        return dataclasses.replace(system, journeys=(Journey(name="ask", path="/nowhere", identity="alice"),))

    facts, _ = collected(root, Load("load-peak", seconds=1), broken)
    assert not of(facts, LoadRun)
    assert "without load, 2 of 2 requests got no good answer" in of(facts, ScenarioRun)[0].problem
    run = of(facts, Run)[0]
    assert not run.complete and "status-404" in run.problems[0]


def test_a_limit_per_user_that_is_not_lifted_shows_as_refusals(root):
    def strict(system):
        limits = {"ASK_PER_MINUTE": "4"}
        return dataclasses.replace(system, load=dataclasses.replace(system.load, environment=limits))

    facts, _ = collected(root, Load("load-peak", seconds=3), strict)
    peak = next(r for r in of(facts, LoadRun) if r.stage == "peak" and not r.journey)
    assert peak.errors["status-429"] > 0
    assert HdrHistogram.decode(peak.refusal).get_total_count() == peak.errors["status-429"]


def test_an_app_that_cannot_be_started_is_a_problem_and_no_error(root):
    def unstartable(system):
        return dataclasses.replace(system, service=dataclasses.replace(system.service, start=("python3", "-c", "1/0")))

    facts, _ = collected(root, Load("load-peak", seconds=1), unstartable)
    assert of(facts, ScenarioRun)[0].problem


def test_a_step_that_breaks_the_app_is_the_last_one(root):
    def frail(system):
        limits = {"ASK_PER_MINUTE": "20"}
        return dataclasses.replace(system, load=dataclasses.replace(system.load, environment=limits))

    facts, _ = collected(root, Load("concurrency-stress", seconds=1), frail)
    played = of(facts, ScenarioRun)[0]
    assert played.cases == ("held-100",)
    assert set(played.cut) == {"held-300", "held-1000"}
    assert "at 100 at once only" in played.cut["held-300"]


async def test_a_running_disposable_environment_is_loaded_over_its_port(root):
    async def answer(reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                await reader.readexactly(length)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 31\r\n\r\n" + b'{"answer": "a", "text": "good"}')
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        there = Environment(name="load", url=f"http://127.0.0.1:{port}", disposable=True)
        facts, _ = await asyncio.to_thread(collected, root, Load("load-peak", seconds=1.5), lambda s: s, there)
    whole = [r for r in of(facts, LoadRun) if not r.journey]
    assert all(r.good == r.sent > 0 for r in whole), [r.errors for r in whole]
    assert of(facts, Run)[0].environment == "load"
    assert not whole[0].cpu


def test_load_is_refused_before_anything_is_sent(root):
    with pytest.raises(UsageError, match="production"):
        collected(root, Load(), environment=Environment(name="live", url="http://127.0.0.1:1", production=True))


def test_without_a_declaration_there_is_nothing_to_load(root):
    target = Target(root=root, subject=subject_of(root, None), run="r")
    with pytest.raises(CollectError, match="how the app starts"):
        next(Load().collect(target))
