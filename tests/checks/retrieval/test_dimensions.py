"""What `retrieval.dimension-match` says where lengths differ, or where no wrong vector could be tried."""

from gonogo.facts import AppLog, Exchange, ModelCall, Retrieval
from tests.checks.lab_facts import changed, declared_each, facts_of, judged, without

MATCH = "retrieval.dimension-match"


def test_an_index_of_another_length_than_its_vectors_or_the_declaration_fails():
    made = changed(facts_of(MATCH), Retrieval, lambda r: r.operation == "create", dimension=128)
    assert "the index: 128; documents: 64" in judged(MATCH, made).evidence[0].detail
    assert judged(MATCH, declared_each(facts_of(MATCH), "indexes", dimension=1536)).outcome == "fail"


def test_without_vectors_in_the_labs_store_nothing_is_proven():
    assert judged(MATCH, without(facts_of(MATCH), Retrieval, "ingest")).summary == "no vector reached the lab's store"


def test_an_app_that_embeds_by_itself_cannot_be_given_a_wrong_vector():
    finding = judged(MATCH, changed(facts_of(MATCH), ModelCall, lambda c: True, fault=None))
    assert finding.outcome == "inconclusive"
    assert "embeds by itself" in finding.summary


def test_a_store_that_refuses_the_vector_is_enough_where_the_user_reads_an_error():
    facts = facts_of(MATCH)
    query = next(f for f in facts if isinstance(f, Retrieval) and f.case == "healthy")
    journey = next(f.journey for f in facts if isinstance(f, Exchange) and f.case == "short question")
    refused = changed([query], Retrieval, lambda r: True, case="short question", journey=journey, status=400)
    assert judged(MATCH, [*facts, *refused]).outcome == "pass"


def test_nothing_found_without_an_error_fails():
    facts = changed(facts_of(MATCH), Exchange, lambda e: e.case == "short question", status=200)
    facts = without(facts, AppLog, "short question")
    assert judged(MATCH, facts).evidence[0].detail == "short question: nothing was found, and no error says why"


def test_an_indexer_that_leaves_a_document_out_in_silence_fails():
    facts = changed(facts_of(MATCH), Exchange, lambda e: e.case == "long document", exit_code=0, body="")
    facts = without(facts, AppLog, "long document")
    assert judged(MATCH, facts).evidence[0].detail == "long document: the indexer ended without a word of it"
