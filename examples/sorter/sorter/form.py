"""The form that the model fills for each message; nothing but one that is filled rightly is passed on."""

import http.client
import json
import os
import time
from urllib.parse import urlsplit

MODEL = "gpt-4o-mini-2024-07-18"
TOPICS = ("address", "invoice", "opening-hours", "other")
FORM = {
    "type": "object",
    "properties": {
        "topic": {"type": "string", "enum": list(TOPICS)},
        "urgency": {"type": "integer", "minimum": 1, "maximum": 5},
        "summary": {"type": "string", "maxLength": 300},
    },
    "required": ["topic", "urgency", "summary"],
    "additionalProperties": False,
}
ATTEMPTS, DEADLINE_S = 3, 5.0


class Unfit(Exception):
    """The model filled no form rightly."""


def filled(text, trace):
    """Return the form of a message; a wrong one is asked for again, a few times."""
    ends = time.monotonic() + DEADLINE_S
    for _ in range(ATTEMPTS):
        if (left := ends - time.monotonic()) > 0.1 and (form := checked(asked(text, trace, left))):
            return form
    raise Unfit


def checked(text):
    """Return the form that a text is, None where it is none."""
    try:
        form = json.loads(text)
    except ValueError:
        return None
    if not isinstance(form, dict) or set(form) != set(FORM["properties"]):
        return None
    urgency, summary = form["urgency"], form["summary"]
    counts = isinstance(urgency, int) and not isinstance(urgency, bool) and 1 <= urgency <= 5
    fits = form["topic"] in TOPICS and counts and isinstance(summary, str) and len(summary) <= 300
    return form if fits and "<" not in summary else None


def asked(text, trace, left):
    """Return what the model says, nothing where it is away."""
    base = urlsplit(os.environ["OPENAI_BASE_URL"])
    link = http.client.HTTPConnection(base.hostname, base.port, timeout=left)
    body = {
        "model": MODEL, "max_tokens": 200, "temperature": 0,
        "messages": [
            {"role": "system", "content": "Fill the form for this message."},
            {"role": "user", "content": text},
        ],
        "response_format": {"type": "json_schema", "json_schema": {"name": "form", "schema": FORM}},
    }  # fmt: skip
    headers = {
        "Content-Type": "application/json", "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "traceparent": f"00-{trace}-{trace[:16]}-01",
    }  # fmt: skip
    try:
        link.request("POST", f"{base.path}/chat/completions", json.dumps(body), headers)
        reply = link.getresponse()
        document = json.loads(reply.read(100_000))
        return document["choices"][0]["message"]["content"] or "" if reply.status == 200 else ""
    except (OSError, http.client.HTTPException, ValueError, KeyError, IndexError, TypeError):
        return ""
    finally:
        link.close()
