from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.wire.process import serving


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a server that answers with the codecs."""
    with serving() as address:
        yield address
