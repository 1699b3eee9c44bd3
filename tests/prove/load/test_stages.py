import dataclasses

import pytest

from gonogo.errors import UsageError
from gonogo.facts import System
from gonogo.facts.declaration import Index, Load
from gonogo.prove.load.collect import Load as Collector
from gonogo.prove.load.stages import SCENARIOS, chosen, stages

USUAL = System(name="app", load=Load(requests_per_minute=60, peak_requests_per_minute=300))


def played(name, system=USUAL, **given):
    return {s.name: s for s in stages(chosen(name)[0], system, **given)}


def test_peak_is_what_is_declared():
    found = played("load-peak")
    assert (found["expected"].rate, found["peak"].rate) == (1, 5)
    assert found["peak"].seconds == 600


def test_peak_is_twice_the_usual_where_less_or_nothing_is_declared():
    for peak in (None, 70):
        system = System(name="app", load=Load(requests_per_minute=60, peak_requests_per_minute=peak))
        assert played("load-peak", system)["peak"].rate == 2


def test_a_threshold_of_the_team_sets_how_long_and_how_high():
    own = {"performance.load-peak": {"duration_min": 1, "peak": 3}}
    system = System(name="app", load=Load(requests_per_minute=60), thresholds=own)
    found = played("load-peak", system)
    assert (found["peak"].rate, found["peak"].seconds) == (3, 60)


def test_overload_is_five_times_the_peak_and_seen_in_slices():
    found = played("overload-recovery")
    assert found["overload"].rate == 25
    assert all(s.slices > 1 for s in found.values())


def test_an_overload_lasts_twice_as_long_as_a_recovery_may():
    own = {"performance.overload-recovery": {"recovery_s": 5}}
    system = System(name="app", load=Load(requests_per_minute=60), thresholds=own)
    assert played("overload-recovery", system)["overload"].seconds == 10
    assert played("overload-recovery")["overload"].seconds == 120


def test_concurrency_goes_up_to_what_is_required():
    assert list(played("concurrency-stress")) == ["held-100", "held-300", "held-1000"]
    own = {"performance.concurrency-stress": {"required": 20}}
    system = System(name="app", load=Load(requests_per_minute=60), thresholds=own)
    assert list(played("concurrency-stress", system)) == ["held-2", "held-6", "held-20"]


def test_concurrency_goes_up_to_twice_the_users_that_are_declared():
    many = System(name="app", load=Load(requests_per_minute=60, concurrent_users=5000))
    assert list(played("concurrency-stress", many))[-1] == "held-10000"


SEARCHED = System(
    name="app", load=Load(requests_per_minute=60), indexes=(Index(name="i", ingest=("x",), documents=500),)
)


def test_an_index_is_searched_as_large_as_it_is_until_a_p95_has_bounds():
    peak = played("retrieval-latency", SEARCHED)["peak"]
    assert (peak.rate, peak.documents, peak.seconds) == (2, 500, 300)


def test_an_index_grows_as_far_as_is_planned_for():
    assert played("vector-db-sized", SEARCHED)["grown"].documents == 1500
    more = dataclasses.replace(SEARCHED, thresholds={"retrieval.vector-db-sized": {"capacity": 4}})
    assert played("vector-db-sized", more)["grown"].documents == 2000


def test_documents_are_indexed_as_fast_as_they_may_be():
    capped = dataclasses.replace(SEARCHED.indexes[0], embedding_requests_per_minute=900, ingest_requests_per_minute=200)
    stage = played("embedding-capacity", dataclasses.replace(SEARCHED, indexes=(capped,)))["indexing"]
    assert (stage.indexing, stage.embedding, stage.documents) == (200, 900, 500)


def test_without_an_index_there_is_nothing_to_search():
    assert not played("retrieval-latency")


def test_quick_cuts_what_is_long_and_keeps_what_is_short():
    assert played("soak", quick=True)["soak"].seconds == 10
    assert played("soak", quick=True)["soak"].slices == 10
    assert played("soak", quick=True, seconds=3)["soak"].seconds == 3


def test_all_leaves_out_only_the_soak():
    assert {s.name for s in SCENARIOS} - {s.name for s in chosen("all")} == {"soak"}


@pytest.mark.parametrize("name", ["latency-slo", "performance.latency-slo", "resources-sized", "load-peak"])
def test_a_control_names_the_scenario_that_proves_it(name):
    assert [s.name for s in chosen(name)] == ["load-peak"]


def test_an_unknown_name_is_answered_with_those_that_there_are():
    with pytest.raises(UsageError, match="no load scenario 'peak'") as seen:
        chosen("peak")
    assert "overload-recovery" in seen.value.mend


@pytest.mark.parametrize("load", [None, Load(requests_per_minute=0)])
def test_what_load_is_expected_is_for_the_team_to_say(load):
    with pytest.raises(UsageError, match="what load is expected") as seen:
        played("load-peak", System(name="app", load=load))
    assert "requests_per_minute" in seen.value.mend


def test_every_control_that_is_fed_has_a_proof_by_load():
    from gonogo import catalog

    controls = catalog.load(plugins=False).controls
    for fed in (f for s in SCENARIOS for f in s.feeds):
        assert controls[fed].proofs("load"), fed


def test_a_stage_that_is_asked_for_has_its_rate_or_the_moments_of_a_trace():
    from gonogo.prove.load.stages import asked

    assert (asked(5, "ramp", (), 20).rate, asked(5, "ramp", (), 20).seconds) == (5, 20)
    whole = asked(None, "trace", (0.0, 1.0, 4.0), None)
    assert (whole.moments, whole.seconds) == ((0.0, 1.0, 4.0), 4.0)
    assert asked(1.5, "trace", (0.0, 1.0, 4.0), None).moments == (0.0, 0.5, 2.0), "three in two seconds"
    assert asked(None, "trace", (0.0, 1.0, 4.0), 2).moments == (0.0, 1.0)
    with pytest.raises(UsageError, match="how many requests"):
        asked(None, "poisson", (), 5)


def test_as_many_runs_of_an_agent_are_at_once_as_the_threshold_says():
    found = played("agent-concurrency")
    assert [(s.name, s.concurrent) for s in found.values()] == [("alone", 1), ("together", 50)]
    own = {"agent-reliability.agent-concurrency": {"concurrent": 80}}
    system = System(name="app", load=Load(requests_per_minute=60), thresholds=own)
    assert played("agent-concurrency", system)["together"].concurrent == 80


@pytest.mark.parametrize(("kinds", "concerned"), [((), True), (("agent", "rag"), True), (("rag",), False)])
def test_all_scenarios_are_those_that_concern_the_system(kinds, concerned):
    plan = Collector().plan(System(name="app", kinds=kinds, load=Load(requests_per_minute=60)))
    assert ("agent-concurrency" in [scenario.name for scenario, _ in plan]) == concerned
