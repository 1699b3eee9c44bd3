"""Secrets pasted into gonogo.yaml: found and refused without ever being shown."""

from __future__ import annotations

import re

from gonogo.system.document import Node
from gonogo.system.problems import Problems

_KEYS = re.compile(
    r"\bsk-[A-Za-z0-9_-]{16,}"  # OpenAI, Anthropic, OpenRouter, ...
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"  # AWS
    r"|\bAIza[A-Za-z0-9_-]{30,}"  # Google
    r"|\b(?:hf|gsk|r8|xai|pplx|nvapi|npm|glpat|dop_v1)[_-][A-Za-z0-9_-]{20,}"  # Hugging Face, Groq, Replicate, ...
    r"|\bgh[oprsu]_[A-Za-z0-9]{30,}|\bgithub_pat_[A-Za-z0-9_]{30,}"
    r"|\bxox[abposr]-[A-Za-z0-9-]{10,}|hooks\.slack\.com/services/T\w+/B\w+/\w+"
    r"|\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}"  # Stripe
    r"|\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\."  # a JSON Web Token
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|(?i:\bbearer\s+)[A-Za-z0-9._~+/-]{16,}"
)
_PASSWORD_IN_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s:@]*:(?P<word>[^/\s@]+)@(?P<host>[^/\s:]+)", re.IGNORECASE)
_SECRET_NAME = re.compile(r"(?i)(^|_)(key|token|secret|password|passwd|pwd|credentials?)$")
_HIDDEN_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-auth-token"})
_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]", "db", "postgres", "redis"})

ELSEWHERE = "remove it here, keep it in an environment variable, and rotate it: it may have been committed"


def looks_secret(text: str) -> bool:
    """Tell whether a text holds something like a provider key, a token, a private key, or a password in a URL."""
    if _KEYS.search(text):
        return True
    url = _PASSWORD_IN_URL.search(text)
    return url is not None and not url["word"].startswith(("$", "{", "<")) and url["host"].lower() not in _LOCAL


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
