"""What a health route has to answer."""

from datetime import UTC, datetime

import pytest

from gonogo import catalog
from gonogo.catalog.limits import limits
from gonogo.checks.infrastructure.probe import health_endpoints_by_probe
from gonogo.facts import Declaration, Exchange, System
from gonogo.facts.declaration import Deployment

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LIMITS = limits(catalog.load(plugins=False).controls["infrastructure.health-endpoints"], {}, None)


def asked(case="health", status=200, body='{"status": "ok", "version": "1.2"}', **more):
    return Exchange(
        seen_at=NOW,
        purpose="health",
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
        ([asked("guess", 404)], None, "fail"),
        ([], None, "fail"),
    ],
)
def test_health_endpoints(answers, header, outcome, tells):
    declared = [Declaration(seen_at=NOW, system=System(name="a", deployment=Deployment(version_header=header)))]
    answer = health_endpoints_by_probe([UNKNOWN, *answers], declared, [], LIMITS)
    assert answer.outcome == outcome
    tells(answer)


def test_a_service_that_answers_everything_proves_nothing():
    assert health_endpoints_by_probe([asked("unknown-path"), asked()], [], [], LIMITS).outcome == "inconclusive"
    assert health_endpoints_by_probe([], [], [], LIMITS).outcome == "not-collected"
