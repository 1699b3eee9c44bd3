"""A tool of the agent's own: pages of listed hosts, and of no other, whatever address it is given."""

import http.client
import ssl
from urllib.parse import urlsplit

LISTED = {"example.org"}
MOST, WAIT_S = 20_000, 3.0
OFFERS = [{"type": "function", "function": {
    "name": "open_page", "description": "Read a page of our own site.",
    "parameters": {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]},
}}]  # fmt: skip


def act(_, arguments):
    """Return a page, and what the model is told where there is none. A redirect is not followed."""
    try:
        place = urlsplit(arguments["url"])
        if place.scheme != "https" or place.netloc not in LISTED:
            return "error: that address is not one of ours"
        link = http.client.HTTPSConnection(place.netloc, timeout=WAIT_S, context=ssl.create_default_context())
        try:
            link.request("GET", place.path or "/")
            answer = link.getresponse()
            text = answer.read(MOST).decode(errors="replace")
        finally:
            link.close()
        return text if answer.status == 200 else f"error: the page answered {answer.status}"
    except (KeyError, TypeError, AttributeError, ValueError, OSError, http.client.HTTPException):
        return "error: there is no such page"
