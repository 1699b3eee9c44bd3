"""What `retrieval.retrieval-caching` says of a cache that is too old, none at all, or one that was not tried."""

import msgspec

from gonogo.facts import Exchange, Retrieval, ScenarioRun
from tests.checks.lab_facts import changed, declared_each, facts_of, judged, without

CACHE = "retrieval.retrieval-caching"


def test_a_cache_that_outlives_the_index_or_its_time_fails():
    for case, words in (("published", "after the index changed"), ("expired", "after its time")):
        finding = judged(CACHE, without(facts_of(CACHE), Retrieval, case))
        assert finding.outcome == "fail"
        assert words in finding.evidence[0].detail


def test_a_second_search_for_the_same_fails():
    facts = facts_of(CACHE)
    search = next(f for f in facts if isinstance(f, Retrieval) and f.case == "healthy")
    second = [f for f in facts if isinstance(f, Exchange) and f.case == "healthy"][1]
    finding = judged(CACHE, [*facts, msgspec.structs.replace(search, journey=second.journey)])
    assert finding.summary == "a question that comes again is searched for again"


def test_a_time_beyond_the_limit_fails():
    assert judged(CACHE, declared_each(facts_of(CACHE), "indexes", cache_s=900.0)).summary == (
        "searches are cached for 900 s, and 300 s is the most"
    )


def test_a_time_that_was_not_waited_for_proves_nothing():
    facts = changed(facts_of(CACHE), ScenarioRun, lambda r: True, cases=("healthy", "published"))
    assert judged(CACHE, facts).outcome == "inconclusive"


def test_another_tenant_that_did_not_ask_proves_nothing():
    finding = judged(CACHE, without(facts_of(CACHE), Exchange, "other-tenant"))
    assert finding.summary == "the question was not asked by another tenant"


def test_without_a_search_nothing_is_proven():
    assert judged(CACHE, without(facts_of(CACHE), Retrieval)).outcome == "inconclusive"
