"""What every test shares: keys and caches of its own, never those of whoever runs the tests."""

import os
import sys
from pathlib import Path

import pytest

os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
"""As in an activated environment: apps that the tests run are installed beside gonogo."""


@pytest.fixture(autouse=True)
def own_keys(tmp_path_factory, monkeypatch):
    """Point the key store and the user's data at empty directories, and git at nobody's configuration."""
    monkeypatch.setenv("GONOGO_KEYS", str(tmp_path_factory.mktemp("keys")))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.delenv("GONOGO_TRACE", raising=False)


def pytest_sessionfinish(session):
    """CI has all that a test can need: with GONOGO_NO_SKIP=1 a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("GONOGO_NO_SKIP") == "1" and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
