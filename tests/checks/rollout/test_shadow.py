"""What the proof of a shadow says of copies that never come, and of shadows that callers notice."""

import msgspec
import pytest

from gonogo.facts import Exchange, Match, ModelCall, Prediction, ToolCall, Turn
from tests.checks.lab_facts import changed, declared_system, facts_of, judged, without

SHADOW, NEW = "rollout.shadow-mode", "price-next"


def spoken():
    """The same run of an app whose model speaks: calls in the place of predictions, known by their markers."""
    facts = declared_system(facts_of(SHADOW), predictions=())
    made, markers = [], {}
    for n, p in enumerate(f for f in facts if isinstance(f, Prediction)):
        call = {k: getattr(p, k) for k in ("seen_at", "run", "scenario", "case", "journey", "order", "started_s")}
        made.append(
            ModelCall(
                **call, protocol="openai_chat", model=p.model, prompt=(Turn(role="user", text=p.inputs),),
                marker=f"lab{n:08x}",
            )
        )  # fmt: skip
        if p.model != NEW:
            markers[p.journey] = f"lab{n:08x}"
    for f in facts:
        if isinstance(f, Exchange):
            told = (Match(detector="marker", where="answer", canary=markers[f.journey]),)
            made.append(msgspec.structs.replace(f, matches=told))
        elif not isinstance(f, Prediction):
            made.append(f)
    return made


def test_an_app_whose_model_speaks_is_judged_by_the_same_rules():
    assert judged(SHADOW, spoken()).outcome == "pass"


def test_a_spoken_answer_of_the_new_version_must_not_reach_anybody():
    facts = spoken()
    copy = next(f for f in facts if isinstance(f, ModelCall) and f.model == NEW and f.case == "shadow")
    got = (Match(detector="marker", where="answer", canary=copy.marker),)
    finding = judged(SHADOW, changed(facts, Exchange, lambda e: e.journey == copy.journey, matches=got))
    assert (finding.outcome, finding.summary) == ("fail", "1 caller got the answer of the new version")


def test_without_a_healthy_model_nothing_is_proven():
    assert judged(SHADOW, without(facts_of(SHADOW), Prediction, "healthy")).outcome == "inconclusive"


def test_a_shadow_that_is_always_on_cannot_be_compared():
    facts = changed(facts_of(SHADOW), Prediction, lambda p: p.model == NEW, case="healthy")
    assert judged(SHADOW, facts).outcome == "inconclusive"


def test_where_no_copy_arrives_it_fails():
    facts = [f for f in facts_of(SHADOW) if not (isinstance(f, Prediction) and f.model == NEW)]
    assert judged(SHADOW, facts).summary == "price-next gets no copy of a request"


def test_what_is_no_copy_of_a_request_is_none():
    facts = changed(facts_of(SHADOW), Prediction, lambda p: p.model == NEW, inputs="[{}]")
    assert judged(SHADOW, facts).summary == "price-next gets no copy of a request"


def test_a_prediction_of_the_new_version_must_not_reach_anybody():
    facts = facts_of(SHADOW)
    copy = next(f for f in facts if isinstance(f, Prediction) and f.model == NEW and f.case == "shadow")
    body = f'{{"predictions": [{{"price": {copy.outputs.strip("[]")}, "fallback": false}}]}}'
    finding = judged(SHADOW, changed(facts, Exchange, lambda e: e.journey == copy.journey, body=body))
    assert (finding.outcome, finding.summary) == ("fail", "1 caller got the answer of the new version")


def test_a_failure_of_the_shadow_that_reaches_a_caller_fails():
    finding = judged(SHADOW, changed(facts_of(SHADOW), Exchange, lambda e: e.case == "reset", status=500))
    assert (finding.outcome, finding.summary) == ("fail", "with a shadow 4 requests get no good answer")


@pytest.mark.parametrize(("case", "ms"), [("slow", 600.0), ("error", 90.0)])
def test_a_caller_that_waits_for_the_shadow_fails(case, ms):
    finding = judged(SHADOW, changed(facts_of(SHADOW), Exchange, lambda e: e.case == case, elapsed_ms=ms))
    assert (finding.outcome, finding.summary[:34]) == ("fail", "callers wait for the new version: ")


def test_one_slow_request_of_a_case_is_the_machine_and_not_the_shadow():
    one = next(f for f in facts_of(SHADOW) if isinstance(f, Exchange) and f.case == "slow")
    facts = changed(facts_of(SHADOW), Exchange, lambda e: e.journey == one.journey, elapsed_ms=700.0)
    assert judged(SHADOW, facts).outcome == "pass"


def test_a_shadow_that_adds_too_much_in_every_round_fails():
    facts = changed(facts_of(SHADOW), Exchange, lambda e: e.case == "shadow", elapsed_ms=60.0)
    facts = changed(facts, Exchange, lambda e: e.case == "healthy", elapsed_ms=20.0)
    assert judged(SHADOW, facts).summary == "the shadow adds 40 ms to the p95, at most 10 ms are allowed"


@pytest.mark.parametrize(("before", "outcome"), [(False, "fail"), (True, "pass")])
def test_a_tool_that_only_the_new_version_calls_fails(before, outcome):
    one = next(f for f in facts_of(SHADOW) if isinstance(f, Prediction))
    tool = ToolCall(seen_at=one.seen_at, run=one.run, scenario=one.scenario, case="tool", tool="send_mail")
    usual = [msgspec.structs.replace(tool, case="healthy")] if before else []
    assert judged(SHADOW, [*facts_of(SHADOW), tool, *usual]).outcome == outcome
