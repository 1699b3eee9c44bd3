"""When errors are of one shape, and what they may not show."""

from datetime import UTC, datetime

import pytest

from gonogo.checks.reliability.probe import error_format_by_probe
from gonogo.facts import Exchange


def wrong(body='{"error": {"code": 1}}', status=404, case="malformed", kind="application/json", **more):
    return Exchange(
        seen_at=datetime(2026, 6, 1, tzinfo=UTC),
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


def test_reading_requests_alone_cannot_tell():
    seen = [wrong(case="unknown-path"), wrong(case="wrong-method", status=405)]
    assert error_format_by_probe(seen, []).outcome == "inconclusive"
    assert error_format_by_probe([], []).outcome == "not-collected"
