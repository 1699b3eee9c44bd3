"""What the proofs on questions before a search say of a step that does nothing, or that nobody can see."""

import msgspec

from gonogo.facts import ModelCall, Retrieval, ScenarioRun
from tests.checks.lab_facts import changed, declared_each, facts_of, judged, without

REWRITES, MERGED = "retrieval.query-preprocessing", "retrieval.multi-query-merge"


def test_a_question_that_is_not_rewritten_fails():
    mended, typed = ("How much paid time off is left?",), ("How much PTO is left?",)
    facts = changed(facts_of(REWRITES), ModelCall, lambda c: c.case == "rewritten" and c.inputs == mended, inputs=typed)
    finding = judged(REWRITES, facts)
    assert finding.summary == "questions are not rewritten as declared"
    assert "'How much PTO is left?' was searched for as 'How much PTO is left?'" in finding.evidence[0].detail


def test_the_words_that_a_store_is_asked_with_count_as_well():
    facts = changed(facts_of(REWRITES), ModelCall, lambda c: c.operation == "embeddings", inputs=())
    assert judged(REWRITES, facts).summary.startswith("what is searched for cannot be seen")
    asked = {f.journey: f.inputs[0] for f in facts_of(REWRITES) if isinstance(f, ModelCall) and f.inputs}
    for journey, words in asked.items():
        facts = changed(facts, Retrieval, lambda r, journey=journey: r.journey == journey, query=words)
    assert judged(REWRITES, facts).outcome == "pass"


def test_a_rewriting_that_is_not_what_is_declared_fails():
    facts = declared_each(facts_of(REWRITES), "indexes", rewrites={"How much PTO is left?": "How much leave is left?"})
    assert judged(REWRITES, facts).outcome == "fail"


def test_questions_that_were_not_asked_prove_nothing():
    facts = changed(facts_of(REWRITES), ScenarioRun, lambda r: True, cases=("healthy", "rewritten"))
    assert judged(REWRITES, facts).outcome == "inconclusive"


def reading(case, change):
    """The recorded facts, with what the model read in a case changed."""
    facts = []
    for fact in facts_of(MERGED):
        if isinstance(fact, ModelCall) and fact.case == case and fact.operation == "chat":
            turns = tuple(msgspec.structs.replace(t, text=change(t.text)) for t in fact.prompt)
            fact = msgspec.structs.replace(fact, prompt=turns)
        facts.append(fact)
    return facts


def test_a_document_that_is_missing_or_stands_twice_fails():
    lost = judged(MERGED, reading("healthy", lambda text: text.replace("Drums", "")))
    assert [e.detail for e in lost.evidence] == ["healthy: part-4 is missing"]
    said = "The caretaker has a list of everything."
    twice = judged(MERGED, reading("overlapping", lambda text: text.replace(said, f"{said} {said}")))
    assert [e.detail for e in twice.evidence] == ["overlapping: part-5 stands there 2 times"]


def test_a_worse_result_before_a_better_one_of_the_same_part_fails():
    one, other = "Tulips are watered at dawn by the gardener.", "Roses are pruned on frosty mornings in March."
    swapped = reading("healthy", lambda text: text.replace(one, "#").replace(other, one).replace("#", other))
    assert judged(MERGED, swapped).evidence[0].detail == "healthy: part-2 before part-1"


def test_a_part_that_fails_must_not_end_the_search_for_the_others():
    facts = facts_of(MERGED)
    second = [f for f in facts if isinstance(f, Retrieval) and f.case == "first fails" and not f.fault]
    finding = judged(MERGED, [f for f in facts if f not in second])
    assert finding.summary == "where one part of a question fails, the others are not searched for"


def test_a_question_that_was_not_split_or_did_not_fail_proves_nothing():
    assert "was not split" in judged(MERGED, without(facts_of(MERGED), Retrieval, "healthy")).summary
    healed = changed(facts_of(MERGED), Retrieval, lambda r: True, fault=None)
    assert judged(MERGED, healed).summary == "no part of the question failed"
