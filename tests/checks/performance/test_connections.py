"""What the proof on pooled connections says where there are too many, too few to tell, or users wait for one."""

import dataclasses

import msgspec
import pytest

from gonogo.facts import Declaration, Exchange, Measure, ModelCall, ScenarioRun
from tests.checks.lab_facts import changed, declared_each, declared_system, facts_of, judged

REUSE = "performance.connection-reuse"


def measured(name, case, **fields):
    return changed(facts_of(REUSE), Measure, lambda m: (m.name, m.case) == (name, case), **fields)


def full(chosen=lambda e: True, **fields):
    return changed(facts_of(REUSE), Exchange, lambda e: e.case == "full" and chosen(e), **fields)


def without_calls():
    asked = {c.journey for c in facts_of(REUSE) if isinstance(c, ModelCall)}
    return lambda e: e.journey not in asked


def test_more_connections_than_the_pool_has_fail_whether_requests_come_together_or_not():
    for case in ("sequential", "parallel"):
        found = judged(REUSE, measured("connections", case, value=9))
        assert found.outcome == "fail"
        assert found.summary.endswith("saw 9 connections, and the pool size is 8")


def test_a_wait_for_a_connection_without_an_end_fails():
    found = judged(REUSE, full(without_calls(), elapsed_ms=9_000.0))
    assert found.outcome == "fail"
    assert "waited for a connection, up to 9.0 s" in found.summary


def test_a_longer_wait_is_well_where_the_team_allows_it():
    assert judged(REUSE, full(without_calls(), elapsed_ms=9_000.0), pool_wait_s=10).outcome == "pass"


@pytest.mark.parametrize("got", [{"status": 500}, {"body": ""}, {"status": None, "error": "reset"}])
def test_who_is_not_told_that_the_service_is_busy_fails_it(got):
    found = judged(REUSE, full(without_calls(), **got))
    assert found.outcome == "fail"
    assert found.summary.endswith("got no clear error")


def test_calls_that_do_not_say_whose_they_are_leave_the_wait_open():
    facts = changed(facts_of(REUSE), ModelCall, lambda c: c.case == "full", journey="")
    assert "do not say whose they are" in judged(REUSE, facts).summary


def test_requests_that_are_not_answered_with_all_well_leave_it_open():
    facts = facts_of(REUSE)
    lost = next(f for f in facts if isinstance(f, Exchange) and f.case == "full")
    found = judged(REUSE, [*facts, msgspec.structs.replace(lost, case="parallel", status=429, journey="x" * 32)])
    assert found.outcome == "inconclusive"
    assert "load.environment" in found.fix


def test_too_few_calls_tell_nothing_of_a_pool():
    assert judged(REUSE, measured("calls", "sequential", value=8)).outcome == "inconclusive"


def test_a_dependency_whose_connections_are_not_seen_leaves_it_open():
    facts = changed(facts_of(REUSE), ScenarioRun, lambda r: True, cut={"ledger": "it is no process"})
    system = next(f for f in facts if isinstance(f, Declaration)).system
    more = (*system.dependencies, dataclasses.replace(system.dependencies[0], name="ledger"))
    found = judged(REUSE, declared_system(facts, dependencies=more))
    assert (found.outcome, found.summary) == (
        "inconclusive", "no connection to ledger was seen: it is no process"
    )  # fmt: skip


def test_a_pool_that_was_not_filled_leaves_the_wait_open():
    cases = ("healthy", "sequential", "parallel")
    assert judged(REUSE, changed(facts_of(REUSE), ScenarioRun, lambda r: True, cases=cases)).outcome == "inconclusive"


def test_a_larger_pool_than_connections_were_seen_passes():
    assert judged(REUSE, declared_each(facts_of(REUSE), "dependencies", pool_size=20)).outcome == "pass"
