"""What the proofs on questions before a search say of a step that does nothing, or that nobody can see."""

from gonogo.facts import ModelCall, Retrieval, ScenarioRun
from tests.checks.lab_facts import changed, declared_each, facts_of, judged

REWRITES = "retrieval.query-preprocessing"


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
