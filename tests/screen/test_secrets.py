from __future__ import annotations

import itertools
import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.screen import secrets

LETTERS = string.ascii_letters + string.digits


def made(length: int, alphabet: str = LETTERS, seed: int = 7) -> str:
    """A random key body, made here so that no key-like text stands in this repository."""
    source = random.Random(seed)
    return "".join(source.choice(alphabet) for _ in range(length))


LIVE = {
    "openai-key": "sk-" + "proj-" + made(60),
    "sk-key": "sk-" + made(48),
    "anthropic-key": "sk-" + "ant-api03-" + made(90),
    "google-api-key": "AI" + "za" + made(35),
    "aws-access-key": "AK" + "IA" + made(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    "github-token": "gh" + "p_" + made(36),
    "huggingface-token": "h" + "f_" + made(34),
    "slack-token": "xox" + "b-" + made(12, string.digits) + "-" + made(24),
    "stripe-live-key": "sk" + "_live_" + made(24),
    "pinecone-key": "pc" + "sk_" + made(60),
    "langsmith-key": "lsv2" + "_pt_" + made(32, "0123456789abcdef") + "_" + made(10, "0123456789abcdef"),
    "groq-key": "gs" + "k_" + made(52),
}


@pytest.mark.parametrize("rule", LIVE)
def test_a_key_in_its_issuers_format_is_found_at_its_place(rule: str) -> None:
    text = f"ünïcode before\nkey = '{LIVE[rule]}'\n"
    (found,) = secrets.find(text)
    assert found.kind == rule
    assert text[found.start : found.end] == LIVE[rule]


@pytest.mark.parametrize(
    "line",
    [
        "OPENAI_API_KEY=sk-" + "x" * 48,
        "OPENAI_API_KEY=sk-" + "1234567890abcdef" * 3,
        "OPENAI_API_KEY=your-openai-api-key-goes-here",
        'api_key = "<your api key>"',
        'api_key = "${OPENAI_API_KEY_FROM_VAULT_1}"',
        'api_key = os.environ["SOME_LONG_NAME_2"]',
        'api_key = "gemini-2.5-flash-preview-tts-model"',
        'secret_key = "projects/my-app-1/secrets/database/versions/3"',
        "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
        "postgresql://postgres:postgres@localhost:5432/app",
        "postgresql://user:password@db.example.com/app",
        "redis://:${REDIS_PASSWORD}@cache.prod.internal:6379",
        'token_count_key = "123456789012345678901234"',
        'api_key = "0b0e1a52-5c1c-4c5b-9d3a-3f0d5d0f1a2b"',
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    ],
)
def test_what_cannot_be_a_live_secret_is_not_reported(line: str) -> None:
    assert secrets.find(line) == []


def test_a_generic_secret_is_found_by_its_name_and_randomness() -> None:
    assert [m.kind for m in secrets.find(f'"client_secret": "{made(32)}"')] == ["generic-secret"]
    assert [m.kind for m in secrets.find(f"export BILLING_TOKEN={made(32)}\n")] == ["environment-secret"]


def test_the_password_of_a_connection_string_is_the_secret() -> None:
    text = "DATABASE_URL=postgresql+asyncpg://app:Vq8" + "kzT2mW@db.prod.internal:5432/app"
    (found,) = secrets.find(text)
    assert text[found.start : found.end] == "Vq8" + "kzT2mW"


def test_a_private_key_block_is_found_also_with_escaped_line_ends() -> None:
    body = "\\n".join(made(64, seed=i) for i in range(4))
    text = '"-----BEGIN ' + f'PRIVATE KEY-----\\n{body}\\n-----END PRIVATE KEY-----"'
    assert [m.kind for m in secrets.find(text)] == ["private-key"]


def test_an_anonymous_token_is_public_and_another_one_is_not() -> None:
    import base64
    import json

    def token(claims: dict[str, str]) -> str:
        parts = ({"alg": "HS256", "typ": "JWT"}, claims)
        encoded = [base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts]
        return ".".join([*encoded, made(43)])

    assert secrets.find(token({"iss": "supabase-demo", "role": "anon"})) == []
    assert [m.kind for m in secrets.find(token({"iss": "auth", "role": "service_role"}))] == ["json-web-token"]


def test_masking_leaves_at_most_six_characters_of_a_secret() -> None:
    for secret in LIVE.values():
        masked = secrets.mask(f"key: {secret} end")
        assert masked.startswith("key: ") and masked.endswith(" end")
        assert secret[4:-2] not in masked
        assert len(masked) <= len("key:  end") + 7


def test_a_digest_depends_on_secret_and_key_only() -> None:
    one = secrets.digest("secret", b"key")
    assert one == secrets.digest("secret", b"key")
    assert one != secrets.digest("secret", b"other")
    assert one != secrets.digest("secre", b"key")
    assert len(one) == secrets.DIGEST_LENGTH


def test_a_secret_in_a_large_text_is_still_found() -> None:
    noise = "\n".join(made(100, seed=i) for i in range(20_000))
    text = f"{noise}\n{LIVE['github-token']}\n{noise}"
    assert "github-token" in [m.kind for m in secrets.find(text)]


@given(st.text())
def test_any_text_is_masked_without_an_error_and_only_once(text: str) -> None:
    matches = secrets.find(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(matches))
    secrets.mask(text)
