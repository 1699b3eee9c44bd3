import random

import pytest

from gonogo.checks.infrastructure.load import resources_sized_by_load
from gonogo.checks.performance.load import (
    concurrency_stress_by_load,
    latency_slo_by_load,
    load_peak_by_load,
    overload_recovery_by_load,
    soak_by_load,
)
from tests.checks.load_facts import declared, encoded, of, run


def peaks(**peak):
    return [run("expected"), run("peak", **({"n": 2000} | peak))]


LOAD_PEAK = [
    ("good", peaks(), [], "pass"),
    ("errors", peaks(errors={"status-500": 60}), [], "fail"),
    ("a few errors in few requests", peaks(errors={"timeout": 18}), [], "inconclusive"),
    ("slower than the objective", peaks(s=3.0), [("latency-p95", 2000, "ms")], "fail"),
    ("within the objective", peaks(), [("latency-p95", 2, "s"), ("latency-p99", 3, "s")], "pass"),
    ("too few for p99", [run("expected", n=100), run("peak", n=200)], [("latency-p99", 3, "s")], "inconclusive"),
    ("generator late", peaks(late_share=0.2, late_ms=300), [], "inconclusive"),
    ("cut short", [run("expected"), run("peak", n=2000, seconds=60.0)], [], "inconclusive"),
    ("cut short and failing", [run("expected"), run("peak", n=2000, seconds=60.0, errors={"reset": 900})], [], "fail"),
    ("no more than expected", peaks(n=1000), [], "inconclusive"),
    ("no peak", [run("expected")], [], "inconclusive"),
]


@pytest.mark.parametrize(("runs", "objectives", "outcome"), [c[1:] for c in LOAD_PEAK], ids=[c[0] for c in LOAD_PEAK])
def test_load_peak(tells, runs, objectives, outcome):
    answer = load_peak_by_load(runs, declared(*objectives), limits=of(load_peak_by_load))
    assert answer.outcome == outcome
    assert outcome == "inconclusive" or "n = " in answer.sample
    tells(answer)


def routes(**own):
    return [run("expected"), run("expected", **({"journey": "ask", "route": "/ask"} | own))]


LATENCY = [
    ("good", routes(), [], "pass"),
    ("slow", routes(s=3.5), [], "fail"),
    ("an objective that is stricter", routes(), [("latency-p95", 400, "ms")], "fail"),
    ("an objective that is wider", routes(s=3.5), [("latency-p95", 4, "s")], "pass"),
    ("slow first token", routes(first_token=encoded([1.4] * 1000)), [], "fail"),
    ("quick first token", routes(first_token=encoded([0.4] * 1000)), [], "pass"),
    ("few requests", routes(n=50), [], "inconclusive"),
    ("a route that never answers", routes(n=50, errors={"status-500": 50}), [], "fail"),
    ("generator late", [run("expected", late_share=0.02)], [], "inconclusive"),
]


@pytest.mark.parametrize(("runs", "objectives", "outcome"), [c[1:] for c in LATENCY], ids=[c[0] for c in LATENCY])
def test_latency_slo(tells, runs, objectives, outcome):
    answer = latency_slo_by_load(runs, declared(*objectives), limits=of(latency_slo_by_load))
    assert answer.outcome == outcome
    tells(answer)


def soaked(hours=2.0, growth=0.0, slower=0.0, cpu=20.0, sockets=0.0):
    """Slices of a minute; `growth` in percent of the begin by the hour, `slower` in seconds by the hour."""
    source = random.Random(5)
    made = []
    for minute in range(int(hours * 60)):
        at = [60.0 * minute + t for t in range(0, 60, 10)]
        waited = [0.5 + slower * minute / 60 + source.random() / 10 for _ in range(60)]
        made.append(
            run(
                "soak", n=60, seconds=60.0, begun_s=60.0 * minute, latency=encoded(waited),
                memory_mb=tuple((t, 200 * (1 + growth / 100 * t / 3600) + source.gauss(0, 0.5)) for t in at),
                cpu=tuple((t, cpu) for t in at), files=tuple((t, 40.0) for t in at),
                connections=tuple((t, 12.0 + round(sockets * t / 3600)) for t in at),
            )
        )  # fmt: skip
    return made


SOAK = [
    ("stable", soaked(), "pass"),
    ("memory grows", soaked(growth=5), "fail"),
    ("connections grow", soaked(sockets=30), "fail"),
    ("ever slower", soaked(slower=0.5), "fail"),
    ("dead", [run("soak", n=7200, seconds=7200.0, errors={"refused": 7100}, memory_mb=((1.0, 1.0),))], "fail"),
    ("no headroom", soaked(cpu=90), "fail"),
    ("cut short", soaked(hours=0.5), "inconclusive"),
    ("cut short while memory grows", soaked(hours=0.5, growth=60), "inconclusive"),
    ("of a place that cannot be looked into", [run("soak", seconds=7200.0)], "inconclusive"),
]


@pytest.mark.parametrize(("runs", "outcome"), [c[1:] for c in SOAK], ids=[c[0] for c in SOAK])
def test_soak(tells, runs, outcome):
    answer = soak_by_load(runs, limits=of(soak_by_load))
    assert answer.outcome == outcome
    tells(answer)


def overloaded(good=0.5, refused="status-429", refusal=0.01, recovery=5, after=90, seconds=120, dying=False):
    """An overload of ten times the usual; `good` is the share that is served, at first where it is `dying`."""
    made = [run("normal", n=50, seconds=5.0, begun_s=5.0 * i) for i in range(6)]
    for i in range(seconds // 5):
        served = int(500 * (good if not dying or i < seconds // 15 else 0.02))
        made.append(
            run("overload", n=500, seconds=5.0, begun_s=5.0 * i, errors={refused: 500 - served},
                refusal=encoded([refusal] * (500 - served)) if refused.startswith("status-4") else "")
        )  # fmt: skip
    made += [
        run("after", n=50, seconds=5.0, begun_s=5.0 * i, **({"s": 5.0} if 5 * i < recovery else {}))
        for i in range(after // 5)
    ]
    return made


OVERLOAD = [
    ("shed and recovered", overloaded(), "pass"),
    ("served whole", overloaded(good=1.0), "pass"),
    ("queued until it times out", overloaded(refused="timeout"), "fail"),
    ("refused with 500", overloaded(refused="status-500"), "fail"),
    ("slow refusals", overloaded(refusal=3.0), "fail"),
    ("collapsed", overloaded(dying=True), "fail"),
    ("slow to recover", overloaded(recovery=75), "fail"),
    ("never recovered", overloaded(recovery=500), "fail"),
    ("cut short", overloaded(seconds=10), "inconclusive"),
    ("cut short before it recovered", overloaded(recovery=500, after=10), "inconclusive"),
    ("never served", [run(s, n=9, errors={"refused": 9}) for s in ("normal", "overload", "after")], "inconclusive"),
]


@pytest.mark.parametrize(("runs", "outcome"), [c[1:] for c in OVERLOAD], ids=[c[0] for c in OVERLOAD])
def test_overload_recovery(tells, runs, outcome):
    answer = overload_recovery_by_load(runs, declared(), limits=of(overload_recovery_by_load))
    assert answer.outcome == outcome
    tells(answer)


def held(*steps, **errors):
    return [
        run(f"held-{n}", n=5 * n, seconds=20.0, concurrent=n, arrival="held", errors=errors.get(f"at_{n}"), s=0.001 * n)
        for n in steps
    ]


STRESS = [
    ("holds a thousand", held(100, 300, 1000), {}, [], "pass"),
    ("breaks at a thousand", held(100, 300, 1000, at_1000={"reset": 900}), {}, [], "fail"),
    ("too slow at a thousand", held(100, 300, 1000), {}, [("latency-p95", 0.5, "s")], "fail"),
    ("enough for the users that are declared", held(100, 300, 1000, at_1000={"reset": 900}), {"concurrent_users": 150},
     [], "pass"),
    ("not played so far", held(100, 300), {}, [], "inconclusive"),
    ("ten thousand users declared", held(100, 300, 1000), {"concurrent_users": 10_000}, [], "inconclusive"),
]  # fmt: skip


@pytest.mark.parametrize(("runs", "load", "objectives", "outcome"), [c[1:] for c in STRESS], ids=[c[0] for c in STRESS])
def test_concurrency_stress(tells, runs, load, objectives, outcome):
    answer = concurrency_stress_by_load(runs, declared(*objectives, **load), limits=of(concurrency_stress_by_load))
    assert answer.outcome == outcome
    tells(answer)


SAMPLES = {"memory_mb": ((1.0, 90.0), (2.0, 110.0)), "cpu": ((1.0, 20.0), (2.0, 30.0))}
SIZED = [
    ("measured", [run("expected", **SAMPLES)], "pass"),
    ("too small", [run("expected", errors={"status-503": 300}, **SAMPLES)], "fail"),
    ("elsewhere", [run("expected")], "inconclusive"),
    ("not played", [run("peak")], "inconclusive"),
]


@pytest.mark.parametrize(("runs", "outcome"), [c[1:] for c in SIZED], ids=[c[0] for c in SIZED])
def test_resources_sized(tells, runs, outcome):
    answer = resources_sized_by_load(runs)
    assert answer.outcome == outcome
    tells(answer)
