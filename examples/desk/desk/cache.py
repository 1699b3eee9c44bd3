"""The cache: a process that keeps texts by key for a while. Run it: python3 -m desk.cache."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from desk import settings

MOST = 10_000
_kept = {}
_lock = threading.Lock()


class Store(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with _lock:
            until, value = _kept.get(self.path, (0, b""))
        self.answer(*((200, value) if until > time.time() else (404, b"")))

    def do_PUT(self):
        value = self.rfile.read(int(self.headers["Content-Length"]))
        with _lock:
            if len(_kept) >= MOST:
                _kept.pop(next(iter(_kept)))
            _kept[self.path] = (time.time() + float(self.headers["X-Seconds"]), value)
        self.answer(204, b"")

    def do_DELETE(self):
        with _lock:
            _kept.clear()
        self.answer(204, b"")

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


if __name__ == "__main__":
    with Server(settings.CACHE, Store) as server:
        server.serve_forever()
