"""What the proof on rate limits says where users are refused, held too long, or queue without a bound."""

from gonogo.facts import Exchange, ModelCall
from tests.checks.lab_facts import changed, facts_of, judged, without

QUEUE = "reliability.rate-limit-queue"


def shed(exchange):
    return exchange.case == "flood" and exchange.status == 503


def test_the_providers_refusal_in_front_of_a_user_fails():
    facts = changed(facts_of(QUEUE), Exchange, lambda e: e.case == "burst", status=429)
    assert judged(QUEUE, facts).summary == "all 20 users of a short burst got no answer, 20 of them a 429"


def test_a_long_wait_fails():
    facts = changed(facts_of(QUEUE), Exchange, lambda e: e.case == "burst", elapsed_ms=31_000)
    assert judged(QUEUE, facts).summary == "20 users were held for longer than 30 s"


def test_shedding_without_a_time_to_come_back_fails():
    assert (
        "something else than an answer" in judged(QUEUE, changed(facts_of(QUEUE), Exchange, shed, headers={})).summary
    )


def test_a_queue_without_a_bound_fails():
    facts = changed(facts_of(QUEUE), Exchange, lambda e: e.case == "flood", elapsed_ms=9_000)
    assert judged(QUEUE, facts).summary.endswith("for 9.0 s at least: the queue has no bound")


def test_a_limit_that_nobody_met_is_open():
    finding = judged(QUEUE, changed(facts_of(QUEUE), ModelCall, lambda c: c.status == 429, status=200))
    assert (finding.outcome, finding.summary) == ("inconclusive", "the provider's limit was never met")


def test_a_flood_of_which_nobody_is_shed_is_open():
    facts = without(facts_of(QUEUE), Exchange, "flood") + [
        f for f in facts_of(QUEUE) if isinstance(f, Exchange) and f.case == "flood" and not shed(f)
    ]
    assert judged(QUEUE, facts).outcome == "inconclusive"


def test_a_depth_that_is_no_bound_is_open():
    assert judged(QUEUE, facts_of(QUEUE), queue_depth="endless").outcome == "inconclusive"
