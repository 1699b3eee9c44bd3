"""What every test shares: keys and caches of its own, never those of whoever runs the tests."""

import pytest


@pytest.fixture(autouse=True)
def own_keys(tmp_path_factory, monkeypatch):
    """Point the key store and the user's data at empty directories, and git at nobody's configuration."""
    monkeypatch.setenv("GONOGO_KEYS", str(tmp_path_factory.mktemp("keys")))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.delenv("GONOGO_TRACE", raising=False)
