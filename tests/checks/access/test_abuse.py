"""What the proof on abuse says where a pattern is not blocked, nobody is told, or a heavy user is stopped."""

import pytest

from gonogo.facts import AppLog, Exchange
from tests.checks.lab_facts import changed, facts_of, judged, without

ABUSE = "access.abuse-detection"


@pytest.mark.parametrize("case", ["guessing", "many-keys", "refusals", "scraping"])
def test_a_pattern_that_meets_no_block_fails(case):
    facts = changed(facts_of(ABUSE), Exchange, lambda e: e.case == case and e.purpose == "abuse", status=404)
    assert judged(ABUSE, facts).summary.endswith("requests met no block")


def test_a_block_without_an_event_fails():
    assert (
        judged(ABUSE, without(facts_of(ABUSE), AppLog)).summary
        == "guessed credentials: a block and no event that says so"
    )


def test_a_heavy_user_who_is_stopped_fails():
    facts = changed(facts_of(ABUSE), Exchange, lambda e: e.case == "heavy-user", status=429)
    assert judged(ABUSE, facts).summary == "a user who did nothing wrong was stopped within 40 requests"


def test_a_block_that_comes_late_fails():
    facts = changed(facts_of(ABUSE), Exchange, lambda e: e.case == "scraping" and e.status == 429, started_s=9_000.0)
    assert "the block came after" in judged(ABUSE, facts).summary


def test_a_block_that_does_not_last_fails():
    blocked = [f for f in facts_of(ABUSE) if isinstance(f, Exchange) and f.case == "many-keys" and f.status == 429]
    facts = changed(facts_of(ABUSE), Exchange, lambda e: e.journey == blocked[-1].journey, status=401)
    assert judged(ABUSE, facts).summary == "many keys of one address: the block does not last"


def test_a_pattern_of_which_nothing_was_sent_is_open():
    facts = [f for f in facts_of(ABUSE) if not (isinstance(f, Exchange) and f.case == "refusals")]
    assert judged(ABUSE, facts).outcome == "inconclusive"
