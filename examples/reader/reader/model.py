"""Asks the model."""

import http.client
import json
import os
from urllib.parse import urlsplit

MODEL = "gpt-4o-mini-2024-07-18"
PATIENCE_S = 5.0
EXCERPT = 4000


class Away(Exception):
    """The model gave no answer."""


def answer(question, text, trace):
    """Return what the model says about a text."""
    base = urlsplit(os.environ["OPENAI_BASE_URL"])
    link = http.client.HTTPConnection(base.hostname, base.port, timeout=PATIENCE_S)
    body = {
        "model": MODEL, "max_tokens": 300, "temperature": 0,
        "messages": [
            {"role": "system", "content": "Answer the question. You read plain text and archives of it."},
            {"role": "user", "content": f"{question}\n\n{text[:EXCERPT]}"},
        ],
    }  # fmt: skip
    headers = {
        "Content-Type": "application/json", "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "traceparent": f"00-{trace}-{trace[:16]}-01",
    }  # fmt: skip
    try:
        link.request("POST", f"{base.path}/chat/completions", json.dumps(body), headers)
        reply = link.getresponse()
        document = json.loads(reply.read(100_000))
        if reply.status != 200:
            raise Away
        return document["choices"][0]["message"]["content"] or ""
    except (OSError, http.client.HTTPException, ValueError, KeyError, IndexError, TypeError):
        raise Away from None
    finally:
        link.close()
