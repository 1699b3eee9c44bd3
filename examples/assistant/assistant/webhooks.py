"""Deliveries of the ticket system (Standard Webhooks): only what it signed itself counts, and only for a while."""

import base64
import hashlib
import hmac
import os
import time

SECRET = os.environ.get("WEBHOOK_SECRET", "")
TOLERANCE_S = 300


class Forged(Exception):
    """A delivery that nobody we know has signed, or that is too old."""


def verify(headers, body):
    """Raise `Forged` unless the delivery is signed, and has been signed just now."""
    id, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not SECRET or not at.isdigit() or abs(time.time() - int(at)) > TOLERANCE_S:
        raise Forged
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, f"{id}.{at}.".encode() + body, hashlib.sha256).digest())
    given = (each.removeprefix("v1,") for each in headers.get("webhook-signature", "").split())
    if not any(hmac.compare_digest(wanted, each.encode("utf-8", "replace")) for each in given):
        raise Forged
