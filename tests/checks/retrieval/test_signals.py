"""What `retrieval.retrieval-signals` says of signals that are lost, or tied to nothing."""

import msgspec

from gonogo.facts import AppLog, Exchange, Retrieval
from tests.checks.lab_facts import changed, declared_each, facts_of, judged, without

SIGNALS = "retrieval.retrieval-signals"


def logged(words, instead):
    """The recorded facts, with other words on record."""
    return [
        msgspec.structs.replace(f, text=f.text.replace(words, instead)) if isinstance(f, AppLog) else f
        for f in facts_of(SIGNALS)
    ]


def test_a_signal_without_a_record_fails():
    finding = judged(SIGNALS, without(facts_of(SIGNALS), AppLog))
    assert [e.detail for e in finding.evidence] == [
        "no record of the query tells of the click",
        "no record of the query tells of the vote",
    ]


def test_a_click_without_its_document_fails():
    assert "lacks the document shown-2" in judged(SIGNALS, logged('"id": "shown-2"', '"id": "?"')).evidence[0].detail


def test_a_signal_that_is_refused_fails():
    facts = changed(facts_of(SIGNALS), Exchange, lambda e: e.case == "vote", status=404)
    assert [e.detail for e in judged(SIGNALS, facts).evidence] == ["the vote got status 404"]
    assert judged(SIGNALS, facts, linked=50).outcome == "pass"


def test_answers_of_one_id_fail():
    facts = facts_of(SIGNALS)
    body = next(f.body for f in facts if isinstance(f, Exchange) and f.case == "healthy")
    facts = changed(facts, Exchange, lambda e: e.case == "healthy", body=body)
    assert judged(SIGNALS, facts).summary.startswith("two answers have the same id")


def test_documents_that_the_store_does_not_know_fail():
    facts = changed(facts_of(SIGNALS), Retrieval, lambda r: True, documents=("a", "b"))
    assert "by other ids than the store's" in judged(SIGNALS, facts).summary


def test_where_no_signal_is_declared_or_sent_nothing_is_proven():
    assert judged(SIGNALS, declared_each(facts_of(SIGNALS), "indexes", signals=None)).outcome == "inconclusive"
    assert judged(SIGNALS, without(facts_of(SIGNALS), Exchange, "vote")).summary == "no vote was sent"
