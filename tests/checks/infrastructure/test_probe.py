"""What a health route has to answer."""

from datetime import UTC, datetime

import pytest

from gonogo import catalog
from gonogo.catalog.limits import limits
from gonogo.checks.infrastructure.probe import health_endpoints_by_probe
from gonogo.facts import Declaration, Exchange, ProbeBudget, System
from gonogo.facts.declaration import Deployment

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LIMITS = limits(catalog.load(plugins=False).controls["infrastructure.health-endpoints"], {}, None)


def asked(case="health", status=200, body='{"status": "ok", "version": "1.2"}', **more):
    return Exchange(
        seen_at=NOW,
        purpose=more.pop("purpose", "health"),
        case=case,
        method="GET",
        url="https://a.example/h",
        status=status,
        body=body,
        **more,
    )


UNKNOWN = asked("unknown-path", 404, "")


@pytest.mark.parametrize(
    ("answers", "header", "outcome"),
    [
        ([asked()], None, "pass"),
        ([asked(elapsed_ms=500.0)], None, "pass"),
        ([asked(elapsed_ms=500.1)], None, "fail"),
        ([asked(status=503)], None, "fail"),
        ([asked(status=None, error="closed")], None, "fail"),
        ([asked(), asked("ready", 503)], None, "fail"),
        ([asked(body="ok")], None, "fail"),
        ([asked(body='{"status": "ok"}')], None, "fail"),
        ([asked(body='{"git-sha": "1a2b"}')], None, "pass"),
        ([asked(body='{"version": "unknown"}')], None, "fail"),
        ([asked(body='{"version": ""}')], None, "fail"),
        ([asked()], "X-Release", "fail"),
        ([asked(headers={"x-release": "1.2"})], "X-Release", "pass"),
        ([asked(body='{"build": {"id": 7}}')], "/build/id", "pass"),
        ([asked(body='{"build": 7}')], "/build/id", "fail"),
        ([asked("guess", 404), asked("guess", 200)], None, "pass"),
        ([asked("guess", 404), asked("guess", None, error="closed")], None, "fail"),
        ([asked(), asked("ready")], None, "pass"),
        ([asked(body='{"version": 7}')], None, "pass"),
        ([asked(body='{"version": [7]}')], None, "fail"),
        ([asked(body='{"Release-ID": "r1", "status": "ok"}')], None, "pass"),
        ([asked(body='["version"]')], None, "fail"),
        ([asked(headers={"x-release": " Latest "})], "X-Release", "fail"),
        ([asked(body='{"a/b": {"~": "r1"}}')], "/a~1b/~0", "pass"),
        ([asked(body='["r1"]')], "/0", "pass"),
        ([asked("guess", 404)], None, "fail"),
        ([], None, "fail"),
    ],
)
def test_health_endpoints(answers, header, outcome, tells):
    declared = [Declaration(seen_at=NOW, system=System(name="a", deployment=Deployment(version_header=header)))]
    answer = health_endpoints_by_probe([UNKNOWN, *answers], declared, [], LIMITS)
    assert answer.outcome == outcome
    tells(answer)


def test_a_release_id_is_looked_for_where_the_newest_declaration_says():
    def declared(header):
        return Declaration(seen_at=NOW, system=System(name="a", deployment=Deployment(version_header=header)))

    seen = [UNKNOWN, asked(headers={"x-new": "1"}, body="")]
    assert health_endpoints_by_probe(seen, [declared("X-Old"), declared("X-New")], [], LIMITS).outcome == "pass"
    assert health_endpoints_by_probe(seen, [declared("X-New"), declared("X-Old")], [], LIMITS).outcome == "fail"
    assert (
        health_endpoints_by_probe([asked()], [Declaration(seen_at=NOW, system=System(name="a"))], [], LIMITS).outcome
        == "pass"
    )


def test_a_probe_that_ended_amid_the_question_is_no_pass(tells):
    left = [ProbeBudget(seen_at=NOW, environment="staging", allowed=1, sent=1, left_out=("health", "cors"))]
    answer = health_endpoints_by_probe([UNKNOWN, asked()], [], left, LIMITS)
    assert answer.outcome == "inconclusive"
    tells(answer)
    assert health_endpoints_by_probe([UNKNOWN, asked(status=503)], [], left, LIMITS).outcome == "fail"


@pytest.mark.parametrize("exchanges", [[], [asked(status=None, error="closed")] * 4, [asked("x", purpose="cors")]])
def test_silence_is_told_from_a_question_that_was_not_put(exchanges, tells):
    tells(health_endpoints_by_probe(exchanges, [], [], LIMITS))


def test_a_service_that_answers_everything_proves_nothing():
    assert health_endpoints_by_probe([asked("unknown-path"), asked()], [], [], LIMITS).outcome == "inconclusive"
    assert health_endpoints_by_probe([], [], [], LIMITS).outcome == "not-collected"
