"""The release in service: its name, and the model and prompt that go with it."""

import json
from pathlib import Path

PLACE = Path("releases")


def current() -> tuple[str, dict[str, str]]:
    name = (PLACE / "current").read_text().strip()
    return name, json.loads((PLACE / f"{name}.json").read_text())
