"""Asks the model for the next step."""

import http.client
import json
import os
import time
from urllib.parse import urlsplit

MODEL = "gpt-4o-mini-2024-07-18"
READ_S = 10.0


class Failed(Exception):
    """The model gave no step."""


def ask(messages, offered, trace, ends):
    """Return the model's message, words or calls of tools, and what it counted."""
    base = urlsplit(os.environ["OPENAI_BASE_URL"])
    make = http.client.HTTPSConnection if base.scheme == "https" else http.client.HTTPConnection
    asked = {"model": MODEL, "messages": messages, "temperature": 0, "max_tokens": 500}
    body = json.dumps(asked | ({"tools": offered} if offered else {}))
    headers = {
        "Content-Type": "application/json", "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "traceparent": f"00-{trace}-{trace[:16]}-01",
    }  # fmt: skip
    link = make(base.hostname, base.port, timeout=max(0.1, min(READ_S, ends - time.monotonic())))
    try:
        link.request("POST", f"{base.path}/chat/completions", body, headers)
        answer = link.getresponse()
        document = json.loads(answer.read())
        if answer.status != 200:
            raise Failed(f"the model answered {answer.status}")
        return document["choices"][0]["message"], document.get("usage") or {}
    except (OSError, http.client.HTTPException, ValueError, KeyError, IndexError, TypeError) as error:
        raise Failed(f"the model gave no step: {type(error).__name__}") from None
    finally:
        link.close()
