"""What the proof on context says where too much is sent, or nothing that would have to be trimmed."""

from gonogo.derive import marks
from gonogo.facts import Exchange, ModelCall
from tests.checks.lab_facts import changed, declared, facts_of, judged, without

CONTEXT = "cost.context-trimmed"


def found(word):
    """The facts as if the last turn were a search that finds long documents."""
    facts = facts_of(CONTEXT)
    last = [f for f in facts if isinstance(f, Exchange) and f.case == "chat"][-1]
    call = next(f for f in facts if isinstance(f, ModelCall) and f.journey == last.journey)
    turns = tuple(type(t)(role=t.role, text=f"{word} {t.text}") for t in call.prompt)
    facts = changed(facts, Exchange, lambda e: e.journey == last.journey, case="documents")
    return changed(facts, ModelCall, lambda c: c.journey == last.journey, case="documents", prompt=turns)


def test_a_budget_that_is_smaller_than_what_is_sent_fails():
    assert judged(CONTEXT, declared(facts_of(CONTEXT), context={"chat": 300})).outcome == "fail"


def test_a_budget_for_all_routes_alike_leaves_it_open():
    assert judged(CONTEXT, facts_of(CONTEXT), context_budget_tokens="300").outcome == "inconclusive"


def test_a_chat_that_carries_nothing_leaves_it_open():
    facts = changed(facts_of(CONTEXT), ModelCall, lambda c: c.case == "chat", prompt=())
    finding = judged(CONTEXT, facts)
    assert (finding.outcome, "had to be trimmed" in finding.summary) == ("inconclusive", True)


def test_the_size_of_a_stream_is_told_by_its_bytes():
    facts = changed(facts_of(CONTEXT), ModelCall, lambda c: c.case == "chat", input_tokens=0, request_bytes=40_000)
    assert "sends 10000 tokens" in judged(CONTEXT, facts).summary


def test_turns_without_a_model_call_leave_it_open():
    assert judged(CONTEXT, without(facts_of(CONTEXT), ModelCall, "chat")).outcome == "inconclusive"


def test_a_passage_among_long_documents_passes():
    assert "a chat and documents" in judged(CONTEXT, found(marks.PASSAGES[1])).summary


def test_documents_without_the_passage_that_matters_fail():
    assert judged(CONTEXT, found("")).summary == "the passage that matters is not among what is sent of long documents"
