"""Serves the application of a probe case on a loopback port, and sends the real collector there."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import re
import socket
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import msgspec
import trustme

from gonogo.derive.factset import FactSet
from gonogo.facts import Exchange, Fact, TlsHandshake, decode, encode
from gonogo.prove.base import Collector, Target

LIBRARIES = ["fastapi", "openai", "uvicorn", "uvicorn.lifespan.on", "uvicorn.protocols.http.auto", __name__]
SECRETS = {
    "APP_KEY": "reader-key-of-the-case",
    "ALICE_KEY": "Bearer reader-key-of-the-case",
    "OPENAI_API_KEY": "unused",
}


@contextmanager
def served(root: Path, application: str, authority: trustme.CA | None) -> Iterator[str]:
    """Run `application` by uvicorn in `root` until the block ends; give its URL. With an authority it speaks TLS.

    It runs in a process of its own, forked from one that has loaded the libraries once for all cases.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options: dict[str, object] = {"port": port, "log_level": "critical"}
    if authority is not None:
        certificate = authority.issue_cert("localhost", "127.0.0.1")
        certificate.private_key_and_cert_chain_pem.write_to_path(str(root.parent / "server.pem"))
        options |= {"ssl_keyfile": str(root.parent / "server.pem"), "ssl_certfile": str(root.parent / "server.pem")}
    environment = {"PATH": os.environ["PATH"], "RELEASE": "2026.6.1", **SECRETS}
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LIBRARIES)
    server = context.Process(target=serve, args=(str(root), application, environment, options), daemon=True)
    server.start()
    url = f"http{'s' if authority else ''}://{'localhost' if authority else '127.0.0.1'}:{port}"
    try:
        _wait(url, server)
        yield url
    finally:
        server.terminate()
        server.join(10)
        server.kill()


def serve(root: str, application: str, environment: dict[str, str], options: dict[str, Any]) -> None:
    """Be the server: in the directory and with the environment of the case and nothing of the tests' own."""
    import uvicorn

    os.chdir(root)
    os.environ.clear()
    os.environ.update(environment)
    sys.dont_write_bytecode = True
    sys.path.insert(0, root)
    uvicorn.run(application, **options)


def _wait(url: str, server: BaseProcess) -> None:
    unchecked = ssl._create_unverified_context()
    for _ in range(1500):
        assert server.is_alive(), "the application of this case does not start"
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=1, context=unchecked if url[4] == "s" else None).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.01)
    raise AssertionError("the application of this case does not answer")


@contextmanager
def variables(values: dict[str, str]) -> Iterator[None]:
    """Set environment variables while the block runs."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def probed(root: Path, target: Target, scan: Collector, probe: Collector, given: dict[str, object]) -> list[Fact]:
    """Return what the probe saw of the served application, with the port and the times taken out."""
    authority = trustme.CA() if given.get("tls") else None
    known = FactSet(list(scan.collect(target)))
    trust = {}
    if authority is not None:
        authority.cert_pem.write_to_path(str(root.parent / "authority.pem"))
        trust = {"SSL_CERT_FILE": str(root.parent / "authority.pem")}
    with served(root, str(given.get("server", "app.main:app")), authority) as url, variables(SECRETS | trust):
        assert target.declaration is not None
        staging = next(e for e in target.declaration.system.environments if e.name == "staging")
        there = dataclasses.replace(target, environment=dataclasses.replace(staging, url=url), known=known)
        facts = list(probe.collect(there))
        target.problems.extend(p for p in there.problems if p not in target.problems)
    return [plain(fact, url.rpartition(":")[2]) for fact in facts]


def plain(fact: Fact, port: str) -> Fact:
    """Return a fact without what differs from run to run."""
    fact = decode(re.sub(rb"(?<=[a-z1]:)%b\b" % port.encode(), b"0", encode(fact)))
    if isinstance(fact, Exchange):
        headers = {name: value for name, value in fact.headers.items() if name != "date"}
        return msgspec.structs.replace(fact, elapsed_ms=0.0, headers=headers)
    if isinstance(fact, TlsHandshake):
        return msgspec.structs.replace(fact, port=0)
    return fact
