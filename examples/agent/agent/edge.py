"""The HTTP edge: takes a task, and answers with what came of it."""

import hmac
import json
import os
import re
import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from agent import approvals, failures, journal, metrics, run, tools, watch

PORT = 8010
USERS, APPROVER = ("alice", "bob"), "bob"
MOST_BYTES = 64_000
MOST_ANSWER = 100_000
TRACE = re.compile(r"^00-([0-9a-f]{32})-")


class Edge(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "agent", ""

    def do_GET(self):
        lists = {"/approvals": approvals.listed, "/failures": failures.listed}
        if self.path in lists:
            if self.user() != APPROVER:
                return self.json(403, error("forbidden", "these are not yours to read"))
            return self.json(200, lists[self.path]())
        if self.path == "/metrics":
            return self.send(200, "text/plain; version=0.0.4", metrics.text().encode())
        found = self.path == "/healthz"
        document = {"status": "ok"} if found else error("not_found", "there is nothing here")
        return self.json(200 if found else 404, document)

    def do_POST(self):
        decides = re.fullmatch(r"/approvals/(\w+)", self.path)
        retries = re.fullmatch(r"/failures/(\w+)/retry", self.path)
        if self.path != "/tasks" and not decides and not retries:
            return self.json(404, error("not_found", "there is nothing here"))
        size = int(self.headers.get("Content-Length") or 0)
        if size > MOST_BYTES:
            self.close_connection = True
            return self.json(413, error("too_large", f"at most {MOST_BYTES} bytes"))
        body = self.rfile.read(size)
        if retries:
            return self.retry(retries[1])
        try:
            said = json.loads(body)["decision" if decides else "text"]
        except (ValueError, KeyError, TypeError):
            return self.json(400, error("bad_request", "the body is JSON with a text, or with a decision"))
        if decides:
            return self.decide(decides[1], said)
        if not isinstance(said, str) or not said.strip():
            return self.json(422, error("invalid", "text: the task in words"))
        return self.perform(said, self.user(), self.headers.get("Idempotency-Key"))

    def perform(self, text, user, key=None, id=None):
        """Do a task, and answer with what came of it."""
        found = TRACE.match(self.headers.get("traceparent", ""))
        try:
            with journal.opened(user, key, text) as kept:
                ended = run.task(text, found.group(1) if found else secrets.token_hex(16), user, kept, id)
        except journal.Busy as busy:
            return self.json(409, error("busy", str(busy)))
        except run.Away as away:
            return self.json(503, error("away", str(away)))
        return self.json(200, ended | {"answer": ended["answer"][:MOST_ANSWER]})

    def retry(self, id):
        """Do a task again that failed, from its beginning."""
        if self.user() != APPROVER:
            return self.json(403, error("forbidden", "failed tasks are not yours to retry"))
        task = failures.of(id)
        if task is None:
            return self.json(404, error("not_found", "no such task failed"))
        return self.perform(task["text"], task["user"], id=id)

    def decide(self, id, decision):
        """Take the decision of a person on a call that waits, and make the call where it is approved."""
        user = self.user()
        if user != APPROVER or decision not in ("approve", "deny"):
            return self.json(403, error("forbidden", "an approver says approve or deny"))
        try:
            call = approvals.decide(id, decision, user)
            if decision == "deny":
                return self.json(200, {"state": "denied"})
            result = tools.act(call["tool"], call["arguments"], call["trace"], call["user"], approval=user)
            return self.json(200, {"state": "done", "result": result})
        except approvals.Refused as refused:
            return self.json(409, error("refused", str(refused)))
        except tools.Failed as failed:
            return self.json(502, error("failed", str(failed)))

    def user(self):
        """Return who asks; the gateway before this service refuses strangers, so that one without a name is a guest."""
        given = self.headers.get("Authorization", "").encode()
        known = {name: os.environ.get(name.upper(), "") for name in USERS}
        return next((n for n, value in known.items() if value and hmac.compare_digest(given, value.encode())), "guest")

    def json(self, status, document):
        self.send(status, "application/json", json.dumps(document).encode())

    def send(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def error(code, message):
    return {"error": {"code": code, "message": message}}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def serve():
    watch.begin()
    with Server(("127.0.0.1", PORT), Edge) as server:
        print("ready", flush=True)
        server.serve_forever()
