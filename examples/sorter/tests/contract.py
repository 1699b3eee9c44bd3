"""What clients rely on, tried on a running service: python3 -m tests.contract URL."""

import json
import sys
import urllib.error
import urllib.request


def asked(body):
    """Return status and answer of a message."""
    request = urllib.request.Request(f"{sys.argv[1]}/sort", json.dumps(body).encode())
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


status, form = asked({"text": "My invoice has a wrong address."})
assert status == 200, f"a message is answered with {status}"
assert form["topic"] in ("address", "invoice", "opening-hours", "other"), f"the topic is {form['topic']}"
assert form["urgency"] in range(1, 6), f"the urgency is {form['urgency']}"
assert isinstance(form["summary"], str)
status, error = asked({})
assert (status, list(error)) == (422, ["error"]), f"a message without a text is answered with {status} and {error}"
