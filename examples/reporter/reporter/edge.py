"""The HTTP edge: questions come in, answers go out."""

import hmac
import json
import os
import re
import secrets
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from reporter import anomalies, audit, conversations, metrics, model, security, spend, watch

USERS = ("alice", "bob")
TRACE = re.compile(r"^00-([0-9a-f]{32})-")


class Edge(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "reporter", ""

    def do_GET(self):
        if self.path == "/healthz":
            return self.answer(200, {"status": "ok"})
        if self.path == "/metrics":
            return self.send(200, "text/plain; version=0.0.4", metrics.text().encode())
        return self.answer(404, {"error": "not found"})

    def do_POST(self):
        began = time.monotonic()
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 16_000))
        if self.path != "/ask":
            return self.answer(404, {"error": "not found"})
        given = self.headers.get("Authorization", "")
        user = next((name for name in USERS if hmac.compare_digest(given, os.environ[name.upper()])), None)
        if user is None:
            security.happened("guessed keys")
            return self.answer(401, {"error": "unknown key"})
        try:
            document = json.loads(body)
            text, conversation = document["text"], str(document.get("conversation") or secrets.token_hex(16))
        except (ValueError, KeyError, TypeError):
            return self.answer(422, {"error": "a text is needed"})
        if not isinstance(text, str) or not 0 < len(text) <= 4000:
            return self.answer(422, {"error": "text: 1 to 4000 characters"})
        security.question(text)
        failed = True
        known = TRACE.match(self.headers.get("traceparent", ""))
        trace = known.group(1) if known else secrets.token_hex(16)
        turns = [*conversations.turns(user, conversation), {"role": "user", "content": text}]
        try:
            said, tokens = model.answer(turns, trace)
            failed = False
        except model.Away as away:
            metrics.error("model", away.type)
            audit.keep(user=user, action="ask", result=away.type)
            return self.answer(503, {"error": "no answer now, please try again"})
        finally:
            metrics.took("/ask", model.MODEL, time.monotonic() - began)
            watch.took(time.monotonic() - began, failed)
        audit.keep(user=user, action="ask", result="answered")
        anomalies.look(text, said, trace)
        spend.spent(user, "answers", tokens)
        if security.leaks(said):
            return self.answer(503, {"error": "no answer now, please try again"})
        conversations.keep(user, conversation, text, said)
        return self.answer(200, {"answer": said, "conversation": conversation})

    def answer(self, status, document):
        self.send(status, "application/json", json.dumps(document).encode())

    def send(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def serve():
    audit.begin()
    watch.begin()
    with Server(("127.0.0.1", int(os.environ.get("PORT", "8000"))), Edge) as server:
        server.serve_forever()
