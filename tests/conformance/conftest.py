"""The real SDKs against the codecs: `make conformance`, in an environment of its own, as they bring a great deal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator

import pytest

from tests.wire.process import serving

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # it fetches its prices when it is imported, otherwise
os.environ["LANGSMITH_TRACING"] = "false"
LOOPBACK = ("127.0.0.1", "::1", "localhost", None)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a server that answers with the codecs."""
    with serving() as address:
        yield address


@pytest.fixture(scope="session")
def ports() -> Iterator[dict[str, int]]:
    """The ports of the stand-ins for models, tools, stores and predictions, by name."""
    with serving("tests.prove.lab.standins.served") as line:
        yield json.loads(line)


def _only_loopback(event: str, args: tuple[object, ...]) -> None:
    """Fail whatever asks the operating system for another host than this."""
    asked = args[0] if event == "socket.getaddrinfo" else args[1] if event == "socket.connect" else None
    host = asked[0] if isinstance(asked, tuple) else asked if isinstance(asked, str) else None
    if event.startswith("socket.") and host not in LOOPBACK and not str(host).startswith("/"):
        raise AssertionError(f"a test reached out to {host!r}")


sys.addaudithook(_only_loopback)
