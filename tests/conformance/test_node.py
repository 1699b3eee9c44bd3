"""The official Node SDKs and the Vercel AI SDK: their tests are written in their language, in `node/`."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

NODE = Path(__file__).parent / "node"


@pytest.mark.parametrize("name", sorted(path.name for path in NODE.glob("*.test.js")))
def test_the_sdks_of_node(name: str, server: str, ports: dict[str, int]) -> None:
    environment = {"PATH": os.environ["PATH"], "SERVER": server, "PORTS": json.dumps(ports), "HOME": "/nonexistent"}
    command = ["node", "--test", "--test-reporter=tap", name]
    ran = subprocess.run(command, cwd=NODE, env=environment, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "\n# pass 0\n" not in ran.stdout
