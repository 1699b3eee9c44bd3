"""What the proofs on the app's own indexer say where it touches too much, comes too late, or could not be tried."""

import msgspec

from gonogo.facts import Exchange, LabDocument, ModelCall, StoredPoint
from tests.checks.lab_facts import changed, declared_each, facts_of, judged, without

INCREMENTAL = "retrieval.incremental-indexing"


def details(control, facts, **thresholds):
    finding = judged(control, facts, **thresholds)
    assert finding.outcome == "fail", finding.summary
    return [e.detail for e in finding.evidence]


def test_writing_other_documents_again_fails():
    facts = changed(
        facts_of(INCREMENTAL), StoredPoint, lambda p: p.case == "added" and "forklifts" in str(p), version=2
    )
    assert "added: 2 chunks of other documents were written anew or removed" in details(INCREMENTAL, facts)


def test_a_document_that_comes_late_or_not_at_all_fails():
    assert "added: returns.md was found after" in details(INCREMENTAL, facts_of(INCREMENTAL), visible_s=0)[0]
    facts = changed(facts_of(INCREMENTAL), ModelCall, lambda c: c.case == "added", prompt=())
    facts = changed(facts, Exchange, lambda e: e.case == "added", body="")
    assert "added: what is new in returns.md did not reach the model" in details(INCREMENTAL, facts)


def test_an_index_that_nobody_declares_or_that_stays_empty_proves_nothing():
    facts = declared_each(facts_of(INCREMENTAL), "indexes", ingest=())
    assert judged(INCREMENTAL, facts).fix == "add indexes[].ingest"
    assert judged(INCREMENTAL, without(facts_of(INCREMENTAL), StoredPoint)).outcome == "inconclusive"


def test_chunks_without_a_source_are_known_by_their_words():
    facts = [
        msgspec.structs.replace(f, payload={"text": f.payload["text"]}) if isinstance(f, StoredPoint) else f
        for f in facts_of(INCREMENTAL)
    ]
    assert judged(INCREMENTAL, facts).outcome == "pass"
    assert any(isinstance(f, LabDocument) for f in facts)
