import pytest

from gonogo.checks.retrieval.load import embedding_capacity_by_load, retrieval_latency_by_load, vector_db_sized_by_load
from gonogo.facts import Declaration, IndexRun, RetrievalRun, System
from gonogo.facts.declaration import Index, Objective
from tests.checks.load_facts import WHEN, encoded, of, run


def step(name="search", n=600, s=0.02, service="store", **given):
    service = service if name == "search" else ""
    return RetrievalRun(
        seen_at=WHEN, scenario="load", stage="peak", step=name, calls=n, latency=encoded([s] * n), service=service,
        **given,
    )  # fmt: skip


def filled(**given):
    return IndexRun(
        seen_at=WHEN, scenario="load", stage="peak", **{"documents": 100, "wanted": 100, "points": 200, "seconds": 9.0,
        "exit_code": 0} | given,
    )  # fmt: skip


PEAK = [run("peak", n=600, seconds=150.0)]
STEPS = [step("embed", s=0.3), step(), step("rerank", s=0.1)]
LATENCY = [
    ("good", PEAK, STEPS, [filled()], "pass"),
    ("no reranker", PEAK, STEPS[:2], [filled()], "pass"),
    ("slow search", PEAK, [step(s=0.12)], [filled()], "fail"),
    ("slow and failing at its deadline", PEAK, [step(s=2.0, failed=500)], [filled()], "fail"),
    ("failing at once", PEAK, [step(s=0.001, failed=60)], [filled()], "inconclusive"),
    ("few searches, for there is a cache", PEAK, [step(n=24)], [filled()], "inconclusive"),
    ("the lab's own store", PEAK, [step(service="")], [filled()], "inconclusive"),
    ("the lab's own store, and slow", PEAK, [step(s=2.0, service="")], [filled()], "inconclusive"),
    ("an empty store", PEAK, STEPS, [], "inconclusive"),
    ("an index elsewhere", PEAK, STEPS, [filled(points=0)], "inconclusive"),
    ("no time to index all", PEAK, STEPS, [filled(wanted=900)], "inconclusive"),
    ("no search seen", PEAK, STEPS[:1], [filled()], "inconclusive"),
    ("only the indexer's searches", PEAK, [step(by="indexer")], [filled()], "inconclusive"),
    ("generator late", [run("peak", late_share=0.2, late_ms=90)], STEPS, [filled()], "inconclusive"),
]


@pytest.mark.parametrize(("runs", "steps", "indexed", "outcome"), [c[1:] for c in LATENCY], ids=[c[0] for c in LATENCY])
def test_retrieval_latency(tells, runs, steps, indexed, outcome):
    answer = retrieval_latency_by_load(runs, steps, indexed, limits=of(retrieval_latency_by_load))
    assert answer.outcome == outcome
    tells(answer)


def test_each_step_is_told_with_its_percentiles_n_and_interval():
    answer = retrieval_latency_by_load(PEAK, STEPS, [filled()], limits=of(retrieval_latency_by_load))
    for name in ("embed", "search", "rerank"):
        for percentile in ("p50", "p95", "p99"):
            assert f"{name} {percentile} " in answer.sample
    assert answer.sample.count("n = 600") == 9
    assert "in store" in answer.sample and "at the lab's stand-in" in answer.sample


GROWN = [run("grown", n=600, seconds=150.0)]
SIZED = [
    ("good", 100, STEPS, filled(documents=300, wanted=300, points=600), "pass"),
    ("slow", 100, [step(s=0.15)], filled(documents=300, wanted=300, points=600), "fail"),
    ("no time for all, and quick", 100, STEPS, filled(documents=120, wanted=300, points=240), "inconclusive"),
    ("no time for all, and slow already", 100, [step(s=0.15)], filled(documents=120, wanted=300), "fail"),
    ("few of them were written", 100, STEPS, filled(documents=300, wanted=300, points=200), "inconclusive"),
    ("nobody says how many there are", None, STEPS, filled(documents=36, wanted=36), "inconclusive"),
    ("the lab's own store", 100, [step(service="")], filled(documents=300, wanted=300, points=600), "inconclusive"),
]


@pytest.mark.parametrize(("held", "steps", "indexed", "outcome"), [c[1:] for c in SIZED], ids=[c[0] for c in SIZED])
def test_vector_db_sized(tells, held, steps, indexed, outcome):
    index = Index(name="handbook", ingest=("index", "{folder}"), documents=held)
    system = [Declaration(seen_at=WHEN, system=System(name="app", indexes=(index,)))]
    answer = vector_db_sized_by_load(GROWN, steps, [indexed], system, limits=of(vector_db_sized_by_load))
    assert answer.outcome == outcome
    tells(answer)


def crowded(queries=600, requests=700, seconds=150.0, exit_code=None, **given):
    """Queries at 4 a second for 150 s, and an indexer whose cap is 300 requests a minute."""
    stage = run("indexing", n=600, seconds=150.0, **given)
    steps = [step("embed", n=n, by=by, s=0.05) for by, n in (("queries", queries), ("indexer", requests)) if n]
    job = filled(documents=3000, wanted=3000, seconds=seconds, exit_code=exit_code, beside=True)
    return [stage], steps, [filled(), job]


CAPS = {"embedding_requests_per_minute": 1500, "ingest_requests_per_minute": 300}
CAPACITY = [
    ("good", crowded(), CAPS, 2, "pass"),
    ("the indexer is over its cap", crowded(requests=1200), CAPS, 2, "fail"),
    ("it is over its cap, and done early", crowded(requests=700, seconds=40.0, exit_code=0), CAPS, 2, "fail"),
    ("no room is left", crowded(queries=2600), CAPS, 2, "fail"),
    ("more is asked than there is", crowded(queries=9000), CAPS, 2, "fail"),
    ("queries fail", crowded(errors={"status-503": 60}), CAPS, 2, "fail"),
    ("queries wait", crowded(s=3.0), CAPS, 2, "fail"),
    ("no objective", crowded(), CAPS, None, "inconclusive"),
    ("done early, within its cap", crowded(requests=50, seconds=20.0, exit_code=0), CAPS, 2, "inconclusive"),
    ("the indexer breaks off", crowded(exit_code=1), CAPS, 2, "inconclusive"),
    ("a few queries fail", crowded(errors={"status-503": 5}), CAPS, 2, "inconclusive"),
    ("nothing is embedded", crowded(requests=0), CAPS, 2, "inconclusive"),
    ("nobody says what is enough", crowded(), {}, 2, "inconclusive"),
    ("generator late", crowded(late_share=0.2), CAPS, 2, "inconclusive"),
]


@pytest.mark.parametrize(("seen", "caps", "p95", "outcome"), [c[1:] for c in CAPACITY], ids=[c[0] for c in CAPACITY])
def test_embedding_capacity(tells, seen, caps, p95, outcome):
    index = Index(name="handbook", ingest=("index", "{folder}"), **caps)
    objectives = (Objective(name="latency-p95", target=p95, unit="s"),) if p95 else ()
    system = [Declaration(seen_at=WHEN, system=System(name="app", indexes=(index,), objectives=objectives))]
    answer = embedding_capacity_by_load(*seen, system, limits=of(embedding_capacity_by_load))
    assert answer.outcome == outcome
    tells(answer)
