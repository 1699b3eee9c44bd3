"""The HTTP edge: who may ask, in what form, and errors in one form."""

import contextlib
import hmac
import json
import re
import secrets
import sys
import time
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from assistant import (
    abuse,
    audit,
    budget,
    conversations,
    feedback,
    jobs,
    limits,
    log,
    model,
    pace,
    prompt,
    quota,
    release,
    screens,
    sessions,
    settings,
    streams,
    webhooks,
)

MOST_BYTES = 16_000
LONG_S = 30
DEGRADED = "The assistant is away. Please try again later."
TRACE = re.compile(r"^00-([0-9a-f]{32})-")


class Refusal(Exception):
    """An error that the caller is told."""

    def __init__(self, status, code, message, **headers):
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, headers


class Edge(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "assistant", ""

    def do_GET(self):
        self.guarded(self.get)

    def do_POST(self):
        self.guarded(self.post)

    def do_PUT(self):
        self.guarded(self.put)

    def do_DELETE(self):
        self.guarded(self.delete)

    def guarded(self, route):
        found = TRACE.match(self.headers.get("traceparent", ""))
        self.release = release.current()
        self.trace, self.begun = found.group(1) if found else secrets.token_hex(16), False
        began, status, self.sent, self.user = time.monotonic(), 500, 0, ""
        try:
            status = route()
        except Refusal as refusal:
            status = refusal.status
            if what := abuse.kind(status):
                abuse.note(self.user or self.client_address[0], what, self.trace)
            self.error(refusal)
        except (BrokenPipeError, ConnectionResetError):
            status = 499
        except Exception as error:
            log.broken(error, self.trace)
            self.error(Refusal(500, "internal", "something went wrong"))
        log.line(
            "info", f"{self.command} {self.path.partition('?')[0]} {status}", self.trace,
            user=self.user, status=status, ms=round((time.monotonic() - began) * 1000),
            bytes=self.sent,
        )  # fmt: skip

    def get(self):
        if self.path == "/healthz":
            return self.json(200, {"status": "ok"})
        if self.path == "/readyz":
            ready = model.reachable()
            return self.json(200 if ready else 503, {"status": "ok" if ready else "no model can be reached"})
        if self.path == "/admin/limits":
            self.administrator()
            return self.json(200, {"per_minute": limits.PER_MINUTE})
        found = re.fullmatch(r"/jobs/([0-9a-f]{32})", self.path)
        if found and (job := jobs.of(found[1], self.who())):
            return self.json(*job)
        if id := conversation(self.path):
            self.user = self.who()
            found = conversations.of(id, self.user)
            if found:
                return self.json(200, {k: found[k] for k in ("title", "question", "answer")})
        raise Refusal(404, "not_found", "there is nothing here")

    def put(self):
        if self.path == "/admin/limits":
            self.administrator()
            limits.PER_MINUTE = self.field("per_minute", int)
            audit.keep(self.user, "set-limits", self.path, "done")
            return self.json(200, {"per_minute": limits.PER_MINUTE})
        if id := conversation(self.path):
            self.user = self.who()
            if conversations.rename(id, self.user, self.field("title", str)[:200]):
                return self.json(200, {"status": "ok"})
        raise Refusal(404, "not_found", "there is nothing here")

    def delete(self):
        if self.path == "/sessions/current":
            self.user = self.who()
            if self.session:
                sessions.close(self.session)
            return self.json(200, {"status": "ok"}, {"Set-Cookie": cookie("", 0)})
        if found := re.fullmatch(r"/admin/sessions/([a-z]+)", self.path):
            self.administrator()
            sessions.revoke(found[1])
            audit.keep(self.user, "revoke-sessions", self.path, "done")
            return self.json(200, {"status": "ok"})
        raise Refusal(404, "not_found", "there is nothing here")

    def administrator(self):
        self.user = self.who()
        if self.user != "admin":
            raise Refusal(403, "forbidden", "this is for administrators")

    def field(self, name, kind):
        try:
            value = json.loads(self.rfile.read(min(int(self.headers.get("Content-Length") or 0), MOST_BYTES)))[name]
        except (ValueError, KeyError, TypeError):
            raise Refusal(422, "invalid", f"{name} is needed") from None
        if not isinstance(value, kind) or isinstance(value, bool):
            raise Refusal(422, "invalid", f"{name} is of another type")
        return value

    def post(self):
        if self.path == "/sessions":
            self.user = self.who()
            token = sessions.open(self.user)
            return self.json(201, {"user": self.user}, {"Set-Cookie": cookie(token, sessions.LONGEST_S)})
        if found := re.fullmatch(r"/conversations/([0-9a-f]{32})/rating", self.path):
            return self.rate(found[1])
        if self.path == "/webhooks/tickets":
            return self.delivery()
        if self.path not in ("/ask", "/stream"):
            raise Refusal(404, "not_found", "there is nothing here")
        self.user = self.who()
        text = self.text()
        self.answered = 0
        if self.path == "/stream" and (last := self.headers.get("Last-Event-ID")):
            known = streams.again(last, self.user)
            if known is None:
                raise Refusal(404, "not_found", "this stream is no longer known")
            return self.follow(*known)
        wait = limits.wait(self.user)
        if wait is not None:
            raise Refusal(429, "too_many_requests", "too many requests", **{"Retry-After": str(int(wait))})
        try:
            messages = prompt.messages(screens.incoming(text), self.release[1])
        except screens.Refused as refused:
            limits.flag(self.user)
            log.line("warning", "suspicious text refused", self.trace, event="sender_flagged", user=self.user)
            raise Refusal(422, "refused", str(refused)) from None
        try:
            with limits.place():
                quota.take(self.user, self.session, sum(budget.tokens(m["content"]) for m in messages))
                if self.path == "/stream":
                    return self.stream(messages)
                return self.hand_off(messages) if self.patient() else self.ask(messages)
        except quota.Spent as spent:
            if spent.again is None:
                sessions.close(self.session)
                raise Refusal(401, "session_ended", str(spent), **{"WWW-Authenticate": "Bearer"}) from None
            raise Refusal(429, "quota_spent", str(spent), **{"Retry-After": str(spent.again)}) from None
        except budget.Spent as spent:
            raise Refusal(429, "budget_spent", str(spent), **{"Retry-After": "3600"}) from None
        except (limits.Full, pace.Full, jobs.Full):
            raise Refusal(503, "busy", "too many are asking at once", **{"Retry-After": "1"}) from None
        finally:
            quota.charge(self.user, self.session, self.answered)

    def rate(self, id):
        self.user = self.who()
        found, rating = conversations.of(id, self.user), self.field("rating", str)
        if not found:
            raise Refusal(404, "not_found", "there is nothing here")
        if rating not in feedback.RATINGS:
            raise Refusal(422, "invalid", "rating is up or down")
        feedback.keep(id, rating, found)
        return self.json(200, {"status": "ok"})

    def delivery(self):
        """Take a delivery of the ticket system, whose signature stands for a credential."""
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), MOST_BYTES))
        try:
            webhooks.verify(self.headers, body)
        except webhooks.Forged:
            raise Refusal(401, "forged", "this delivery is not signed, or too old") from None
        log.line("info", "a ticket changed", self.trace, event="webhook")
        return self.json(200, {"status": "ok"})

    def ask(self, messages):
        try:
            text, by = model.answer(messages, self.user, self.trace)
        except model.Away:
            raise Refusal(503, "away", DEGRADED, **{"Retry-After": "10"}) from None
        said = screens.outgoing(text, self.trace)
        self.answered = budget.tokens(text)
        made = {"model": by, "release": self.release[0]}
        conversations.keep(self.trace, self.user, messages[-1]["content"], said, **made)
        return self.json(200, {"answer": said, "id": self.trace, "model": by})

    def patient(self):
        """Tell whether the caller would rather look again later than wait (RFC 7240)."""
        return "respond-async" in self.headers.get("Prefer", "").lower()

    def hand_off(self, messages):
        user, session, trace = self.user, self.session, self.trace

        def work():
            text, by = model.answer(messages, user, trace, model.Wait(LONG_S, LONG_S))
            quota.charge(user, session, budget.tokens(text))
            return 200, {"answer": screens.outgoing(text, trace), "model": by}

        id = jobs.begin(user, trace, work)
        return self.json(202, {"job": id}, {"Location": f"/jobs/{id}", "Retry-After": "1"})

    def stream(self, messages):
        pieces = screens.outgoing_pieces(model.pieces(messages, self.user, self.trace), self.trace)
        try:
            first = next(pieces)
        except (model.Failed, StopIteration):
            raise Refusal(503, "away", DEGRADED, **{"Retry-After": "10"}) from None
        return self.follow(*streams.begin(self.user, first, pieces))

    def follow(self, stream, events):
        """Send events of a stream; each has an id to come back with."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("X-Release", self.release[0])
        self.send_header("Connection", "close")
        self.end_headers()
        self.begun = self.close_connection = True
        with contextlib.closing(events):
            for number, name, data in events:
                self.event(f"{stream.id}.{number}", name, data)
        return 200

    def event(self, id, name, data):
        self.answered += budget.tokens(data.get("text", ""))
        self.sent += self.wfile.write(f"id: {id}\nevent: {name}\ndata: {json.dumps(data)}\n\n".encode())
        self.wfile.flush()

    def who(self):
        self.session = None
        self.unblocked(self.client_address[0])
        given = self.headers.get("Authorization", "")
        for credential, name in settings.USERS.items():
            if hmac.compare_digest(credential.encode(), given.encode("utf-8", "replace")):
                return self.unblocked(name)
        token = session_token(self.headers.get("Cookie", ""))
        if token and (user := sessions.user_of(token)):
            self.session = sessions.id_of(token)
            return self.unblocked(user)
        raise Refusal(401, "unauthorized", "unknown key", **{"WWW-Authenticate": "Bearer"})

    def unblocked(self, who):
        wait = abuse.wait(who)
        if wait is not None:
            raise Refusal(429, "blocked", "blocked for a while", **{"Retry-After": str(wait)})
        return who

    def text(self):
        size = int(self.headers.get("Content-Length") or 0)
        if size > MOST_BYTES:
            self.close_connection = True
            raise Refusal(413, "too_large", f"at most {MOST_BYTES} bytes")
        try:
            body = json.loads(self.rfile.read(size))
        except ValueError:
            raise Refusal(400, "bad_json", "the body is no JSON") from None
        text = body.get("text") if isinstance(body, dict) else None
        if not isinstance(text, str) or not 0 < len(text) <= 4000 or set(body) - {"text"}:
            raise Refusal(422, "invalid", "text: 1 to 4000 characters, and nothing else")
        return text

    def json(self, status, document, headers=None):
        body = json.dumps(document).encode()
        own = {"Content-Type": "application/json", "Content-Length": str(len(body)), "X-Release": self.release[0]}
        self.send_response(status)
        for name, value in {**own, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.sent += len(body)
        return status

    def error(self, refusal):
        if self.begun:
            self.close_connection = True
            return
        with contextlib.suppress(OSError):
            document = {"error": {"code": refusal.code, "message": refusal.message}}
            # the body may not have been read: what is left of it would be taken for the next request
            self.json(refusal.status, document, {**refusal.headers, "Connection": "close"})

    def log_message(self, *_):
        pass


def conversation(path):
    """Return the id in the path of a conversation, None for any other path."""
    found = re.fullmatch(r"/conversations/([0-9a-f]{32})", path)
    return found and found[1]


def cookie(token, seconds):
    """Return the cookie that carries a session: no script reads it, no other site sends it, no wire carries it open."""
    return f"session={token}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict"


def session_token(header):
    try:
        found = SimpleCookie(header).get("session")
    except CookieError:
        return None
    return found and found.value


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """Log a connection that broke as one line: a traceback over many lines nobody can search."""
        log.line("warning", f"a connection broke: {sys.exc_info()[0].__name__}")


def serve():
    with Server(("127.0.0.1", settings.PORT), Edge) as server:
        log.line("info", "ready")
        server.serve_forever()
