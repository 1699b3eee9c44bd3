import pytest

from gonogo.errors import CollectError
from gonogo.facts import System
from gonogo.facts.declaration import Identity, Journey
from gonogo.facts.lab_declaration import Lab
from gonogo.prove.load.mix import answers, lines

ASK = Journey(name="ask", path="/ask?x=1", body={"text": "hello"}, identity="ann", answer="/answer", deadline_s=5)
LOOK = Journey(name="look", method="GET", path="/look")


def system(*journeys, environment=None, **given):
    people = (
        Identity(name="ann", variable="ANN"),
        Identity(name="ben", variable="BEN"),
        Identity(name="root", role="admin", variable="ROOT"),
    )
    values = {"ANN": "Bearer a", "BEN": "Bearer b"} if environment is None else environment
    return System(name="app", identities=people, journeys=journeys, lab=Lab(environment=values), **given)


def test_a_journey_is_sent_as_every_identity_of_its_role():
    found = lines(system(ASK), "app:80")
    assert [b"Authorization: Bearer a" in line.request.before for line in found] == [True, False]
    assert [b"Authorization: Bearer b" in line.request.before for line in found] == [False, True]
    assert {line.route for line in found} == {"/ask"}


def test_journeys_alternate():
    assert [line.journey for line in lines(system(ASK, LOOK), "app:80")] == ["ask", "look", "ask"]


def test_the_bytes_are_a_whole_request_around_the_place_of_its_trace():
    request = lines(system(ASK), "app:80")[0].request
    head, _, body = (request.before + b"traceparent: 00-1-2-01\r\n" + request.after).partition(b"\r\n\r\n")
    assert head.startswith(b"POST /ask?x=1 HTTP/1.1\r\n")
    assert b"\r\nHost: app:80\r\n" in head
    assert b"\r\nContent-Type: application/json\r\n" in head
    assert f"Content-Length: {len(body)}".encode() in head
    assert body == b'{"text": "hello"}'
    assert request.traced and request.deadline_s == 5


def test_an_identity_without_a_credential_is_told():
    with pytest.raises(CollectError, match="'ben' has no credential"):
        lines(system(ASK, environment={"ANN": "Bearer a"}), "app:80")


def test_a_line_break_in_a_credential_is_told_and_not_sent():
    with pytest.raises(CollectError, match="line break"):
        lines(system(ASK, environment={"ANN": "a\r\nX-Admin: 1", "BEN": "b"}), "app:80")


def test_a_system_of_commands_alone_takes_no_load():
    with pytest.raises(CollectError, match="is an HTTP request"):
        lines(system(Journey(name="run", command=("app", "hello"))), "app:80")


def test_an_answer_stands_where_it_is_declared():
    judge = answers("/answer")
    assert judge(b'{"answer": "yes"}', "application/json")
    assert not judge(b'{"answer": ""}', "application/json")
    assert not judge(b'{"error": "no"}', "application/json")


def test_what_the_app_says_without_its_model_is_no_good_answer_where_the_model_is_wanted():
    judge = answers("/answer", marked=True)
    assert judge(b'{"answer": "yes lab0123abcd"}', "application/json")
    assert not judge(b'{"answer": "the assistant is away"}', "application/json")


def test_the_words_of_the_model_are_found_in_pieces_of_a_stream():
    seen = []
    stream = b'data: {"text": "yes lab01"}\n\ndata: {"text": "23abcd"}\n\n'
    assert answers("/text", marked=True, seen=seen.append)(stream, "text/event-stream")
    assert seen == [True]
