"""Calls of the model, and the type of each error: what to look at first when they pile up."""

import http.client
import json
import os
from urllib.parse import urlsplit

MODEL = "gpt-4o-mini-2024-07-18"
TIMEOUT_S = 5.0
SYSTEM = "You answer questions about a library, shortly."


class Away(Exception):
    """The model gave no answer; `type` says why."""

    def __init__(self, type):
        super().__init__(type)
        self.type = type


def answer(turns, trace):
    """Return what the model says to the turns of a conversation, and the tokens that it took; raises `Away`."""
    base = urlsplit(os.environ["OPENAI_BASE_URL"])
    link = http.client.HTTPConnection(base.hostname, base.port, timeout=TIMEOUT_S)
    body = {
        "model": MODEL, "max_tokens": 300, "temperature": 0.2,
        "messages": [
            {"role": "system", "content": SYSTEM},
            *turns,
        ],
    }  # fmt: skip
    headers = {
        "Content-Type": "application/json", "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "traceparent": f"00-{trace}-{trace[:16]}-01",
    }  # fmt: skip
    try:
        link.request("POST", f"{base.path}/chat/completions", json.dumps(body), headers)
        reply = link.getresponse()
        content = reply.read(1_000_000)
    except TimeoutError:
        raise Away("timeout") from None
    except (OSError, http.client.HTTPException):
        raise Away("connection") from None
    finally:
        link.close()
    if reply.status == 429:
        raise Away("rate_limited")
    if reply.status != 200:
        raise Away("server_error" if reply.status >= 500 else "refused")
    try:
        document = json.loads(content)
        return document["choices"][0]["message"]["content"], document["usage"]["total_tokens"]
    except (ValueError, KeyError, IndexError, TypeError):
        raise Away("malformed") from None
