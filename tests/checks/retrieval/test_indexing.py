"""What the proofs on the app's own indexer say where it touches too much, comes too late, or could not be tried."""

import msgspec

from gonogo.facts import AppLog, Exchange, LabDocument, ModelCall, StoredPoint
from tests.checks.lab_facts import changed, declared_each, facts_of, judged, without

INCREMENTAL, IDEMPOTENT, COPIES, QUALITY, METADATA = (
    "retrieval.incremental-indexing",
    "retrieval.indexing-idempotent",
    "retrieval.duplicates-handled",
    "retrieval.document-quality-gate",
    "retrieval.metadata-captured",
)


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


def test_other_ids_texts_or_vectors_after_a_second_run_fail():
    facts = facts_of(IDEMPOTENT)
    one = next(f for f in facts if isinstance(f, StoredPoint) and f.case == "second")
    more = msgspec.structs.replace(one, point="another")
    assert details(IDEMPOTENT, [*facts, more]) == ["second: 1 id is new and 0 gone, of 24"]
    moved = [msgspec.structs.replace(one, vector="AACAPw==" * 3) if f is one else f for f in facts]
    assert details(IDEMPOTENT, moved) == ["second: vectors differ by up to inf"]
    said = [
        msgspec.structs.replace(one, payload={**one.payload, "text": "other words"}) if f is one else f for f in facts
    ]
    assert details(IDEMPOTENT, said) == ["second: 1 chunk says something else"]


def test_a_run_that_ended_before_it_was_killed_proves_nothing():
    facts = changed(facts_of(IDEMPOTENT), Exchange, lambda e: e.case == "killed", exit_code=0)
    assert judged(IDEMPOTENT, facts).outcome == "inconclusive"


def test_a_document_that_repeats_no_other_must_not_be_left_out():
    facts = [f for f in facts_of(COPIES) if not (isinstance(f, StoredPoint) and f.payload["source"] == "breaks.md")]
    assert details(COPIES, facts) == ["breaks.md is not found in the index, nor a copy of it"]


def test_a_copy_may_stay_where_it_is_flagged():
    facts = [
        msgspec.structs.replace(f, payload={**f.payload, "flag": "duplicate"})
        if isinstance(f, StoredPoint) and f.payload["source"].startswith("version-of")
        else f
        for f in facts_of(COPIES, "fail")
    ]
    assert judged(COPIES, facts_of(COPIES, "fail")).outcome == "fail"
    assert judged(COPIES, facts).outcome == "pass"


def test_a_good_document_that_is_kept_out_fails():
    facts = [f for f in facts_of(QUALITY) if not (isinstance(f, StoredPoint) and f.payload["source"] == "gates.md")]
    assert details(QUALITY, facts) == ["gates.md"]


def test_a_document_that_is_kept_out_without_a_word_counts_as_not_found():
    assert len(details(QUALITY, without(facts_of(QUALITY), AppLog))) == 20


def test_a_flag_that_says_why_is_as_good_as_a_line():
    facts = facts_of(QUALITY)
    good = next(f for f in facts if isinstance(f, StoredPoint))
    flagged = [
        msgspec.structs.replace(good, point=d.name, payload={"source": d.name, "flag": d.trait})
        for d in facts
        if isinstance(d, LabDocument) and d.trait
    ]
    assert judged(QUALITY, [*without(facts, AppLog), *flagged]).outcome == "pass"


def test_a_field_that_is_there_and_wrong_counts_as_missing():
    facts = [
        msgspec.structs.replace(f, payload={**f.payload, "date": "2020-01-01"}) if isinstance(f, StoredPoint) else f
        for f in facts_of(METADATA)
    ]
    assert details(METADATA, facts) == ["date: right in 0 of 24 chunks; one says date: '2020-01-01'"]


def test_fields_may_stand_elsewhere_where_the_declaration_says_so():
    facts = [
        msgspec.structs.replace(f, payload={"text": f.payload["text"], "meta": f.payload})
        if isinstance(f, StoredPoint)
        else f
        for f in facts_of(METADATA)
    ]
    assert judged(METADATA, facts).outcome == "fail"
    where = {name: f"meta.{name}" for name in ("source", "date", "author", "section")}
    assert judged(METADATA, declared_each(facts, "indexes", metadata=where)).outcome == "pass"


def test_a_document_that_is_not_indexed_fails():
    facts = [f for f in facts_of(METADATA) if not (isinstance(f, StoredPoint) and f.payload["source"] == "keys.md")]
    assert details(METADATA, facts) == ["keys.md"]
