"""What a journey sends when a case puts other words into the user's mouth."""

import json

import pytest

from gonogo.facts.declaration import Journey
from gonogo.prove.drive.asking import ask, with_text

ID = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("hello", "new"),
        ({"text": "hi", "lang": "a long value, no speech"}, {"text": "new", "lang": "a long value, no speech"}),
        ({"a": "short", "b": "a longer one"}, {"a": "short", "b": "new"}),
        (
            {"model": "m", "messages": [{"role": "user", "content": "hi"}]},
            {"model": "m", "messages": [{"role": "user", "content": "new"}]},
        ),
        ({"n": 3}, {"n": 3}),
        (None, None),
    ],
)  # fmt: skip
def test_the_text_goes_where_the_user_speaks(body, said):
    assert with_text(body, "new") == said


def test_a_body_that_is_no_text_is_sent_as_json():
    made = ask(Journey(name="a", path="/a", body={"q": "é"}), ID)
    assert json.loads(made.body) == {"q": "é"}
    assert made.headers["Content-Type"] == "application/json"


def test_a_declared_content_type_stays():
    made = ask(Journey(name="a", path="/a", body=[1], headers={"content-type": "application/x"}), ID)
    assert made.headers == {"content-type": "application/x"}


def test_a_query_takes_the_text_encoded():
    assert ask(Journey(name="a", method="GET", path="/a?q=hi&k=1"), ID, text="a&b").path == "/a?q=a%26b&k=1"


def test_a_command_takes_the_text_in_place_of_its_words():
    assert ask(Journey(name="a", command=("tool", "-m", "x", "say hello")), ID, text="new").command == (
        "tool",
        "-m",
        "x",
        "new",
    )


def test_the_journey_is_named_by_its_trace():
    assert ask(Journey(name="a"), ID).traceparent == f"00-{ID}-{ID[:16]}-01"
