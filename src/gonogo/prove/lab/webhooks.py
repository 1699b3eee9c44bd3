"""How senders of webhooks sign a delivery: what is signed, with what, and in which headers it stands.

The forms are those of the Standard Webhooks specification, Stripe and Slack; each signs the time as well.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from time import time

from gonogo.errors import CollectError
from gonogo.facts.lab_declaration import WebhookScheme


def headers(scheme: WebhookScheme, secret: str, body: bytes, age_s: float = 0.0) -> dict[str, str]:
    """Return the headers of a delivery that was signed `age_s` seconds ago."""
    at = str(int(time() - age_s))
    if scheme == "standard-webhooks":
        id = f"msg_{secrets.token_hex(12)}"
        signature = base64.b64encode(_digest(_key(secret), f"{id}.{at}.".encode() + body)).decode()
        return {"webhook-id": id, "webhook-timestamp": at, "webhook-signature": f"v1,{signature}"}
    if scheme == "stripe":
        return {"Stripe-Signature": f"t={at},v1={_digest(secret.encode(), f'{at}.'.encode() + body).hex()}"}
    signature = _digest(secret.encode(), f"v0:{at}:".encode() + body).hex()
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={signature}"}


def later(scheme: WebhookScheme, signed: dict[str, str]) -> dict[str, str]:
    """Return the headers of an old delivery whose time was changed to now, under its old signature."""
    now = str(int(time()))
    if scheme == "stripe":
        _, _, rest = signed["Stripe-Signature"].partition(",")
        return {"Stripe-Signature": f"t={now},{rest}"}
    return {**signed, "webhook-timestamp" if scheme == "standard-webhooks" else "X-Slack-Request-Timestamp": now}


def another(secret: str) -> str:
    """Return a secret of the same form that is another one."""
    at = len(secret) // 2
    return f"{secret[:at]}{'B' if secret[at] == 'A' else 'A'}{secret[at + 1 :]}"


def _key(secret: str) -> bytes:
    """Return the key that a secret stands for, which is base64 and may begin with `whsec_`."""
    try:
        return base64.b64decode(secret.removeprefix("whsec_") + "==")
    except ValueError:
        raise CollectError(
            "the secret of a webhook is no base64, as Standard Webhooks has it", mend="correct lab.environment"
        ) from None


def _digest(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).digest()
