"""The only way a probe sends anything: to the environment's own hosts, one request at a time, within budget and time.

Redirects are followed only where the caller asks and only to hosts of the environment; no proxy, cookie or credential
of this machine is used. Everything that goes into a fact is masked here first.
"""

from __future__ import annotations

import asyncio
import io
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp

from gonogo.errors import CollectError
from gonogo.facts import Exchange
from gonogo.facts.declaration import Environment
from gonogo.prove.base import Target
from gonogo.screen.secrets import mask

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
READ_LIMIT = 64 * 1024
"""Bytes of a body that are read; the rest is cut off with the connection."""
EXCERPT = 2000
"""Characters of a body that a fact keeps."""
KEPT_HEADERS = frozenset(
    {
        "access-control-allow-credentials",
        "access-control-allow-headers",
        "access-control-allow-methods",
        "access-control-allow-origin",
        "allow",
        "content-type",
        "location",
        "retry-after",
        "strict-transport-security",
        "vary",
        "www-authenticate",
    }
)
"""Response headers that some check reads; others (cookies, trace ids, dates) stay out of the evidence."""
DEFAULT_PORTS = {"http": 80, "https": 443}


class BudgetSpentError(CollectError):
    """The request budget or the time of this run is used up."""


@dataclass(frozen=True)
class Allowance:
    """How much one run may take, in seconds: for a request, for the whole run, and between requests to a far host."""

    request_s: float = 10.0
    total_s: float = 120.0
    pause_s: float = 0.05


TLS_CLOSING_S = 0.25
"""How long TLS connections get to say goodbye (aiohttp's documentation, Client: graceful shutdown)."""


@dataclass(frozen=True)
class Place:
    """Where the environment answers: scheme, host and port of its url, and a path prefix without a closing slash."""

    scheme: str
    host: str
    port: int
    prefix: str = ""

    @property
    def origin(self) -> str:
        """Scheme, host and port, the port left out where it is the usual one."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{shown}" + ("" if DEFAULT_PORTS[self.scheme] == self.port else f":{self.port}")

    @property
    def loopback(self) -> bool:
        """True when it is this very machine."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.")

    def url(self, route: str) -> str:
        """Return the full address of a path of the service."""
        return f"{self.origin}{self.prefix}/{route.lstrip('/')}"


def place_of(environment: Environment) -> Place:
    """Read `environment.url`; raises `CollectError` where it is missing or no http(s) address."""
    mend = f"set `url: https://host` for the environment {environment.name!r} in gonogo.yaml"
    if not environment.url:
        raise CollectError(f"the environment {environment.name!r} has no url to probe", mend=mend)
    try:
        parts = urlsplit(environment.url)
        port = parts.port
    except ValueError as wrong:
        raise CollectError(f"the url {environment.url!r} cannot be read: {wrong}", mend=mend) from wrong
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise CollectError(f"the url {environment.url!r} is no http or https address", mend=mend)
    if parts.username or parts.password:
        raise CollectError(
            f"the url of the environment {environment.name!r} holds a credential",
            mend="take it out, and name the variable that holds it under `identities:`",
        )
    return Place(parts.scheme, parts.hostname, port or DEFAULT_PORTS[parts.scheme], parts.path.rstrip("/"))


def _allowed(environment: Environment, place: Place) -> frozenset[tuple[str, int]]:
    """Return every (host, port) that may be contacted: the url's, the usual ports of a url without one, the `hosts`."""
    found = {(place.host, place.port)}
    if place.port in DEFAULT_PORTS.values():
        found |= {(place.host, port) for port in DEFAULT_PORTS.values()}
    for named in environment.hosts:
        try:
            parts = urlsplit(named if "//" in named else f"//{named}")
            ports = (parts.port,) if parts.port else tuple(DEFAULT_PORTS.values())
        except ValueError:
            continue
        if parts.hostname:
            found |= {(parts.hostname, port) for port in ports}
    return frozenset(found)


@dataclass
class Visitor:
    """Sends requests for one run and turns each into an `Exchange`. Use it as an asynchronous context manager."""

    target: Target
    environment: Environment
    place: Place
    allowance: Allowance = Allowance()
    version_header: str | None = None
    sent: int = 0
    left_out: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    """Values of credentials in use, masked wherever an answer echoes them."""

    async def __aenter__(self) -> Visitor:
        self._hosts = _allowed(self.environment, self.place)
        self._ends = monotonic() + self.allowance.total_s
        self._kept = KEPT_HEADERS | ({self.version_header.lower()} if self.version_header else set())
        self._trust = ssl.create_default_context()  # made here, not at import: SSL_CERT_FILE counts
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=1, force_close=True),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=self.allowance.request_s),
            headers={"User-Agent": "gonogo-probe", "Accept-Encoding": "identity"},
        )
        self._session._retry_connection = False  # else aiohttp sends again what a server closed on, beyond the budget
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        if self.place.scheme == "https":
            # aiohttp gives a TLS connection back before it is closed; without this the loop would end under it.
            await asyncio.sleep(TLS_CLOSING_S)

    @property
    def sends_unsafe(self) -> bool:
        """True when requests that may change state are allowed: the environment is disposable and not production."""
        return self.environment.disposable and not self.environment.production

    def now(self) -> datetime:
        """The target's clock."""
        return self.target.now()

    def spend(self) -> None:
        """Count one request or handshake; raises `BudgetSpentError` when none is left or the run's time is over."""
        if self.sent >= max(0, self.environment.request_budget):
            raise BudgetSpentError(f"the budget of {self.environment.request_budget} requests is spent")
        if monotonic() >= self._ends:
            raise BudgetSpentError(f"the probe's time of {self.allowance.total_s:g} s is over")
        self.sent += 1

    def clean(self, text: str, limit: int = EXCERPT) -> str:
        """Return `text` without credentials in use or secrets, cut to `limit` characters."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, "…")
        return mask(text)[:limit]

    async def ask(
        self,
        route: str,
        *,
        purpose: str,
        case: str = "",
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        identity: str | None = None,
        hops: int = 0,
        at: Place | None = None,
    ) -> Exchange:
        """Send one request to a path of the service (or of `at`) and return what came back; an unanswered one says why.

        Raises `BudgetSpentError`, and `CollectError` for a method or a host that this environment does not allow.
        """
        place = at or self.place
        url = place.url(route)
        seen, onward = await self._send(method, url, dict(headers or {}), body)
        while hops and onward and self._may_visit(onward):
            url, hops = onward, hops - 1
            seen, onward = await self._send(method, url, dict(headers or {}), body)
        return Exchange(
            seen_at=self.now(),
            run=self.target.run,
            purpose=purpose,
            case=case,
            environment=self.environment.name,
            method=method,
            url=self.clean(url, 500),
            route=route,
            identity=identity,
            request_headers=self._shown(headers or {}),
            **seen,
        )

    async def document(self, route: str, limit: int) -> bytes | None:
        """Return the whole body of a GET to `route` when it answers 200 within `limit` bytes, else None."""
        answer = await self._raw("GET", self.place.url(route), {}, None, limit + 1)
        if isinstance(answer, str):
            return None
        status, _, content, _ = answer
        return content if status == 200 and len(content) <= limit else None

    def _may_visit(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
        except ValueError:
            return False
        return (parts.hostname or "", port) in self._hosts

    async def _send(
        self, method: str, url: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[dict[str, Any], str | None]:
        """Return the fields of the exchange and where a redirect points."""
        started = self.now()
        answer = await self._raw(method, url, headers, body, READ_LIMIT)
        elapsed = max(0.0, (self.now() - started).total_seconds() * 1000)
        if isinstance(answer, str):
            return {"error": self.clean(answer, 300), "elapsed_ms": round(elapsed, 1)}, None
        status, got, content, length = answer
        kept = {k.lower(): self.clean(v, 500) for k, v in got.items() if k.lower() in self._kept}
        location = got.get("Location") if 300 <= status < 400 else None
        return {
            "status": status,
            "headers": dict(sorted(kept.items())),
            "body": self.clean(_text(content)),
            "body_bytes": length,
            "elapsed_ms": round(elapsed, 1),
        }, urljoin(url, location) if location else None

    async def _raw(
        self, method: str, url: str, headers: dict[str, str], body: bytes | None, limit: int
    ) -> tuple[int, Mapping[str, str], bytes, int] | str:
        """Send, and return status, headers, at most `limit` bytes and the announced size; or why nothing came."""
        if method not in SAFE_METHODS and not self.sends_unsafe:
            raise CollectError(f"{method} is sent only to environments declared disposable, not to production")
        if not self._may_visit(url):
            raise CollectError(f"{url} lies outside the hosts of the environment {self.environment.name!r}")
        self.spend()
        if self.sent > 1 and not self.place.loopback:
            await asyncio.sleep(self.allowance.pause_s)
        left = max(0.1, min(self.allowance.request_s, self._ends - monotonic()))
        try:
            async with (
                asyncio.timeout(left),
                self._session.request(
                    method,
                    url,
                    headers=headers,
                    data=io.BytesIO(body) if body else None,
                    allow_redirects=False,
                    ssl=self._trust,
                ) as answer,
            ):
                content = await _read(answer.content, limit)
                return answer.status, answer.headers, content, max(answer.content_length or 0, len(content))
        except TimeoutError:
            return f"no whole answer within {self.allowance.request_s:g} s"
        except (aiohttp.ClientError, OSError, ValueError, AssertionError) as broken:
            return _said(broken)

    def _shown(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return request headers without any value that could be a credential."""
        return {k.lower(): v if k.lower() in _PLAIN else "…" for k, v in sorted(headers.items())}


_PLAIN = frozenset({"origin", "access-control-request-method", "access-control-request-headers", "content-type"})


def _said(broken: Exception) -> str:
    """Say why no answer came, in the same words on every machine."""
    if isinstance(broken, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return f"no trusted TLS connection: {broken}"
    if isinstance(broken, aiohttp.ClientConnectorError):
        return f"no connection: {broken.strerror or broken}"
    if isinstance(broken, aiohttp.ServerDisconnectedError | ConnectionError | aiohttp.ClientOSError):
        return "the connection was closed without an answer"
    return f"{type(broken).__name__}: {broken}"


async def _read(stream: aiohttp.StreamReader, limit: int) -> bytes:
    chunks, size = [], 0
    while size < limit:
        chunk = await stream.read(min(8192, limit - size))
        if not chunk:
            break
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks)


def _text(content: bytes) -> str:
    """Return the body as text; what is no text is only named."""
    if b"\0" in content[:1024]:
        return "(binary)"
    return content.decode("utf-8", "replace")
