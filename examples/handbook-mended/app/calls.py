"""One record for each call of the model: what was asked of which model, how it went, what it took."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

PERSONAL = re.compile(r"sk-[\w-]{8,}|[\w.+-]+@[\w-]+\.[\w.]+|(?<!\w)\+?\d[\d -]{7,}\d(?!\w)")


def keep(**record: object) -> None:
    shown = {k: PERSONAL.sub("[redacted]", v) if isinstance(v, str) else v for k, v in record.items()}
    with Path("calls.jsonl").open("a") as file:
        file.write(json.dumps({"time": datetime.now(UTC).isoformat(), **shown}) + "\n")
