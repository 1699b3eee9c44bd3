"""Real servers for the tests of the probe: an app with a good and a bad face, and ones that misbehave on purpose."""

from __future__ import annotations

import socket
import ssl
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

KEY = "probe-test-key"


def application(seen: list[tuple[str, str]], *, good: bool = True) -> FastAPI:
    """Return an app that records (method, path) of every request; the bad one is open, and shows tracebacks."""
    app = FastAPI()

    @app.middleware("http")
    async def edge(request: Request, call_next):
        seen.append((request.method, request.url.path))
        public = request.url.path in ("/healthz", "/openapi.json") or request.url.path.startswith("/gonogo-probe")
        if good and not public and request.headers.get("authorization") != f"Bearer {KEY}":
            return JSONResponse({"error": "who are you"}, 401)
        answer = await call_next(request)
        if not good:
            answer.headers["access-control-allow-origin"] = request.headers.get("origin", "*")
            answer.headers["access-control-allow-credentials"] = "true"
        return answer

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok", "version": "2026.1"}

    @app.get("/documents/{number}")
    def document(number: int) -> dict[str, str]:
        return {"text": f"a document, and the header was echoed: Bearer {KEY}"}

    @app.post("/ask")
    def ask() -> dict[str, str]:
        return {"answer": "yes"}

    return app


@contextmanager
def serving(app: FastAPI, directory: Path | None = None, *, old: bool = False) -> Iterator[int]:
    """Run an app by uvicorn in a thread and yield its port; with a `directory` holding server.pem it speaks TLS, and
    with `old` versions that nobody should."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        pem = str(directory / "server.pem") if directory else None
        config = uvicorn.Config(app, log_level="critical", ssl_certfile=pem, ssl_keyfile=pem, lifespan="off")
        if old:
            config.load()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                config.ssl.minimum_version = ssl.TLSVersion.TLSv1
            config.ssl.set_ciphers("ALL:@SECLEVEL=0")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server does not start"
            time.sleep(0.01)
        try:
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(10)


@contextmanager
def misbehaving(answer: Callable[[socket.socket, threading.Event], None]) -> Iterator[tuple[int, list[bytes]]]:
    """Accept connections and let `answer` do with each what it likes; yield the port and what was received."""
    received: list[bytes] = []
    over = threading.Event()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        listening.settimeout(0.05)

        def accept() -> None:
            while not over.is_set():
                try:
                    connection, _ = listening.accept()
                except TimeoutError:
                    continue
                except OSError:
                    return
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

        def serve(connection: socket.socket) -> None:
            with connection:
                try:
                    received.append(connection.recv(65536))
                    answer(connection, over)
                except OSError:
                    pass

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1], received
        finally:
            over.set()
            thread.join(5)
