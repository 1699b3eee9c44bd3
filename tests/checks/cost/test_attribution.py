"""What tells a feature's calls from another's, and what does not."""

import json

from gonogo.facts import AppLog, ModelCall
from tests.checks.lab_facts import changed, facts_of, judged, without

ATTRIBUTION = "cost.cost-attribution"


def relabelled(**labels):
    return changed(facts_of(ATTRIBUTION), ModelCall, lambda c: True, labels=labels)


def test_a_call_without_any_tag_fails():
    assert judged(ATTRIBUTION, relabelled()).summary == "9 model calls carry no tag at all"


def test_the_user_is_no_tag_of_a_feature():
    finding = judged(ATTRIBUTION, relabelled(user="alice"))
    assert (finding.outcome, finding.summary) == ("fail", "no tag tells the calls of 2 features apart")


def test_a_tag_that_the_apps_own_records_lack_fails():
    facts = without(facts_of(ATTRIBUTION), AppLog)
    assert judged(ATTRIBUTION, facts).summary == "the app's own records do not carry the tag of answers, live-answers"


def test_a_line_that_tells_of_no_model_call_is_no_record():
    facts = changed(facts_of(ATTRIBUTION), AppLog, lambda line: True, text=json.dumps({"feature": "answers"}))
    assert "do not carry the tag" in judged(ATTRIBUTION, facts).summary
