"""What the proof of compatible output says of responses that are refused, missing, or never really read."""

from gonogo.facts import Measure
from tests.checks.lab_facts import changed, facts_of, judged

FORMAT = "quality.output-format-stable"


def measured(name, value, case="healthy", **more):
    return changed(facts_of(FORMAT), Measure, lambda m: (m.name, m.case) == (name, case), value=value, **more)


def test_a_response_of_a_bad_day_must_be_readable_too():
    finding = judged(FORMAT, measured("refused", 1, case="away", text="price is missing"))
    assert finding.summary == "1 response cannot be read by those who use them: price"
    assert finding.evidence[0].detail == "price, away: price is missing"


def test_without_a_good_response_nothing_was_read():
    assert judged(FORMAT, measured("fed", 0)).summary == "no good response came for price"


def test_a_parser_that_takes_anything_shows_nothing():
    finding = judged(FORMAT, measured("fields-needed", 0))
    assert (finding.outcome, "so that it shows nothing" in finding.summary) == ("inconclusive", True)
