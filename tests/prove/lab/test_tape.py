"""A tape gives back what was recorded, to the same request, and tells whose answer it is by a marker."""

import json

import pytest

from gonogo.errors import SystemFileError
from gonogo.facts.traffic import Turn
from gonogo.prove.lab.standins.answers import answer
from gonogo.prove.lab.tape import TAPE, Take, Tape, marked, place, whole, words
from gonogo.wire.base import ModelAnswer, ModelRequest, Usage
from tests.prove.lab.rooms import room


def request(*texts, system="Be kind.", model="m-1", operation="chat"):
    roles = ["user", "assistant"] * len(texts)
    turns = (Turn(role="system", text=system), *(Turn(role=r, text=t) for r, t in zip(roles, texts, strict=False)))
    return ModelRequest(protocol="openai_chat", operation=operation, model=model, turns=turns)


def take(asked, text, journey="", **given):
    return Take(
        protocol="openai_chat", operation=asked.operation, model=asked.model, whole=whole(asked), words=words(asked),
        place=place(asked, journey), answer=ModelAnswer(model="m-1-dated", text=text, **given),
    )  # fmt: skip


def test_the_same_request_gets_its_answer_whatever_the_model():
    tape = Tape([take(request("a"), "A"), take(request("b"), "B")])
    assert tape.find(request("b", model="m-2")).answer.text == "B"


def test_another_system_prompt_still_finds_the_users_words_at_the_same_point():
    tape = Tape([take(request("a"), "A"), take(request("hi", "yes?", "a"), "later A")])
    assert tape.find(request("a", system="It is noon.")).answer.text == "A"
    assert tape.find(request("hi", "no?", "a", system="It is noon.")).answer.text == "later A"


def test_words_that_differ_each_time_are_answered_as_at_the_same_point_of_the_declared_journey():
    tape = Tape([take(request("3:05 a"), "A", "ask"), take(request("3:06 a"), "of another journey", "other")])
    assert tape.find(request("4:17 a"), "ask").answer.text == "A"
    assert tape.find(request("4:17 a")) is None, "what is not said as declared has no answer on the tape"
    assert tape.find(request("4:17 a", system="Be rude."), "ask") is None


def test_what_was_never_asked_has_no_answer():
    tape = Tape([take(request("a"), "A")])
    assert tape.find(request("c")) is None
    assert tape.find(request("a", operation="embeddings")) is None


def test_of_two_takes_of_one_request_the_later_counts():
    assert [t.answer.text for t in Tape([take(request("a"), "old"), take(request("a"), "new")])] == ["new"]


def test_what_is_written_is_read_back(tmp_path):
    Tape([take(request("a"), "A ä"), take(request("b"), "B")]).write(tmp_path)
    assert [t.answer.text for t in Tape.read(tmp_path)] == ["A ä", "B"]
    assert '"a"' not in (tmp_path / TAPE).read_text(), "the prompt itself is not on the tape"


def test_without_a_file_there_is_nothing_on_it(tmp_path):
    assert list(Tape.read(tmp_path)) == []


def test_a_broken_line_is_named(tmp_path):
    Tape([take(request("a"), "A")]).write(tmp_path)
    with (tmp_path / TAPE).open("a") as file:
        file.write("{}\n")
    with pytest.raises(SystemFileError) as caught:
        Tape.read(tmp_path)
    assert (caught.value.line, caught.value.mend) == (2, f"record it anew: rm {TAPE}, then gonogo lab record")


def test_a_text_carries_the_marker_at_its_end():
    assert marked(ModelAnswer(text="All is well."), "lab1").text == "All is well. lab1"


def test_json_stays_json_and_carries_the_marker_in_its_longest_sentence():
    text = json.dumps({"kind": "refund", "why": "it came late", "words": ["so do not worry, all is well"]})
    document = json.loads(marked(ModelAnswer(text=text), "lab1").text)
    assert document == {"kind": "refund", "why": "it came late", "words": ["so do not worry, all is well lab1"]}


def test_json_of_codes_alone_is_left_as_it_is():
    assert marked(ModelAnswer(text='{"kind": "refund", "days": 3}'), "lab1").text == '{"kind": "refund", "days": 3}'


def test_the_stand_in_says_what_is_on_the_tape_and_an_echo_of_all_else():
    here = room()
    here.tape = Tape([take(request("a"), "A")])
    made = answer(request("a"), here, "lab1")
    assert (made.text, made.model) == ("A lab1", "m-1-dated")
    assert answer(request("a", model="m-2"), here, "lab1").model == "m-2"
    assert answer(request("c"), here, "lab1").text == "lab1 You said: c"


def test_tokens_are_those_that_the_provider_counted_and_else_about_as_many():
    here = room()
    here.tape = Tape([take(request("a"), "A", usage=Usage(input=5, output=1)), take(request("b" * 40), "B" * 8)])
    assert answer(request("a"), here, "lab1").usage == Usage(input=5, output=1)
    assert answer(request("b" * 40), here, "lab1").usage.input > 10
