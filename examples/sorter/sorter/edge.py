"""The HTTP edge: a message comes in, its form goes out."""

import json
import pathlib
import re
import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sorter import form

API = json.loads(pathlib.Path(__file__).with_name("openapi.json").read_text())
TRACE = re.compile(r"^00-([0-9a-f]{32})-")


class Edge(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "sorter", ""

    def do_GET(self):
        known = {"/healthz": {"status": "ok"}, "/openapi.json": API}
        self.answer(*((200, known[self.path]) if self.path in known else (404, {"error": "not found"})))

    def do_POST(self):
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 16_000))
        try:
            text = json.loads(body)["text"]
        except (ValueError, KeyError, TypeError):
            return self.answer(422, {"error": "a text is needed"})
        if not isinstance(text, str) or not 0 < len(text) <= 4000:
            return self.answer(422, {"error": "text: 1 to 4000 characters"})
        known = TRACE.match(self.headers.get("traceparent", ""))
        try:
            return self.answer(200, form.filled(text, known.group(1) if known else secrets.token_hex(16)))
        except form.Unfit:
            return self.answer(503, {"error": "the message could not be sorted"})

    def answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("API-Version", API["info"]["version"])
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve():
    with ThreadingHTTPServer(("127.0.0.1", 8000), Edge) as server:
        server.serve_forever()
