"""What the user reads in a response, whatever its form."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.prove.drive.answers import answer_of, markers

EVENTS = 'data: {"type":"d","text":"lab00"}\n\ndata: {"type":"d","text":"00000a hi"}\n\ndata: [DONE]\n\n'


@pytest.mark.parametrize(
    ("body", "kind", "pointer", "answer"),
    [
        ('{"answer": "yes", "id": "x"}', "application/json", "/answer", "yes"),
        ('{"a": {"b": ["one", "two"]}}', "application/json", "/a/b", "onetwo"),
        ('{"answer": "yes"}', "application/json", "text", '{"answer": "yes"}'),
        ("plain words", "text/plain", None, "plain words"),
        (EVENTS, "text/event-stream", None, "lab0000000a hi"),
        (EVENTS, "text/event-stream", "/text", "lab0000000a hi"),
        ('{"t":"he"}\n{"t":"llo"}\n', "application/x-ndjson", None, "hello"),
        ("data: he\n\ndata: llo\n\n", "text/event-stream", None, "hello"),
        ('{"answer": ', "application/json", "/answer", ""),
    ],
)
def test_the_part_that_the_user_reads(body, kind, pointer, answer):
    assert answer_of(body, kind, pointer) == answer


def test_markers_are_found_across_the_pieces_of_a_stream():
    assert markers([EVENTS, answer_of(EVENTS, "text/event-stream", None)]) == ("lab0000000a",)


@given(st.text(max_size=200), st.sampled_from(["application/json", "text/event-stream", "text/plain"]))
def test_any_body_gives_a_text(body, kind):
    assert isinstance(answer_of(body, kind, None), str)


@given(
    st.recursive(st.text(max_size=5) | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_any_document_gives_a_text(document):
    assert isinstance(answer_of(json.dumps(document), "application/json", "/a"), str)
