from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ledger_records import NOW, facts, written

from gonogo.errors import LedgerError
from gonogo.facts import Trait, encode
from gonogo.ledger import query, read, verify
from gonogo.ledger.head import parse_published
from gonogo.ledger.lines import Line, fact_of, frame, genesis, parse

AT = "2026-11-21T12:00:00.000001Z"
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


@given(st.lists(ANY_TEXT, min_size=1, max_size=5), st.integers(1, 10**15))
def test_what_is_framed_is_parsed_back_and_chained(texts: list[str], seq: int) -> None:
    made = [Trait(seen_at=NOW, path=text, line=1, name=text) for text in texts]
    lines, last = frame([encode(fact) for fact in made], seq, genesis("w"), AT)
    parsed = [parse(line) for line in lines]
    assert [line.seq for line in parsed] == list(range(seq, seq + len(made)))
    assert [fact_of(line) for line in parsed] == made
    assert [line.prev for line in parsed[1:]] == [line.digest for line in parsed[:-1]]
    assert parsed[0].prev == genesis("w")
    assert parsed[-1].digest == last
    assert all(b"\n" not in line and json.loads(line)["at"] == AT for line in lines)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_a_record_or_a_ledger_error(data: bytes) -> None:
    with pytest.raises(LedgerError):
        parse(data)


@given(st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_a_record_with_some_bytes_replaced_never_gives_anything_but_a_ledger_error(place: int, new: bytes) -> None:
    [line], _ = frame([encode(facts(1)[0])], 1, genesis("w"), AT)
    place %= len(line)
    with suppress(LedgerError):
        fact_of(parse(line[:place] + new + line[place + len(new) :]))


@given(st.binary(max_size=200))
def test_an_arbitrary_fact_never_gives_anything_but_a_ledger_error(fact: bytes) -> None:
    with suppress(LedgerError):
        fact_of(Line(1, "", AT, b"{" + fact + b"}", ""))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.binary(max_size=300))
@example(data=b"false")
@example(data=b"true\n")
@example(data=b"[1]\n")
@example(data=b'{"seq": "first"}\n')
def test_a_segment_of_arbitrary_bytes_crashes_nobody(tmp_path: Path, data: bytes) -> None:
    directory = tmp_path / "l"
    if not directory.exists():
        written(directory, count=3, each=3)
    [path] = directory.glob("writer=w/day=*/*.ndjson")
    path.write_bytes(data)
    assert verify(directory)
    for attempt in (lambda: list(read([directory])), lambda: query([directory], "SELECT * FROM facts")):
        try:
            attempt()
        except LedgerError as refused:
            assert refused.mend


def test_a_kind_that_is_not_installed_here_is_left_out() -> None:
    fact = b'{"kind":"from_a_plugin","seen_at":"2026-11-21T12:00:00Z","run":""}'
    assert fact_of(Line(1, "", AT, fact, "")) is None


def test_a_known_kind_with_a_wrong_field_is_an_error() -> None:
    with pytest.raises(LedgerError, match="record 7"):
        fact_of(Line(7, "", AT, b'{"kind":"trait","seen_at":"yesterday"}', ""))


@given(ANY_TEXT)
def test_an_arbitrary_head_is_refused_with_a_mend(text: str) -> None:
    try:
        parse_published(text)
    except LedgerError as refused:
        assert refused.mend
