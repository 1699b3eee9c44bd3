"""What `retrieval.filters-correct` says where filters could not be tried, or break otherwise."""

import msgspec

from gonogo.facts import Exchange, LabDocument, ModelCall
from tests.checks.lab_facts import changed, declared_each, facts_of, judged, without

FILTERS = "retrieval.filters-correct"


def leaked(case, name):
    """The recorded facts, with one more document before the model in a case."""
    facts = facts_of(FILTERS)
    text = next(f.sections[0][1] for f in facts if isinstance(f, LabDocument) and f.name == name)
    made = []
    for fact in facts:
        if isinstance(fact, ModelCall) and fact.case == case and fact.operation == "chat":
            turns = tuple(msgspec.structs.replace(t, text=f"{t.text}\n{text}") for t in fact.prompt)
            fact = msgspec.structs.replace(fact, prompt=turns)
        made.append(fact)
    return made


def test_a_document_of_another_tenant_fails_with_and_without_a_filter():
    for case in ("healthy", "since"):
        finding = judged(FILTERS, leaked(case, "stocktaking.md"))
        assert finding.outcome == "fail"
    assert judged(FILTERS, leaked("healthy", "stocktaking.md")).summary == (
        "documents of another tenant reach the model"
    )


def test_a_document_that_a_negation_should_leave_out_fails():
    finding = judged(FILTERS, leaked("none", "forklifts.md"))
    assert finding.evidence[0].detail == ("no document of a category: forklifts.md reached the model and does not fit")


def test_a_reader_of_the_other_tenant_must_not_get_this_ones():
    assert (
        "a reader of another tenant got gates.md"
        in judged(FILTERS, leaked("other-tenant", "gates.md")).evidence[0].detail
    )


def test_a_filter_that_leaves_nothing_out_proves_nothing():
    facts = changed(facts_of(FILTERS), ModelCall, lambda c: c.case == "healthy" and c.operation == "chat", prompt=())
    facts = changed(facts, Exchange, lambda e: e.case == "healthy", body="{}")
    finding = judged(FILTERS, facts)
    assert finding.outcome == "inconclusive"
    assert finding.summary.startswith("without a filter 0 documents reach the model")


def test_a_leak_fails_also_where_not_all_can_be_told():
    facts = changed(leaked("healthy", "stocktaking.md"), Exchange, lambda e: e.case == "other-tenant", body="{}")
    facts = changed(facts, ModelCall, lambda c: c.case == "other-tenant", prompt=())
    assert judged(FILTERS, facts).summary == "documents of another tenant reach the model"


def test_nothing_for_the_other_tenant_proves_nothing():
    facts = changed(facts_of(FILTERS), ModelCall, lambda c: c.case == "other-tenant", prompt=())
    facts = changed(facts, Exchange, lambda e: e.case == "other-tenant", body="{}")
    assert judged(FILTERS, facts).outcome == "inconclusive"


def test_documents_of_one_tenant_alone_prove_nothing():
    facts = [f for f in facts_of(FILTERS) if not (isinstance(f, LabDocument) and f.tenant == "south")]
    assert judged(FILTERS, facts).summary.startswith("documents of one tenant alone")


def test_an_undeclared_filter_is_named():
    facts = declared_each(facts_of(FILTERS), "indexes", narrowing={"since": {}, "until": {}, "any": {}})
    assert judged(FILTERS, facts).fix.startswith("add indexes[].narrowing.none")


def test_a_filter_that_the_app_does_not_have_needs_no_proof():
    kept = {"since": {"since": "{date}"}, "until": {}, "any": {}, "none": {}}
    facts = declared_each(facts_of(FILTERS), "indexes", narrowing=kept)
    assert judged(FILTERS, facts).summary.startswith("2 filtered questions")


def test_without_any_filter_there_is_nothing_to_try():
    facts = [f for f in facts_of(FILTERS) if not (isinstance(f, LabDocument) and f.tenant == "south")]
    assert judged(FILTERS, declared_each(facts, "indexes", filters=(), narrowing={})).fix.startswith("add indexes[]")


def test_a_filter_that_was_not_played_proves_nothing():
    assert judged(FILTERS, without(facts_of(FILTERS), Exchange, "healthy")).outcome == "inconclusive"
