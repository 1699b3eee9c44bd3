"""Find secrets in text: keys of model providers and clouds by their format, everything else by name and randomness.

Pure: text in, matches out. What cannot be a live secret (a placeholder, a pattern such as `sk-xxxx`, a reference to
a variable, a public token of a known kind) is not reported: a gate that cries wolf is switched off.
Patterns run on RE2, in time linear in the text, so hostile text cannot stall them.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import re2

from gonogo.screen.likeness import is_key_id, is_random, is_real_password, is_secret_token, is_token
from gonogo.screen.match import Match, apart
from gonogo.screen.patterns import Several, sound

DIGEST_LENGTH = 32
"""Length of a digest in hexadecimal digits (128 bits)."""


@dataclass(frozen=True)
class Rule:
    """A format of secrets. `valid` judges the first group of `pattern`; the last group is the secret itself."""

    name: str
    pattern: str
    valid: Callable[[str], bool] = is_token


_ASSIGN = r"[\"']?\s{0,4}(?::=|=>|:|=)\s{0,4}"
_NAMED = (
    r"(?:api_?key|apikey|api-key|secret_?key|secret-key|client_?secret|access_?token|auth_?token|private_?key|_secret)"
)

PROVIDER_RULES = (
    Rule("anthropic-key", r"\b(sk-ant-[A-Za-z0-9_-]{24,200})"),
    Rule("openrouter-key", r"\b(sk-or-(?:v1-)?[0-9a-f]{48,64})\b"),
    Rule("langfuse-key", r"\b(sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b"),
    Rule(
        "openai-key",
        r"\b(sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,220}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})",
    ),
    Rule("sk-key", r"\b(sk-[A-Za-z0-9]{32,64})\b"),
    Rule("google-api-key", r"\b(AIza[0-9A-Za-z_-]{35})"),
    Rule("google-oauth-secret", r"\b(GOCSPX-[0-9A-Za-z_-]{28})"),
    Rule("aws-access-key", r"\b(AKIA[A-Z2-7]{16})\b", is_key_id),
    Rule("aws-secret-key", r"(?i:aws[\w.-]{0,12}secret[\w.-]{0,20})" + _ASSIGN + r"[\"']?([A-Za-z0-9/+]{40})\b"),
    Rule("azure-storage-key", r"AccountKey=([A-Za-z0-9+/]{86}==)"),
    Rule("azure-key", r"(?i:azure[\w.-]{0,40}key)" + _ASSIGN + r"[\"']?([0-9a-f]{32}|[A-Za-z0-9]{84})\b"),
    Rule("github-token", r"\b(gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})\b"),
    Rule("gitlab-token", r"\b(glpat-[A-Za-z0-9_-]{20,64})"),
    Rule("huggingface-token", r"\b(hf_[A-Za-z0-9]{30,40})\b"),
    Rule("slack-token", r"\b(xox[abeoprs]-[0-9A-Za-z-]{20,120}|xapp-\d-[A-Z0-9]{8,14}-\d{8,16}-[0-9a-f]{40,80})\b"),
    Rule("slack-webhook", r"hooks\.slack\.com/services/(T[A-Z0-9]{7,12}/B[A-Z0-9]{7,12}/[A-Za-z0-9]{20,28})\b"),
    Rule("stripe-live-key", r"\b((?:sk|rk)_live_[0-9A-Za-z]{16,120})\b"),
    Rule("pinecone-key", r"\b(pcsk_[A-Za-z0-9_]{40,90})\b"),
    Rule("langsmith-key", r"\b(lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10})\b"),
    Rule("groq-key", r"\b(gsk_[A-Za-z0-9]{40,60})\b"),
    Rule("perplexity-key", r"\b(pplx-[A-Za-z0-9]{40,60})\b"),
    Rule("xai-key", r"\b(xai-[A-Za-z0-9]{60,90})\b"),
    Rule("replicate-token", r"\b(r8_[A-Za-z0-9]{37})\b"),
    Rule("tavily-key", r"\b(tvly-(?:dev-|prod-)?[A-Za-z0-9]{24,48})\b"),
    Rule("nvidia-key", r"\b(nvapi-[A-Za-z0-9_-]{60,72})"),
    Rule("sendgrid-key", r"\b(SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})"),
    Rule("npm-token", r"\b(npm_[A-Za-z0-9]{36})\b"),
    Rule("pypi-token", r"\b(pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,200})"),
    Rule("databricks-token", r"\b(dapi[0-9a-f]{32})\b"),
    Rule("telegram-token", r"\b(\d{8,10}:AA[A-Za-z0-9_-]{33})"),
    Rule(
        "private-key",
        r"-----BEGIN (?:[A-Z]{2,9} )?PRIVATE KEY(?: BLOCK)?-----"
        r"((?:\s|\\r|\\n|[\"'+,])*(?:[A-Za-z0-9+/=]{40,80}(?:\s|\\r|\\n|[\"'+,])*){2,})",
        is_random,
    ),
    Rule("json-web-token", r"\b(eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,})", is_secret_token),
    Rule(
        "named-provider-key",
        r"(?i:(?:mistral|cohere|co_api|together|deepseek|voyage|fireworks|weaviate|qdrant|elevenlabs|serpapi|serper|openai|anthropic)"
        r"[\w.-]{0,24}(?:key|token))" + _ASSIGN + r"[\"']?([A-Za-z0-9]{32,64})\b",
    ),
)
"""Formats that issuers publish; the text around them does not matter, or names the issuer."""

GENERIC_RULES = (
    Rule(
        "connection-string",
        r"\b((?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|mssql|clickhouse)(?:\+[a-z0-9]+)?"
        r"://[^\s:@/\"'<>`]{0,64}:([^\s@\"'/<>`]{6,120})@[^\s\"'/<>`,)]{3,200})",
        is_real_password,
    ),
    Rule(
        "generic-secret",
        r"(?i:[\w.-]{0,40}" + _NAMED + r"[\w-]{0,10})" + _ASSIGN + r"[\"']([^\"'\s]{16,200})[\"']",
        is_random,
    ),
    Rule(
        "environment-secret",
        r"(?m:^)\s{0,12}(?:-\s)?(?:export |ENV |ARG )?[A-Z][A-Z0-9_]{0,48}(?:_KEY|_TOKEN|_SECRET|_PASSWORD|_PASS)"
        r"(?:=|:\s)[\"']?([A-Za-z0-9+/=_.~-]{16,200})[\"']?\s*(?m:$)",
        is_random,
    ),
)
"""Secrets without a format, by the name they are given and their randomness."""

RULES = PROVIDER_RULES + GENERIC_RULES
PATTERNS = tuple(rule.pattern for rule in RULES)
_several = Several(PATTERNS)


def find(text: str) -> list[Match]:
    """Return the secrets in `text`, in order of their place and without overlaps; earlier rules win over later ones."""
    text = sound(text)
    hit = _several.hit(text)
    return apart(m for i in hit for m in _matches(RULES[i], _several.patterns[i], text)) if hit else []


def _matches(rule: Rule, pattern: re2._Regexp, text: str) -> Iterator[Match]:
    for found in pattern.finditer(text):
        if rule.valid(found.group(1)):
            yield Match(rule.name, *found.span(pattern.groups))


def shown(secret: str) -> str:
    """Return the masked form of one secret: at most its first four and last two characters, of long ones only."""
    flat = "".join(secret.split())
    return f"{flat[:4]}…{flat[-2:]}" if len(flat) >= 20 else "…"


def mask(text: str) -> str:
    """Return `text` with every secret in it replaced by its masked form."""
    parts, last = [], 0
    for match in find(text):
        parts += [text[last : match.start], shown(text[match.start : match.end])]
        last = match.end
    return "".join([*parts, text[last:]])


def digest(secret: str, key: bytes) -> str:
    """Return a keyed hash of a secret: equal secrets compare equal, and without the key nobody can test a guess."""
    return hmac.digest(key, secret.encode(), "sha256").hex()[:DIGEST_LENGTH]
