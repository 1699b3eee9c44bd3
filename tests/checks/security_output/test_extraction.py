"""What the proof of extraction resistance says of limits that come late, end soon, or only set the pace."""

import msgspec
import pytest

from gonogo.facts import ChannelMessage, Measure
from tests.checks.lab_facts import changed, facts_of, judged

EXTRACTION = "security-output.extraction-resistance"


def measured(facts=None, **values):
    facts = facts or facts_of(EXTRACTION)
    for name, value in values.items():
        facts = changed(facts, Measure, lambda m, name=name: m.name == name.replace("_", "-"), value=value)
    return facts


def flagged(after):
    facts = [f for f in facts_of(EXTRACTION) if not (isinstance(f, Measure) and f.name == "retry-after")]
    one = next(f for f in facts if isinstance(f, Measure))
    alert = ChannelMessage(
        seen_at=one.seen_at, run=one.run, scenario=one.scenario, case="sweep", channel="/alerts", text="\nextraction"
    )
    return [*facts, msgspec.structs.replace(one, name="flagged", value=after), alert]


@pytest.mark.parametrize(("after", "outcome"), [(2500, "pass"), (3001, "fail")])
def test_an_alert_in_time_is_as_good_as_a_limit(after, outcome):
    assert judged(EXTRACTION, flagged(after)).outcome == outcome


def test_a_limit_beyond_the_share_fails():
    finding = judged(EXTRACTION, measured(distinct=3200))
    assert (finding.outcome, "5.3 % of the corpus" in finding.summary) == ("fail", True)


def test_a_limit_for_a_minute_only_sets_the_pace():
    finding = judged(EXTRACTION, measured(distinct=100, retry_after=60, seconds=0))
    assert finding.summary.endswith(
        "144,000 distinct predictions a day, 240.0 % of the corpus: after 100 it was stopped for 60 s"
    )


def test_a_refusal_that_does_not_last_fails():
    assert judged(EXTRACTION, measured(answered_after=2)).summary == "after a refusal 2 requests were answered again"


@pytest.mark.parametrize("values", [{"retry_after": -1}, {"distinct": 0}])
def test_a_refusal_of_unknown_length_and_one_of_everything_prove_nothing(values):
    assert judged(EXTRACTION, measured(**values)).outcome == "inconclusive"


def test_an_error_is_no_limit():
    facts = changed(facts_of(EXTRACTION), Measure, lambda m: m.name == "retry-after", text="500")
    assert judged(EXTRACTION, facts).summary == "the sweep ended in status 500, which is no limit"


def test_a_space_that_is_too_small_to_sweep_proves_nothing():
    facts = [f for f in measured(distinct=64) if not (isinstance(f, Measure) and f.name == "retry-after")]
    assert judged(EXTRACTION, facts).outcome == "inconclusive"
