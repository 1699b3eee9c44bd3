"""When errors are of one shape, and what they may not show."""

from datetime import UTC, datetime

import pytest

from gonogo.checks.reliability.probe import error_format_by_probe
from gonogo.facts import Exchange, ProbeBudget

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def wrong(body='{"error": {"code": 1}}', status=404, case="malformed", kind="application/json", **more):
    return Exchange(
        seen_at=NOW,
        purpose="error-shape",
        case=case,
        method="GET",
        url="https://a.example/x",
        status=status,
        headers={"content-type": kind},
        body=body,
        body_bytes=len(body),
        **more,
    )


@pytest.mark.parametrize(
    ("second", "outcome"),
    [
        (wrong(), "pass"),
        (wrong('{"error": {}, "request": "1"}'), "pass"),
        (wrong('{"error": null}'), "pass"),
        (wrong('{"error": "text"}'), "fail"),
        (wrong('{"detail": "text"}'), "fail"),
        (wrong('["text"]'), "fail"),
        (wrong("not json"), "fail"),
        (wrong('{"error": {"text": "' + "a" * 2000), "pass"),
        (wrong(kind="text/html"), "fail"),
        (wrong(kind="application/problem+json"), "pass"),
        (wrong(status=500), "fail"),
        (wrong(status=200), "fail"),
        (wrong('{"error": {"t": "Traceback (most recent call last)"}}'), "fail"),
        (wrong('{"error": {"t": "File \\"/srv/app.py\\", line 3"}}'), "fail"),
        (wrong('{"error": {"t": "/usr/lib/site-packages/x"}}'), "fail"),
        (wrong('{"error": {"t": "at handle (/srv/app.js:10:3)"}}'), "fail"),
        (wrong('{"error": {"code": "x"}, "ok": false}'), "pass"),
        (wrong('{"error": true}'), "fail"),
        (wrong('{"error": 1.5}'), "fail"),
        (wrong('{"error": []}'), "fail"),
        (wrong("{}"), "fail"),
        (wrong("null"), "fail"),
        (wrong(status=399), "fail"),
        (wrong(status=400), "pass"),
        (wrong(status=499), "pass"),
        (wrong(kind=""), "fail"),
        (wrong(kind="Application/JSON; charset=utf-8"), "pass"),
        (wrong('{"error": "' + "a" * 1888), "fail"),
        (wrong('{"error": "' + "a" * 1889), "pass"),
    ],
)
def test_error_format(second, outcome, tells):
    answer = error_format_by_probe([wrong(case="unknown-path"), second], [])
    assert answer.outcome == outcome, answer.summary
    tells(answer)


def test_answers_too_long_to_be_kept_whole_cannot_be_compared(tells):
    answer = error_format_by_probe([wrong('{"error": "' + "a" * 2000), wrong('{"error": "' + "b" * 2000)], [])
    assert answer.outcome == "inconclusive"
    tells(answer)


def test_a_probe_that_ended_amid_the_question_is_no_pass(tells):
    left = [ProbeBudget(seen_at=NOW, environment="staging", allowed=1, sent=1, left_out=("error-shape",))]
    answer = error_format_by_probe([wrong(), wrong()], left)
    assert answer.outcome == "inconclusive"
    tells(answer)
    assert error_format_by_probe([wrong(), wrong(status=500)], left).outcome == "fail"


def test_a_request_without_an_answer_is_left_aside(tells):
    silent = [wrong("", None, error="closed"), wrong("", None, error="closed")]
    assert error_format_by_probe([wrong(), *silent], []).outcome == "pass"
    tells(error_format_by_probe(silent, []))


def test_reading_requests_alone_cannot_tell(tells):
    answer = error_format_by_probe([wrong(case="unknown-path"), wrong(case="wrong-method", status=405)], [])
    assert answer.outcome == "inconclusive"
    tells(answer)
    assert error_format_by_probe([], []).outcome == "not-collected"
