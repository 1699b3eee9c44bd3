from datetime import UTC, datetime
from pathlib import Path

import pytest

from gonogo.facts import Declaration, Subject, System
from gonogo.facts.declaration import Environment, Identity, Service
from gonogo.prove.base import Target
from gonogo.prove.probe import Probe
from gonogo.prove.probe.visitor import Allowance

from .servers import KEY

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def probe(monkeypatch):
    """Probe an environment and return (facts, target)."""
    monkeypatch.setenv("PROBE_TEST_KEY", f"Bearer {KEY}")

    def run(url: str, known=None, service=None, allowance=None, **environment):
        system = System(
            name="test",
            service=service or Service(health="/healthz"),
            identities=(Identity(name="alice", variable="PROBE_TEST_KEY"),),
        )
        target = Target(
            root=Path(__file__).parent,
            subject=Subject(tree="sha256:0"),
            run="test",
            declaration=Declaration(seen_at=NOW, system=system),
            environment=Environment(name="staging", url=url, **environment),
            known=known,
        )
        collector = Probe(allowance or Allowance(request_s=5, total_s=30))
        return list(collector.collect(target)), target

    return run
