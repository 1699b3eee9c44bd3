"""What a pasted secret looks like: the shapes of provider keys and tokens, and passwords in URLs."""

from __future__ import annotations

import re

_KEYS = re.compile(
    r"\bsk-(?:proj|svcacct|admin|ant|or|lf)-[A-Za-z0-9_-]{16,}|\bsk-[A-Za-z0-9]{20,}"  # OpenAI, Anthropic, ...
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"  # AWS
    r"|\bAIza[A-Za-z0-9_-]{30,}"  # Google
    r"|\b(?:hf|gsk|r8|xai|pplx|nvapi|npm|glpat|dop_v1)[_-][A-Za-z0-9_-]{20,}"  # Hugging Face, Groq, Replicate, ...
    r"|\bgh[oprsu]_[A-Za-z0-9]{30,}|\bgithub_pat_[A-Za-z0-9_]{30,}"
    r"|\bxox[abposr]-[A-Za-z0-9-]{10,}|hooks\.slack\.com/services/T\w+/B\w+/\w+"
    r"|\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}"  # Stripe
    r"|\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\."  # a JSON Web Token
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|(?i:\bbearer\s+)(?=\S*\d)[A-Za-z0-9._~+/-]{16,}"
)
_PASSWORD_IN_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s:@]*:(?P<word>[^/\s@]+)@(?P<host>[^/\s:]+)", re.IGNORECASE)
_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]", "db", "postgres", "redis"})


def looks_secret(text: str) -> bool:
    """Tell whether a text holds something like a provider key, a token, a private key, or a password in a URL."""
    if _KEYS.search(text):
        return True
    url = _PASSWORD_IN_URL.search(text)
    return url is not None and not url["word"].startswith(("$", "{", "<")) and url["host"].lower() not in _LOCAL
