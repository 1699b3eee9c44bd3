"""Deliveries are signed as their senders document it."""

import base64
import hashlib
import hmac

import pytest

from gonogo.errors import CollectError
from gonogo.prove.lab import webhooks

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the example of the Standard Webhooks specification
BODY = b'{"event_type":"ping"}'


def test_standard_webhooks_sign_id_time_and_body():
    made = webhooks.headers("standard-webhooks", SECRET, BODY)
    signed = f"{made['webhook-id']}.{made['webhook-timestamp']}.".encode() + BODY
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    assert made["webhook-signature"] == f"v1,{wanted}"


def test_stripe_signs_time_and_body():
    given = dict(part.split("=") for part in webhooks.headers("stripe", "s", BODY)["Stripe-Signature"].split(","))
    assert given["v1"] == hmac.new(b"s", f"{given['t']}.".encode() + BODY, hashlib.sha256).hexdigest()


def test_slack_signs_version_time_and_body():
    made = webhooks.headers("slack", "s", BODY)
    signed = f"v0:{made['X-Slack-Request-Timestamp']}:".encode() + BODY
    assert made["X-Slack-Signature"] == f"v0={hmac.new(b's', signed, hashlib.sha256).hexdigest()}"


@pytest.mark.parametrize("scheme", ["standard-webhooks", "stripe", "slack"])
def test_an_old_delivery_can_be_given_another_time_under_its_signature(scheme):
    old = webhooks.headers(scheme, SECRET, BODY, age_s=400)
    assert webhooks.later(scheme, old) != old
    assert webhooks.later(scheme, old).keys() == old.keys()


def test_another_secret_is_of_the_same_length():
    assert webhooks.another(SECRET) != SECRET
    assert len(webhooks.another(SECRET)) == len(SECRET)


def test_a_secret_that_is_no_base64_is_said():
    with pytest.raises(CollectError):
        webhooks.headers("standard-webhooks", "a", BODY)
