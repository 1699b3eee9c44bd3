from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.errors import VerificationError
from gonogo.ledger import dsse
from gonogo.ledger.signature import SigningKey

ALICE, BOB = SigningKey.generate("alice"), SigningKey.generate("bob")


def test_the_signed_bytes_are_those_of_the_specification() -> None:
    expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert dsse.pae("http://example.com/HelloWorld", b"hello world") == expected


def test_an_envelope_says_who_signed_it() -> None:
    envelope = dsse.parse(dsse.seal(b"payload", "text/plain", [ALICE]))
    assert (envelope.payload, envelope.payload_type, envelope.key_ids) == (b"payload", "text/plain", (ALICE.id,))
    assert envelope.signed_by(ALICE.public)
    assert not envelope.signed_by(BOB.public)


def test_a_countersignature_adds_to_the_first_and_only_once() -> None:
    envelope = dsse.parse(dsse.seal(b"payload", "text/plain", [ALICE])).countersign(BOB).countersign(BOB)
    again = dsse.parse(envelope.encode())
    assert again == envelope
    assert again.key_ids == (ALICE.id, BOB.id)
    assert again.signed_by(ALICE.public)
    assert again.signed_by(BOB.public)


@pytest.mark.parametrize("field", ["payload", "payloadType"])
def test_a_changed_payload_or_type_breaks_the_signature(field: str) -> None:
    wire = json.loads(dsse.seal(b"payload", "text/plain", [ALICE]))
    wire[field] = base64.b64encode(b"payloaD").decode()
    assert not dsse.parse(json.dumps(wire).encode()).signed_by(ALICE.public)


def test_a_claimed_key_id_proves_nothing() -> None:
    wire = json.loads(dsse.seal(b"payload", "text/plain", [BOB]))
    wire["signatures"][0]["keyid"] = ALICE.id
    envelope = dsse.parse(json.dumps(wire).encode())
    assert envelope.key_ids == (ALICE.id,)
    assert not envelope.signed_by(ALICE.public)
    assert envelope.countersign(ALICE).signed_by(ALICE.public)


def test_url_safe_base64_and_a_missing_key_id_are_read() -> None:
    wire = json.loads(dsse.seal(b"\xfb\xff\xfe", "text/plain", [ALICE]))
    wire["payload"] = base64.urlsafe_b64encode(b"\xfb\xff\xfe").decode()
    del wire["signatures"][0]["keyid"]
    assert dsse.parse(json.dumps(wire).encode()).signed_by(ALICE.public)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_arbitrary_bytes_are_an_envelope_or_one_clear_error(data: bytes) -> None:
    try:
        dsse.parse(data)
    except VerificationError as refused:
        assert refused.mend
