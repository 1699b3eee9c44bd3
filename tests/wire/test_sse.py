"""Server-Sent Events: any split of the bytes gives the same events, and no input needs unbounded memory."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.wire import sse
from gonogo.wire.base import WireError

WELL = (
    "data: a|data:|data|data:  two|event: done|id: 7|id: \0|retry: 10|retry: x|: comment|||unknown: x|\ufeffdata: b|€"
)
FIELDS = st.sampled_from([*WELL.encode().split(b"|"), b"data: \xff\xfe"])
ENDS = st.sampled_from([b"\n", b"\r", b"\r\n"])
STREAMS = st.lists(st.tuples(FIELDS, ENDS), max_size=30).map(lambda lines: b"".join(a + b for a, b in lines))


def one_by_one(stream: bytes) -> list[sse.Event]:
    return list(sse.decode(stream[at : at + 1] for at in range(len(stream))))


@given(STREAMS | st.binary(max_size=200), st.lists(st.integers(0, 400), max_size=8))
def test_any_split_gives_the_same_events(stream: bytes, cuts: list[int]) -> None:
    marks = [0, *sorted(cut for cut in cuts if cut < len(stream)), len(stream)]
    parts = [stream[a:b] for a, b in pairwise(marks)]
    whole = list(sse.decode([stream]))
    assert list(sse.decode(parts)) == whole
    assert one_by_one(stream) == whole


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=50).filter(lambda said: "\r" not in said),
    st.sampled_from(["message", "done"]),
    st.integers(0, 10**6),
)
def test_what_is_encoded_is_decoded(data: str, event: str, retry: int) -> None:
    found = list(sse.decode([sse.encode(data, event=event, id="7", retry_ms=retry)]))
    assert found == [sse.Event(data, event, "7", retry)]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_every_line_end_of_the_standard_ends_a_line(end: bytes) -> None:
    stream = end.join([b": hello", b"event: add", b"data: 1", b"data: 2", b"", b"data: 3", b"", b""])
    assert [(e.event, e.data) for e in sse.decode([stream])] == [("add", "1\n2"), ("message", "3")]


def test_an_event_without_data_and_one_that_is_not_ended_are_none() -> None:
    assert list(sse.decode([b"event: ping\n\ndata: lost"])) == []


def test_the_last_id_stays_until_another_comes() -> None:
    assert [e.id for e in sse.decode([b"id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n"])] == ["1", "1", ""]


def test_a_byte_order_mark_opens_a_stream_once() -> None:
    assert [e.data for e in sse.decode([b"\xef\xbb\xbfdata: a\n\n\xef\xbb\xbfdata: b\n\ndata: c\n\n"])] == ["a", "c"]


@pytest.mark.parametrize("chunk", [b"data: " + b"x" * 50, b"data: xxxxxxx\n"])
def test_an_event_larger_than_the_limit_is_refused(chunk: bytes) -> None:
    decoder = sse.Decoder(limit=100)
    with pytest.raises(WireError, match="larger than 100 bytes"):
        for _ in range(100):
            decoder.feed(chunk)


def test_a_comment_is_no_event() -> None:
    assert list(sse.decode([sse.comment("keep\nalive"), sse.encode("x")])) == [sse.Event("x")]
