"""Tell a live secret from what only looks like one: placeholders, patterns, names, references, public tokens."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections import Counter
from itertools import pairwise

MIN_TOKEN_BITS = 2.8
"""Shannon entropy per character below which a key in a provider's format is a pattern (`aaaa...`), not a key."""

MIN_RANDOM_BITS = 3.5
"""The same for strings that only their name makes suspicious."""

_WORDS = tuple(
    (  # noqa: SIM905
        "example placeholder changeme change-me change_me change-this change_this your- your_ yourkey yourapi "
        "yoursecret my-secret my_secret my-api my_api insert replace redacted dummy fake sample xxxx **** "
        ".... test-key test_key testkey test-secret test_secret secret-key not-a- notreal foobar abcdef "
        "qwerty 12345678 01234567 deadbeef goes-here goes_here -here _here supersecret super-secret "
        "super_secret development insecure some- todo dev-secret < ${ {{ $( %( process.env os.environ getenv "
        "none undefined lorem "
    ).split()
)
_WEAK = re.compile(
    r"^(?:postgres|password|passwd|pass|root|admin|secret|guest|user|test|changeme|example|mysql|redis|mongo)\w{0,8}$",
    re.I,
)
_LOCAL = re.compile(
    r"^(?:localhost|127\.|0\.0\.0\.0|\[?::1|host\.docker\.internal|[a-z0-9_-]+(?:[:?]|$)|[\w.-]*example\.)", re.I
)
_PUBLIC_JWT = ("anon", "supabase-demo")


def bits(value: str) -> float:
    """Return the Shannon entropy of `value` in bits per character."""
    counts, n = Counter(value), len(value)
    return -sum(c / n * math.log2(c / n) for c in counts.values()) if n else 0.0


def is_placeholder(value: str) -> bool:
    """True where `value` says itself that it is not real: a word such as `your-key`, a reference, a run, a sequence."""
    low = value.lower()
    return any(word in low for word in _WORDS) or _has_run(value) or _is_sequence(low)


def _has_run(value: str) -> bool:
    return re.search(r"([^=_-])\1{4,}", value) is not None


def _is_sequence(low: str) -> bool:
    """Half or more of the characters follow the one before them: `abcdefgh`, `1234567890`."""
    steps = sum(ord(b) - ord(a) == 1 for a, b in pairwise(low))
    return steps * 2 >= len(low) > 1


def is_token(value: str) -> bool:
    """True where `value`, in a provider's own format, can be a live key."""
    return bits(value) >= MIN_TOKEN_BITS and not is_placeholder(value) and not _is_words(value)


def is_key_id(value: str) -> bool:
    """True where a key id of capitals and digits can be real: without a digit it is a word in a longer text."""
    return is_token(value) and any(c.isdigit() for c in value)


def is_random(value: str) -> bool:
    """True where `value` looks generated: high entropy, letters and digits mixed, no words, no path or URL."""
    flat = "".join(value.split())
    if flat.startswith("eyJ") and flat.count(".") == 2:
        return is_secret_token(flat)
    return (
        bits(flat) >= MIN_RANDOM_BITS
        and not is_placeholder(flat)
        and any(c.isdigit() for c in flat)
        and any(c.isalpha() for c in flat)
        and not _is_words(flat)
        and not _is_reference(flat)
    )


def _is_words(value: str) -> bool:
    """Mostly words with separators: `gemini-2.5-flash-preview-tts`, `projects/my-app/secrets/db`."""
    parts = [p for p in re.split(r"[-_./: ]", value) if p]
    wordy = sum(len(p) for p in parts if p.isalpha() and (p.islower() or p.isupper() or p.istitle()) and len(p) <= 14)
    return len(parts) > 2 and wordy * 2 > len(value)


def _is_reference(value: str) -> bool:
    return (
        re.match(r"^(?:https?://|/|\./|arn:|projects/|\$|@|#|vault:|sha\d+:|sha\d+-|data:|ssh-)", value) is not None
        or re.match(r"^[A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*[([]", value) is not None
        or re.match(r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", value, re.I) is not None
    )


def is_real_password(url: str) -> bool:
    """True where the password of a connection URL is no default; towards a local host only a generated one counts."""
    rest = url.partition("://")[2]
    credentials, _, host = rest.rpartition("@")
    user, _, password = credentials.partition(":")
    if is_placeholder(password) or _WEAK.match(password) or password == user or _is_reference(password):
        return False
    if any(c in password for c in "{}$%<>[]()*") and not re.search(r"%[0-9A-Fa-f]{2}", password):
        return False
    if _LOCAL.match(host) or "{" in host or "<" in host or host.lower().startswith("host"):
        return len(password) >= 16 and is_random(password)
    return bits(password) >= 2.5 and any(c.isdigit() for c in password)


def is_secret_token(token: str) -> bool:
    """True where a JSON Web Token can be a secret: not an anonymous, demonstration or documentation token."""
    body = token.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return False
    if not isinstance(claims, dict):
        return False
    public = claims.get("role") in _PUBLIC_JWT or claims.get("iss") in _PUBLIC_JWT
    return not public and claims.get("sub") not in ("1234567890", "user", "test") and claims.get("name") != "John Doe"
