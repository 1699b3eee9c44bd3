"""The HTTP edge: questions come in, answers go out."""

import hmac
import json
import re
import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from desk import cached, history, model, pool, routing, settings

TRACE = re.compile(r"^00-([0-9a-f]{32})-")
ready = False


class Refusal(Exception):
    """An error that the caller is told."""

    def __init__(self, status, said):
        super().__init__(said)
        self.status = status


class Edge(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "desk", ""

    def do_GET(self):
        if self.path == "/healthz":
            return self.answer(200, {"status": "ok"})
        if self.path == "/readyz":
            return self.answer(*((200, {"status": "ok"}) if is_ready() else (503, {"status": "waiting for the cache"})))
        return self.answer(404, {"error": "not found"})

    def do_POST(self):
        self.guarded({"/ask": self.ask, "/chat": self.chat})

    def do_DELETE(self):
        self.guarded({"/admin/cache": self.purge})

    def guarded(self, routes):
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(size, 16_000))
        try:
            if self.path not in routes:
                raise Refusal(404, "not found")
            self.user, self.tenant = self.who()
            if not is_ready():
                raise Refusal(503, "not ready yet")
            known = TRACE.match(self.headers.get("traceparent", ""))
            self.trace = known.group(1) if known else secrets.token_hex(16)
            self.answer(*routes[self.path](body))
        except Refusal as refusal:
            self.answer(refusal.status, {"error": str(refusal)})
        except pool.Full:
            self.answer(503, {"error": "too many questions at once; ask again in a moment"}, {"Retry-After": "2"})
        except model.Away:
            self.answer(503, {"error": "the desk is away"})

    def ask(self, body):
        (text,) = fields(body, "text")
        messages = prompt([], text)

        def make():
            return routing.answer(text, messages, self.trace)

        said, by = cached.answer(cached.key(self.tenant, messages), make)
        return 200, {"answer": said, "model": by}

    def chat(self, body):
        conversation, text = fields(body, "conversation", "text")
        said, by = routing.answer(text, prompt(history.recent(self.user, conversation), text), self.trace)
        history.add(self.user, conversation, text, said)
        return 200, {"answer": said, "model": by}

    def purge(self, _):
        if self.user != "admin":
            raise Refusal(403, "this is for administrators")
        if not cached.purge():
            raise Refusal(503, "the cache is away")
        return 200, {"status": "purged"}

    def who(self):
        given = self.headers.get("Authorization", "")
        for credential, who in settings.USERS.items():
            if hmac.compare_digest(credential.encode(), given.encode("utf-8", "replace")):
                return who
        raise Refusal(401, "unknown key")

    def answer(self, status, document, headers=()):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for header in dict(headers).items():
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def is_ready():
    """Return whether the cache was ever there: the desk starts with it, and then works without."""
    global ready
    ready = ready or cached.answers()
    return ready


def prompt(before, text):
    return [{"role": "system", "content": settings.INSTRUCTIONS}, *before, {"role": "user", "content": text}]


def fields(body, *names):
    try:
        document = json.loads(body)
        found = [document[name] for name in names]
    except (ValueError, KeyError, TypeError):
        raise Refusal(422, f"{' and '.join(names)} needed") from None
    if not all(isinstance(value, str) and 0 < len(value) <= 4000 for value in found):
        raise Refusal(422, f"{' and '.join(names)}: 1 to 4000 characters each")
    return found


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def serve():
    with Server(("127.0.0.1", 8000), Edge) as server:
        server.serve_forever()
