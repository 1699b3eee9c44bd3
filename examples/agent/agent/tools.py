"""Calls tools of an MCP server: allowed ones alone, in their scope, within a deadline, their results cut.

What a tool says of itself is pinned when it is first seen, in a file that outlives the process: one that changed
afterwards is not offered to the model, and not called, until a person has looked at it and removed its pin. What tools
return is data: a word of it goes into another call only where the user has said it too.
"""

import hashlib
import http.client
import json
import os
import random
import re
import secrets
import time
from collections import Counter
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

from agent import approvals, audit, log, metrics, notes, pages, privacy, sandbox

PINS = Path("pins.json")
PINNING = Lock()
SCOPE = {
    "fetch_url": ("url", re.compile(r"https://example\.org/[^\s]*")),
    "send_email": ("to", re.compile(r"[^@\s,;]+@example\.org")),
}
ALLOWED = {"search", "fetch_url", "read_file", "send_email", "add_entry"}
OWN = {offer["function"]["name"]: own.act for own in (notes, pages, sandbox) for offer in own.OFFERS}
SENSITIVE = {"send_email"}
MOST_CALLS, MOST = 12, {"send_email": 1}
NOT_AFTER = {"fetch_url": ["read_file"], "send_email": ["read_file"]}
DEFENDED = os.environ.get("DEFENCES") != "off"
"""Off in tests alone, to see that attacks would succeed without them."""
DEADLINE_S = 2.0
WAITS_S = (0.1, 0.4)
MOST_RESULT = 20_000
VERSION = "2025-06-18"


class Failed(Exception):
    """A tool did not do what it was asked for."""


class Passing(Failed):
    """A failure that may be over in a moment."""


class Held(Exception):
    """A call waits for a person; the argument is its id."""


def offered(trace):
    """Return the allowed tools as the model wants them, but for changed ones; none where the server is away."""
    try:
        listed = tried("tools/list", {}, trace)["tools"]
        return [
            {"type": "function", "function": {
                "name": t["name"], "description": t.get("description", ""), "parameters": t["inputSchema"]}}
            for t in unchanged([t for t in listed if t["name"] in ALLOWED])
        ]  # fmt: skip
    except (Failed, KeyError, TypeError):
        return []


def unchanged(listed):
    """Return the tools that are as they were when they were first seen."""
    digests = {t["name"]: hashlib.sha256(json.dumps(t, sort_keys=True).encode()).hexdigest() for t in listed}
    with PINNING:
        pins = json.loads(PINS.read_text()) if PINS.exists() else {}
        if new := {name: digest for name, digest in digests.items() if name not in pins}:
            pins |= new
            beside = PINS.with_suffix(".new")
            beside.write_text(json.dumps(pins, indent=1))
            os.replace(beside, PINS)
    return [t for t in listed if pins[t["name"]] == digests[t["name"]] or not DEFENDED]


class Desk:
    """The tools of one task: what is offered, and what was called."""

    def __init__(self, trace, user, text, journal):
        self.trace, self.user, self.called, self.journal = trace, user, Counter(), journal
        self.told, self.read = words(text), set()
        self.trouble = None  # what was wrong with the last call
        self.offers = [*offered(trace), *notes.OFFERS, *pages.OFFERS, *sandbox.OFFERS]

    def call(self, name, arguments):
        """Return what a tool says; raises Failed, with the reason for the model to read, or Held for a person."""
        arguments, passed = privacy.cleared(name, arguments)
        if refusal := self.refusal(name, arguments):
            self.trouble = "safety-block"
            metrics.call(name if name in {*ALLOWED, *OWN} else "unknown", self.trouble)
            audit.keep("refused", name, self.trace, self.user, arguments=arguments, reason=refusal)
            raise Failed(refusal)
        self.called[name] += 1
        for argument, kind in passed:
            log.line(message="exception", trace=self.trace, user=self.user, tool=name, argument=argument, kind=kind)
        if name in SENSITIVE:
            raise Held(approvals.hold(name, arguments, self.trace, self.user))
        text, failed = self.journal.step(self.made, name, arguments)
        self.trouble = "tool-error" if failed else None
        if failed:
            raise Failed(text)
        self.read |= words(text) - words(json.dumps(arguments))
        return text

    def made(self, name, arguments):
        """Make a call; return what it gave, and whether that is a failure."""
        failed = False
        try:
            if name in OWN:
                text = OWN[name](name, arguments)
                audit.keep("own", name, self.trace, self.user, arguments=arguments, result=privacy.masked(text))
            else:
                text = act(name, arguments, self.trace, self.user, key=self.journal.key)
        except Failed as failure:
            text, failed = str(failure), True
        metrics.call(name, "tool-error" if failed else "done")
        return text, failed

    def refusal(self, name, arguments):
        """Return why a call may not be made, None where it may."""
        if name not in {offer["function"]["name"] for offer in self.offers}:
            return f"there is no tool {name}"
        if name in SCOPE and not inside(arguments, *SCOPE[name]):
            return f"{SCOPE[name][0]} is not one that may be used"
        if self.called[name] >= MOST.get(name, MOST_CALLS):
            return f"{name} was called often enough"
        if any(self.called[before] for before in NOT_AFTER.get(name, ())):
            return f"{name} is not for what {', '.join(NOT_AFTER[name])} read"
        if DEFENDED and (taken := words(json.dumps(arguments)) & self.read - self.told):
            return f"{sorted(taken)[0]} stands in what a tool said, and the user did not ask for it"
        return None


def words(text):
    """Return the words of a text that are long enough to be told from any other text."""
    return set(re.findall(r"[\w-]{8,}", text.lower()))


def act(name, arguments, trace, user, approval=None, key=None):
    """Call a tool and return what it says, on record before and after; raises Failed."""
    began = time.monotonic()
    audit.keep("call", name, trace, user, arguments=arguments, approval=approval)
    text, failed = "", False
    try:
        meta = {"idempotency_key": key or secrets.token_hex(16)}
        answer = tried("tools/call", {"name": name, "arguments": arguments, "_meta": meta}, trace)
        content = answer.get("content") if isinstance(answer, dict) else None
        if not isinstance(content, list):
            raise Failed("the tool gave a result that cannot be read")
        text = cut("\n".join(str(part["text"]) for part in content if isinstance(part, dict) and "text" in part))
        if answer.get("isError"):
            raise Failed(f"the tool failed: {text}")
        return text or "error: the tool gave no result"
    except Failed as failure:
        text, failed = text or str(failure), True
        raise
    finally:
        took = round(1000 * (time.monotonic() - began), 1)
        audit.keep(
            "result", name, trace, user, result=privacy.masked(text), failed=failed, duration_ms=took, approval=approval
        )


def inside(arguments, name, allowed):
    value = str(arguments.get(name, "")) if isinstance(arguments, dict) else ""
    return bool(allowed.fullmatch(value)) and ".." not in value.split("/")


def cut(text):
    return text if len(text) <= MOST_RESULT else f"{text[:MOST_RESULT]} [cut: {len(text)} characters in all]"


def tried(method, params, trace):
    """Ask the server, and again where that failed in a way that passes: the same key tells it that it is one call."""
    ends = time.monotonic() + DEADLINE_S
    for wait in (*WAITS_S, None):
        try:
            return exchange(method, params, trace, ends)
        except Passing as failure:
            if wait is None or time.monotonic() + wait >= ends:
                raise Failed(str(failure)) from None
            time.sleep(wait * random.uniform(0.8, 1.2))
    raise AssertionError("the last attempt ends in one way or the other")


def exchange(method, params, trace, ends):
    """Ask the server once, in a session of its own, and return the result within the deadline."""
    hello = {"protocolVersion": VERSION, "capabilities": {}, "clientInfo": {"name": "agent", "version": "1"}}
    _, session = post("initialize", hello, trace, ends)
    post("notifications/initialized", None, trace, ends, session)
    answer, _ = post(method, params, trace, ends, session)
    if "error" in answer:
        raise Failed(str(answer["error"].get("message", "the server refused")))
    return answer.get("result", {})


def post(method, params, trace, ends, session=None):
    """Send one message; returns the answer and the session."""
    url = urlsplit(os.environ["MCP_URL"])
    headers = {
        "Content-Type": "application/json", "Accept": "application/json", "MCP-Protocol-Version": VERSION,
        "traceparent": f"00-{trace}-{trace[:16]}-01",
    }  # fmt: skip
    headers |= {"Mcp-Session-Id": session} if session else {}
    message = {"jsonrpc": "2.0", "method": method}
    message |= {"params": params} if params is not None else {}
    message |= {} if method.startswith("notifications/") else {"id": 1}
    link = http.client.HTTPConnection(url.hostname, url.port, timeout=left(ends))
    try:
        link.request("POST", url.path, json.dumps(message), headers)
        answer = link.getresponse()
        body = b""
        while piece := read(link, answer, ends):
            body += piece
        if answer.status >= 400:
            passing = answer.status in (429, 502, 503, 504)
            raise (Passing if passing else Failed)(f"the server answered {answer.status}")
        document = json.loads(body) if body.strip() else {}
        if body.strip() and not isinstance(document, dict):
            raise Failed("the server gave an answer that cannot be read")
        if not body.strip() and "id" in message:
            raise Failed("the server answered nothing")
        return document, answer.headers.get("Mcp-Session-Id")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Passing(f"the tool gave no answer: {type(error).__name__}") from None
    finally:
        link.close()


def read(link, answer, ends):
    """Return the next piece of an answer; a server that drips meets the deadline all the same."""
    if link.sock is not None:
        link.sock.settimeout(left(ends))
    return answer.read1(65536)


def left(ends):
    if time.monotonic() >= ends:
        raise TimeoutError("the deadline of the tool has passed")
    return max(0.05, ends - time.monotonic())
