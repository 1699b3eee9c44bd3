"""What the proofs of trusted certificates and of single sources of keys say where nothing was seen."""

from gonogo.facts import AppStart, Contact, ModelCall
from tests.checks.lab_facts import changed, facts_of, judged, without

TLS, SOURCES = "access.tls-outbound", "access.secrets-from-manager"


def test_an_app_that_stays_on_plain_http_proves_nothing():
    facts = changed(facts_of(TLS), ModelCall, lambda c: True, host="127.0.0.1:11434")
    assert judged(TLS, facts).summary == "the app did not call its provider over TLS, though it was pointed there"


def test_where_no_call_was_tried_nothing_was_refused():
    assert judged(TLS, without(facts_of(TLS), Contact)).outcome == "inconclusive"


def test_calls_without_any_key_tell_nothing_of_its_source():
    assert judged(SOURCES, changed(facts_of(SOURCES), ModelCall, lambda c: True, key="")).outcome == "inconclusive"


def test_where_no_key_was_withheld_nothing_is_proven():
    facts = changed(facts_of(SOURCES), AppStart, lambda s: True, without="")
    assert judged(SOURCES, facts).summary == "no key was withheld"


def test_an_app_that_serves_on_without_any_key_has_no_copy_of_it():
    facts = changed(facts_of(SOURCES, "fail"), ModelCall, lambda c: c.case.startswith("without"), key="")
    assert judged(SOURCES, facts).summary == "without OPENAI_API_KEY no call has a key"
