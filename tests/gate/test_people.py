from __future__ import annotations
from tests.gate import build
def test_x(): assert build.key("a")
