"""What the proof on dependencies says where users get nothing, an unhandled error, or something hollow."""

import dataclasses

import msgspec

from gonogo.facts import Declaration, Exchange, ScenarioRun
from tests.checks.lab_facts import changed, declared_each, facts_of, judged

AWAY = "reliability.dependency-fallbacks"


def case(name):
    return lambda e: e.case == name and e.purpose == "journey"


def seen(name, **fields):
    return judged(AWAY, changed(facts_of(AWAY), Exchange, case(name), **fields))


def test_a_user_who_gets_no_answer_fails():
    finding = seen("openai hung", status=None, ended="timeout", error="no whole answer within 8 s")
    assert finding.summary == "openai hung: all 2 users got no answer at all"


def test_an_unhandled_error_fails():
    assert seen("cache refused", status=500).summary == "cache refused: all 2 users got an unhandled error"


def test_an_answer_that_is_nobodys_fails():
    finding = seen("openai garbage", status=200, matches=(), body='{"answer": "fine"}')
    assert finding.summary == "openai garbage: all 2 users got an answer that looks well and is none of the model"


def test_errors_alone_are_no_fallback():
    finding = seen("cache hung", status=503, matches=(), body='{"error": "sorry"}')
    assert finding.summary == "cache hung: all 2 users got an error, and none the declared fallback"


def test_a_health_route_that_fails_with_it_fails():
    facts = changed(facts_of(AWAY), Exchange, lambda e: e.purpose == "beside" and e.case == "cache hung", status=500)
    assert judged(AWAY, facts).summary == "cache hung: the health route fails with it"


def test_an_app_that_does_not_come_back_fails():
    assert seen("cache back", status=503).summary == "cache is back, and 2 journeys are not"


def test_an_app_that_comes_back_late_fails():
    facts = facts_of(AWAY)
    back = [f for f in facts if isinstance(f, Exchange) and case("openai back")(f)]
    late = [msgspec.structs.replace(f, started_s=f.started_s + 300, journey=f.journey[::-1], matches=()) for f in back]
    assert judged(AWAY, [*facts, *late]).outcome == "fail"


def test_a_dependency_without_a_fallback_leaves_it_open():
    finding = judged(AWAY, declared_each(facts_of(AWAY), "dependencies", fallback=None))
    assert (finding.outcome, finding.summary) == ("inconclusive", "no fallback is declared for cache")


def test_a_dependency_that_cannot_be_cut_leaves_it_open():
    facts = [
        msgspec.structs.replace(
            f,
            system=dataclasses.replace(
                f.system,
                dependencies=(*f.system.dependencies, dataclasses.replace(f.system.dependencies[0], name="crm")),
            ),
        )
        if isinstance(f, Declaration)
        else f
        for f in facts_of(AWAY)
    ]
    facts = changed(facts, ScenarioRun, lambda r: True, cut={"crm": "it is no process of lab.services"})
    finding = judged(AWAY, facts)
    assert (finding.outcome, "crm could not be cut" in finding.summary) == ("inconclusive", True)
