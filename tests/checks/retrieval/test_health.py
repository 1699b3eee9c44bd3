"""What `retrieval.retrieval-health` says where nobody is told of an outage, or where it could not be played."""

from gonogo.facts import ChannelMessage, Exchange, ModelCall, Retrieval, ScenarioRun
from tests.checks.lab_facts import changed, declared, facts_of, judged, without

HEALTH = "retrieval.retrieval-health"


def test_an_outage_without_an_alert_fails():
    finding = judged(HEALTH, without(facts_of(HEALTH), ChannelMessage, "store hangs"))
    assert finding.outcome == "fail"
    assert finding.evidence[0].detail.startswith("store hangs: no alert arrives in ")


def test_where_alerts_go_must_be_told():
    facts = declared(without(facts_of(HEALTH), ChannelMessage), point={"QDRANT_URL": "qdrant"})
    assert judged(HEALTH, facts).fix.startswith("add lab: {point:")


def test_readiness_that_comes_too_late_or_not_back_fails():
    assert "stays green for 0 s" in judged(HEALTH, facts_of(HEALTH), detect_s=0).evidence[0].detail
    stuck = changed(facts_of(HEALTH), Exchange, lambda e: e.name == "ready" and e.case.endswith("back"), status=503)
    assert "stays red for 60 s" in judged(HEALTH, stuck).evidence[0].detail


def test_an_outage_that_no_question_met_proves_nothing():
    facts = without(facts_of(HEALTH), Retrieval, "store fails")
    assert judged(HEALTH, facts).summary.startswith("store fails: no question met the outage")


def test_an_app_that_embeds_by_itself_is_judged_by_its_store():
    facts = [f for f in facts_of(HEALTH) if not getattr(f, "case", "").startswith("embedder")]
    assert "no embedder is called" in judged(HEALTH, facts).summary


def test_an_alert_that_quick_did_not_wait_for_proves_nothing():
    facts = changed(facts_of(HEALTH), ScenarioRun, lambda r: True, cut={"store fails": "--quick waited 20 s"})
    assert judged(HEALTH, facts).outcome == "inconclusive"


def test_a_service_that_is_not_ready_when_all_is_well_proves_nothing():
    facts = changed(facts_of(HEALTH), Exchange, lambda e: e.name == "ready" and e.case == "healthy", status=503)
    assert judged(HEALTH, facts).summary == "with nothing wrong the service is not ready"


def test_without_a_store_or_a_model_nothing_is_proven():
    assert judged(HEALTH, without(facts_of(HEALTH), Retrieval)).summary == "no query reached the lab's store"
    assert judged(HEALTH, without(facts_of(HEALTH), ModelCall)).outcome == "inconclusive"
