"""What the proofs on retrieved documents and named sources say where they could not be tried, or break otherwise."""

import msgspec

from gonogo.facts import Exchange, ModelCall, Retrieval
from tests.checks.lab_facts import changed, declared_each, facts_of, judged, without

WEAK, EMPTY, CITED = (
    "retrieval.similarity-threshold",
    "retrieval.empty-results-handled",
    "security-output.citation-check",
)


def test_without_a_query_to_the_labs_store_nothing_is_proven():
    for control in (WEAK, EMPTY):
        assert judged(control, without(facts_of(control), Retrieval)).summary == "no query reached the lab's store"


def test_where_the_good_document_does_not_arrive_either_nothing_is_proven():
    facts = changed(facts_of(WEAK), ModelCall, lambda c: True, prompt=())
    assert judged(WEAK, facts).summary == "the good document did not reach the model either"


def test_a_weak_document_that_says_so_may_reach_the_model():
    facts = []
    for fact in facts_of(WEAK, "fail"):
        if isinstance(fact, ModelCall) and fact.case == "weak":
            turns = tuple(msgspec.structs.replace(t, text=f"(low relevance) {t.text}") for t in fact.prompt)
            fact = msgspec.structs.replace(fact, prompt=turns)
        facts.append(fact)
    assert judged(WEAK, facts).outcome == "pass"


def test_without_a_declared_reply_it_cannot_be_told():
    facts = declared_each(facts_of(EMPTY), "indexes", empty_reply=None)
    assert judged(EMPTY, facts).fix == "add indexes[].empty_reply"


def test_a_reply_that_names_an_invented_source_fails():
    facts = facts_of(EMPTY)
    reply = next(f.answer for f in facts if isinstance(f, Exchange) and f.case == "empty")
    invented = changed(facts, Exchange, lambda e: e.case == "empty", answer=f"{reply} [doc-7]")
    assert judged(EMPTY, invented).summary == "an answer without a source names one"


def test_an_answer_without_its_good_source_proves_nothing():
    assert judged(CITED, changed(facts_of(CITED), Exchange, lambda e: e.case == "cited", answer="Yes.")).outcome == (
        "inconclusive"
    )


def test_a_quote_that_nobody_wrote_fails_unless_it_is_marked():
    said = 'Boots are lent out [source-1]. It says: "every visitor owns the boots for ever"'
    bare = changed(facts_of(CITED), Exchange, lambda e: e.case == "cited", answer=said)
    assert judged(CITED, bare).summary == "the one answer quoted what nobody wrote"
    marked = changed(facts_of(CITED), Exchange, lambda e: e.case == "cited", answer=f"{said} (unverified)")
    assert judged(CITED, marked).outcome == "pass"


def test_a_case_in_which_the_app_did_not_search_proves_nothing():
    for control in (WEAK, EMPTY):
        finding = judged(control, without(facts_of(control), Retrieval, "weak"))
        assert finding.outcome == "inconclusive"
        assert "did not search anew" in finding.summary


def test_a_source_that_was_never_searched_for_tells_nothing():
    assert judged(CITED, without(facts_of(CITED), Retrieval, "cited")).outcome == "inconclusive"


def test_a_mark_before_the_words_counts_as_well():
    said = 'Boots are lent out [source-1]. Unverified: "every visitor owns the boots for ever"'
    assert judged(CITED, changed(facts_of(CITED), Exchange, lambda e: e.case == "cited", answer=said)).outcome == "pass"
