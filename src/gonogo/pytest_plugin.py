"""The lab in a team's own tests: the fixture `gonogo_lab`, a model provider that fails and answers as the test says.

    def test_a_full_provider_is_asked_again(gonogo_lab):
        gonogo_lab.fail("status", status=429, retry_after_s=0.1, count=1)
        assert app.reply("hello")
        assert len(gonogo_lab.calls) == 2

pytest loads this module wherever gonogo is installed, so it imports nothing until a test asks for the fixture.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from gonogo.prove.lab.scripted import ScriptedProvider, Standing


@pytest.fixture(scope="session")
def _gonogo_standing() -> Iterator[Standing]:
    from gonogo.prove.lab.scripted import Standing

    with Standing() as standing:
        yield standing


@pytest.fixture
def gonogo_lab(
    _gonogo_standing: Standing, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ScriptedProvider]:
    """A model provider of the lab: `fail`, `answer`, `speed`, `calls`, `base_url`; SDKs find it by the environment."""
    from gonogo.prove.lab.scripted import ScriptedProvider

    lab = ScriptedProvider(_gonogo_standing, request.node.nodeid)
    for name, value in lab.environment.items():
        monkeypatch.setenv(name, value)
    for name in ("NO_PROXY", "no_proxy"):  # a proxy of this machine knows no loopback address of it
        monkeypatch.setenv(name, ",".join(filter(None, ("127.0.0.1", os.environ.get(name)))))
    yield lab
    lab.clear()
