"""Asks a model."""

import http.client
import json

from desk import settings
from desk.pool import Pool

PATIENCE_S = 5.0
POOL = Pool((settings.BASE.hostname, settings.BASE.port), size=8, wait_s=2.0)


class Away(Exception):
    """There is no answer."""


def asked(model, messages, trace):
    """Return what a model says, nothing where that is nothing."""
    body = {"model": model, "max_tokens": 300, "temperature": settings.TEMPERATURE, "messages": messages}
    headers = {
        "Content-Type": "application/json", "Authorization": f"Bearer {settings.KEY}",
        "traceparent": f"00-{trace}-{trace[:16]}-01",
    }  # fmt: skip
    try:
        with POOL.link(PATIENCE_S) as link:
            link.request("POST", f"{settings.BASE.path}/chat/completions", json.dumps(body), headers)
            reply = link.getresponse()
            document = json.loads(reply.read(200_000))
        if reply.status != 200:
            raise Away
        return document["choices"][0]["message"]["content"] or ""
    except (OSError, http.client.HTTPException, ValueError, KeyError, IndexError, TypeError):
        raise Away from None
