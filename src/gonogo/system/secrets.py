"""Secrets pasted into gonogo.yaml: found and refused without ever being shown."""

from __future__ import annotations

import re

from gonogo.system.document import Node
from gonogo.system.problems import Problems
from gonogo.system.secret_shapes import looks_secret

_SECRET_NAME = re.compile(r"(?i)(^|_)(key|token|secret|password|passwd|pwd|credentials?)$")
_HIDDEN_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-auth-token"})

ELSEWHERE = "remove it here, keep it in an environment variable, and rotate it: it may have been committed"


def refuse_secrets(root: Node, problems: Problems) -> None:
    """Note every value, key or header of the file that looks like a secret."""
    for key, node in root.walk():
        if node.text is not None and looks_secret(node.text):
            problems.add(node.file, node.line, _safe(key), f"holds what looks like a secret; {ELSEWHERE}")
        for name, inner in node.map.items():
            if looks_secret(name):
                problems.add(inner.file, inner.line, "", f"a key of the file looks like a secret; {ELSEWHERE}")
    _refuse_headers(root, problems)
    _refuse_variables(root, problems)


def _safe(key: str) -> str:
    return "" if looks_secret(key) else key


def _refuse_headers(root: Node, problems: Problems) -> None:
    for index, journey in enumerate(_list(root, "journeys")):
        headers = journey.map.get("headers")
        for name, node in headers.map.items() if headers else ():
            if name.lower() in _HIDDEN_HEADERS and node.text and not looks_secret(node.text):
                text = "a credential never stands in the file; declare an identity with `variable:` and name it here"
                problems.add(node.file, node.line, f"journeys.{index}.headers.{name}", text)


def _refuse_variables(root: Node, problems: Problems) -> None:
    service = root.map.get("service")
    variables = service.map.get("environment") if service else None
    for name, node in variables.map.items() if variables else ():
        if _SECRET_NAME.search(name) and _random(node.text or "") and not looks_secret(node.text or ""):
            text = f"holds what looks like a secret; {ELSEWHERE}"
            problems.add(node.file, node.line, f"service.environment.{name}", text)


def _random(text: str) -> bool:
    """Tell whether a value is long and mixed enough for a real secret: `test`, `change-me` and `${X}` are not."""
    return (
        len(text) >= 16
        and not text.startswith("$")
        and any(c.isdigit() for c in text)
        and any(c.isalpha() for c in text)
        and len(set(text)) >= 10
    )


def _list(root: Node, name: str) -> list[Node]:
    node = root.map.get(name)
    return node.items if node else []
