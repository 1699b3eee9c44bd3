"""Passes what the app sends to its store on to the store that the app runs itself, which is so seen and timed."""

from __future__ import annotations

from collections.abc import Callable

import aiohttp

from gonogo.prove.lab.standins.server import Request
from gonogo.prove.lab.standins.serving import JSON, Reply

_HOP = frozenset(("connection", "content-length", "host", "keep-alive", "transfer-encoding", "accept-encoding"))
"""Headers that belong to one connection."""


class OwnStore:
    """A process called `service` that listens at `port` in the box; `connector` connects to it there."""

    def __init__(self, service: str, port: int, connector: Callable[[], aiohttp.BaseConnector]) -> None:
        """Prepare; the first call connects."""
        self.service = service
        self._base, self._connector = f"http://127.0.0.1:{port}", connector
        self._http: aiohttp.ClientSession | None = None

    async def passed(self, request: Request, body: bytes) -> Reply:
        """Pass a request on and return what the store answers: 502 where it does not."""
        self._http = self._http or aiohttp.ClientSession(
            connector=self._connector(), timeout=aiohttp.ClientTimeout(total=None), cookie_jar=aiohttp.DummyCookieJar()
        )
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP}
        try:
            async with self._http.request(
                request.method, self._base + request.path_qs, headers=headers, data=body, allow_redirects=False
            ) as answer:
                return Reply(await answer.read(), answer.status, answer.headers.get("Content-Type", JSON))
        except (aiohttp.ClientError, OSError) as problem:
            return Reply(f"{self.service} does not answer: {problem}".encode(), 502, "text/plain")

    async def close(self) -> None:
        """Close its connections."""
        if self._http is not None:
            await self._http.close()
