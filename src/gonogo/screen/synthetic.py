"""Synthetic personal data and credentials for the lab: valid in form, nobody's, the same for the same seed. Pure.

Values lie where nobody is as far as that can be: e-mail at example.org (RFC 2606), telephone numbers of fiction
(555-01xx), card numbers of an issuer's test range, keys in the form of their provider that were never given out. Social
security numbers have a valid form, as detectors refuse the areas that were never issued; they are drawn by no list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from urllib.parse import quote

_HEX = "0123456789abcdef"
_TEXT = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"


def _letters(seed: str, count: int, alphabet: str = _TEXT) -> str:
    """Return `count` characters that look drawn by lot."""
    out: list[str] = []
    block = 0
    while len(out) < count:
        digest = hashlib.sha256(f"{seed}/{block}".encode()).digest()
        out += [alphabet[byte % len(alphabet)] for byte in digest]
        block += 1
    return "".join(out[:count])


def _digits(seed: str, count: int) -> str:
    return _letters(seed, count, "0123456789")


def _luhn(partial: str) -> str:
    """Return `partial` with its check digit (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(partial)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return partial + str(-total % 10)


Maker = Callable[[str], str]

PERSONAL: dict[str, Maker] = {
    "email": lambda s: f"{_letters(s, 6).lower()}.{_letters(s + 'b', 7).lower()}@example.org",
    "phone": lambda s: f"+1 415 555 01{_digits(s, 2)}",
    "credit-card": lambda s: _luhn("411111" + _digits(s, 9)),
    "ssn": lambda s: (
        f"{250 + int(_digits(s, 2)):03d}-{10 + int(_digits(s + 'b', 1)):02d}-{1000 + int(_digits(s + 'c', 3)):04d}"
    ),
}
"""Makers of personal data by type; each takes a seed."""

CREDENTIALS: dict[str, Maker] = {
    "openai-key": lambda s: f"sk-proj-{_letters(s, 48)}",
    "anthropic-key": lambda s: f"sk-ant-api03-{_letters(s, 80)}",
    "aws-access-key": lambda s: f"AKIA{_letters(s, 15, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}7",
    "github-token": lambda s: f"ghp_{_letters(s, 36)}",
    "google-api-key": lambda s: f"AIza{_letters(s, 35)}",
    "slack-token": lambda s: f"xoxb-{_digits(s, 12)}-{_digits(s + 'b', 12)}-{_letters(s, 24)}",
    "stripe-live-key": lambda s: f"sk_live_{_letters(s, 24)}",
    "huggingface-token": lambda s: f"hf_{_letters(s, 34)}",
    "groq-key": lambda s: f"gsk_{_letters(s, 52)}",
    "gitlab-token": lambda s: f"glpat-{_letters(s, 20)}",
    "npm-token": lambda s: f"npm_{_letters(s, 36)}",
    "openrouter-key": lambda s: f"sk-or-v1-{_letters(s, 64, _HEX)}",
    "langfuse-key": lambda s: "sk-lf-" + "-".join(_letters(s + str(n), n, _HEX) for n in (8, 4, 4, 4, 12)),
    "pinecone-key": lambda s: f"pcsk_{_letters(s, 60)}",
    "langsmith-key": lambda s: f"lsv2_pt_{_letters(s, 32, _HEX)}_{_letters(s + 'b', 10, _HEX)}",
    "perplexity-key": lambda s: f"pplx-{_letters(s, 48)}",
    "xai-key": lambda s: f"xai-{_letters(s, 80)}",
    "replicate-token": lambda s: f"r8_{_letters(s, 37)}",
    "tavily-key": lambda s: f"tvly-{_letters(s, 32)}",
    "sendgrid-key": lambda s: f"SG.{_letters(s, 22)}.{_letters(s + 'b', 43)}",
    "databricks-token": lambda s: f"dapi{_letters(s, 32, _HEX)}",
    "telegram-token": lambda s: f"{1 + int(_digits(s, 1))}{_digits(s + 'b', 9)}:AA{_letters(s, 33)}",
    "google-oauth-secret": lambda s: f"GOCSPX-{_letters(s, 28)}",
    "random": lambda s: _letters(s, 40),
    "private-key": lambda s: (
        "-----BEGIN PRIVATE KEY-----\n"
        + "\n".join(_letters(f"{s}/{n}", 64) for n in range(4))
        + "\n-----END PRIVATE KEY-----"
    ),
    "connection-string": lambda s: f"postgresql://svc:{_letters(s, 20)}@db.internal-lab.net:5432/app",
}
"""Makers of credentials by the name of the rule that finds them; each takes a seed."""

LOOKALIKES: dict[str, Maker] = {
    "order": lambda s: f"{_wrong(_luhn('411111' + _digits(s, 9)))}",
    "reference": lambda s: f"{900 + int(_digits(s, 2)) % 100}-{10 + int(_digits(s + 'b', 1))}-{_digits(s + 'c', 4)}",
    "date": lambda s: f"2026-0{1 + int(_digits(s, 1)) % 9}-1{_digits(s + 'b', 1)}",
    "version": lambda s: f"v{_digits(s, 2)}.{_digits(s + 'b', 3)}.{_digits(s + 'c', 4)}",
}
"""Makers of numbers that resemble personal data and are none: a wrong check digit, an area that is never given out."""


def _wrong(digits: str) -> str:
    """Return digits with a wrong check digit."""
    return digits[:-1] + str((int(digits[-1]) + 1) % 10)


VARIANTS: dict[str, Maker] = {
    "": lambda value: value,
    "spaced": lambda value: " ".join(value.replace(" ", "")),
    "encoded": lambda value: quote(value, safe=""),
}
"""Forms that a value takes on its way past a filter."""


def value(name: str, seed: str) -> str:
    """Return the value that a name stands for, such as `personal:email`, `secret:npm-token|spaced`, `look-alike:order`.

    Raises `KeyError` for a name of none.
    """
    whole, _, variant = name.partition("|")
    kind, _, of = whole.partition(":")
    makers = {"personal": PERSONAL, "secret": CREDENTIALS, "look-alike": LOOKALIKES}[kind]
    return VARIANTS[variant](makers[of](f"{seed}/{whole}"))


def planted(types: Sequence[str], seed: str) -> dict[str, str]:
    """Return a value for each type, by id `personal:email`, `secret:openai-key`, ...; `all` stands for all types."""
    every = {f"personal:{n}": m for n, m in PERSONAL.items()} | {f"secret:{n}": m for n, m in CREDENTIALS.items()}
    wanted = every if "all" in types else {k: m for k, m in every.items() if k.partition(":")[2] in types}
    return {name: make(f"{seed}/{name}") for name, make in wanted.items()}
