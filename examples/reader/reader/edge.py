"""The HTTP edge: files come in, and questions about them."""

import email
import email.policy
import json
import re
import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from reader import files, model

TRACE = re.compile(r"^00-([0-9a-f]{32})-")
DRAINED = 32 << 20


class Edge(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "reader", ""

    def do_GET(self):
        self.answer(*((200, {"status": "ok"}) if self.path == "/healthz" else (404, {"error": "not found"})))

    def do_POST(self):
        route = {"/files": self.upload, "/ask": self.ask}.get(self.path)
        if route is None:
            return self.answer(404, {"error": "not found"})
        size = int(self.headers.get("Content-Length") or 0)
        if size > files.MOST_BYTES:
            self.drain(size)
            return self.answer(413, {"error": f"at most {files.MOST_BYTES} bytes"})
        return route(self.rfile.read(size))

    def upload(self, body):
        head = f"Content-Type: {self.headers.get('Content-Type', '')}\r\n\r\n".encode()
        message = email.message_from_bytes(head + body, policy=email.policy.HTTP)
        part = next((p for p in message.iter_parts() if p.get_filename() is not None), None)
        if part is None:
            return self.answer(422, {"error": "a file is needed"})
        try:
            id = files.keep(part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
        except files.Refused as refused:
            return self.answer(422, {"error": str(refused)})
        return self.answer(201, {"id": id})

    def ask(self, body):
        try:
            asked = json.loads(body)
            question, text = asked["text"], files.text_of(asked.get("file", "")) or ""
        except (ValueError, KeyError, TypeError, AttributeError):
            return self.answer(422, {"error": "a text is needed"})
        known = TRACE.match(self.headers.get("traceparent", ""))
        try:
            said = model.answer(question, text, known.group(1) if known else secrets.token_hex(16))
        except model.Away:
            return self.answer(503, {"error": "the model is away"})
        return self.answer(200, {"answer": said})

    def drain(self, size):
        """Read what is not wanted bit by bit, so that the caller is still there to read why."""
        self.close_connection = size > DRAINED
        left = min(size, DRAINED)
        while left > 0 and (piece := self.rfile.read(min(left, 65536))):
            left -= len(piece)

    def answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve():
    with ThreadingHTTPServer(("127.0.0.1", 8000), Edge) as server:
        server.serve_forever()
