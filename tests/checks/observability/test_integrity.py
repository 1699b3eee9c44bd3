"""What the proof on the audit log says where it does not hold as it is, names no place, or was published nowhere."""

import pytest

from gonogo.facts import ChannelMessage, Measure, ScenarioRun
from gonogo.prove.lab.auditing import altered
from tests.checks.lab_facts import changed, facts_of, judged, without

LOG = "observability.log-integrity"


def of(case, **fields):
    return judged(LOG, changed(facts_of(LOG), Measure, lambda m: m.case == case, **fields))


def test_a_log_that_does_not_hold_as_it_is_fails():
    assert of("live", value=1).summary == "the verification says no to the log as it is: it ends with 1"


@pytest.mark.parametrize("harm", ["altered", "deleted", "swapped"])
def test_a_harm_that_goes_unnoticed_is_named(harm):
    assert of(harm, value=0).summary == f"a record that is {harm} goes unnoticed"


@pytest.mark.parametrize("said", ["the log is broken", "the log is broken at line 99", "broken, hash 13abc0"])
def test_a_verification_that_names_no_place_fails(said):
    assert of("deleted", text=said).summary.startswith("the verification does not name the place")


def test_a_log_may_count_its_records_from_nothing():
    assert of("deleted", text="record 12 does not hold").outcome == "pass"


def test_a_head_that_was_published_nowhere_fails():
    assert "is not published outside the store" in judged(LOG, without(facts_of(LOG), ChannelMessage)).summary


def test_another_head_than_the_one_that_was_published_fails():
    finding = of("live", text=f"every record holds; the head is {'ab' * 32}")
    assert finding.summary == "the head of the log is not the one that was published last"


def test_a_verification_that_prints_no_head_shows_half():
    assert of("live", text="ok").outcome == "inconclusive"


def test_without_a_declared_verification_nothing_is_shown():
    facts = changed(
        facts_of(LOG), ScenarioRun, lambda run: True, cases=("healthy",), cut={"live": "it is not declared"}
    )
    finding = judged(LOG, facts)
    assert (finding.outcome, finding.summary) == ("inconclusive", "the case live was not played: it is not declared")


@pytest.mark.parametrize("line", [b'{"user": "ann", "n": 12}\n', b'{"n": 12}\n'])
def test_an_altered_record_is_of_the_same_length_and_another(line):
    assert len(altered(line)) == len(line) and altered(line) != line


def later(text, kind=ChannelMessage):
    return changed(facts_of(LOG), kind, lambda f: f.case == "a-day-later", text=text)


def test_an_app_that_does_not_notice_by_itself_fails():
    facts = without(facts_of(LOG), ChannelMessage, "a-day-later")
    assert judged(LOG, facts).summary.startswith("a day after a record was altered the app has not noticed by itself")


def test_the_head_said_again_is_no_notice():
    same = later('POST /alerts\n{"event": "audit-head", "head": "' + "cd" * 32 + '"}')
    assert judged(LOG, same).outcome == "fail"


def test_where_a_week_is_allowed_a_day_decides_nothing():
    facts = without(facts_of(LOG), ChannelMessage, "a-day-later")
    assert judged(LOG, facts, verify_every_days=7).outcome == "inconclusive"


def test_where_the_clock_cannot_be_set_that_part_is_open():
    cases = ("healthy", "live", "altered", "deleted", "swapped")
    facts = changed(facts_of(LOG), ScenarioRun, lambda run: True, cases=cases, cut={"a-day-later": "no libfaketime"})
    assert judged(LOG, facts).outcome == "inconclusive"
