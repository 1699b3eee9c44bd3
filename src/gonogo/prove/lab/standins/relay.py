"""Passes calls on to the real provider and keeps what it answers as takes of a tape: `gonogo lab record`.

The app has only the lab's made-up key, as ever; the real one is put in here, on its way out, and is in no record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from time import monotonic
from typing import TYPE_CHECKING

import aiohttp
import msgspec

from gonogo.errors import CollectError
from gonogo.facts import System
from gonogo.facts.traffic import ToolUse
from gonogo.prove.drive.environment import HOSTS, KEYS
from gonogo.prove.lab.screening import screened
from gonogo.prove.lab.tape import Take, place, whole, words
from gonogo.wire.base import ModelAnswer, WireError
from gonogo.wire.routes import host_of

if TYPE_CHECKING:
    from gonogo.prove.lab.standins.provider import Call
    from gonogo.prove.lab.standins.server import Response

ADDRESSES = {
    "anthropic": ("ANTHROPIC_BASE_URL", "https://api.anthropic.com"),
    "gemini": ("GOOGLE_GEMINI_BASE_URL", "https://generativelanguage.googleapis.com"),
    "cohere": ("CO_API_URL", "https://api.cohere.com"),
    "ollama": ("OLLAMA_HOST", "http://127.0.0.1:11434"),
    "openai": ("OPENAI_BASE_URL", "https://api.openai.com/v1"),
}
"""By the first word of a codec's name: the variable that its SDK reads, and where it goes without one."""
_KEY_VARIABLES = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY", "gemini": "GEMINI_API_KEY"}
_HOP = frozenset(
    (  # noqa: SIM905
        "connection content-length content-encoding host keep-alive proxy-authorization te trailer transfer-encoding "
        "upgrade accept-encoding traceparent"
    ).split()
)
"""Headers that belong to one connection, or that only the lab needs."""
_LIMIT = 8 << 20
"""Bytes of an answer that are recorded at most."""
_TEXT = 200_000


@dataclass
class Relay:
    """Where calls go, with which keys, and what came back. `refused` counts answers that were none, by status."""

    keys: Mapping[str, str]
    bases: Mapping[str, str]
    http: aiohttp.ClientSession
    takes: list[Take] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    async def passed(self, call: Call, body: bytes) -> Response | None:
        """Pass one call on; return the response for the app, which is kept where it is an answer."""
        request = call.request
        url = self.url(call.headers, request.path_qs, call.asked.protocol)
        headers = {k: self._with_key(v) for k, v in request.headers.items() if k.lower() not in _HOP}
        try:
            answer = await self.http.request(request.method, url, headers=headers, data=body, allow_redirects=False)
        except (aiohttp.ClientError, OSError, TimeoutError) as broken:
            self.refused[f"{type(broken).__name__} at {url.partition('?')[0]}"] += 1
            raise ConnectionError(str(broken)) from None
        async with answer:
            return await self._answered(call, answer)

    async def _answered(self, call: Call, answer: aiohttp.ClientResponse) -> Response | None:
        kind = answer.headers.get("Content-Type", "application/json")
        kept = {k: v for k, v in answer.headers.items() if k.lower() not in _HOP and k.lower() != "content-type"}
        if answer.status != 200:
            self.refused[f"status {answer.status}"] += 1
            return await call.whole(answer.status, kept, await answer.read(), kind)
        response = await call.begin(kind, kept)
        parts: list[bytes] = []
        async for part in answer.content.iter_any():
            parts.append(part)
            await call.send(response, part)
        await response.write_eof()
        body = b"".join(parts)
        if len(body) > _LIMIT:
            self.refused[f"longer than {_LIMIT >> 20} MiB"] += 1
        else:
            self._keep(call, body, kind)
        return None

    def _keep(self, call: Call, body: bytes, kind: str) -> None:
        assert call.route is not None  # noqa: S101  (a call without a route is not passed on)
        asked, codec = call.asked, call.route.codec
        streamed = asked.stream or kind.startswith("text/event-stream")
        try:
            made = codec.read_events([body]) if streamed else codec.read(body)
        except WireError as wrong:
            self.refused[f"an answer of {codec.name} that cannot be read: {wrong.message}"] += 1
            return
        call.made = made
        self.takes.append(
            Take(
                protocol=asked.protocol, operation=asked.operation, model=asked.model, whole=whole(asked),
                words=words(asked), place=place(asked, self._name(call)), answer=self._clean(call, made),
                first_s=round(call.first or 0.0, 3), seconds=round(monotonic() - call.began, 3),
            )
        )  # fmt: skip

    def _name(self, call: Call) -> str:
        under_way = call.room.journeys.get(call.journey)
        return under_way.name if under_way else ""

    def _clean(self, call: Call, made: ModelAnswer) -> ModelAnswer:
        """Return the answer without personal data and secrets: a tape is committed."""

        def clean(text: str) -> str:
            return screened(call.room, text, "", _TEXT)[0]

        uses = tuple(ToolUse(id=u.id, name=u.name, arguments=clean(u.arguments)) for u in made.tool_uses)
        refusal = None if made.refusal is None else clean(made.refusal)
        return msgspec.structs.replace(made, text=clean(made.text), refusal=refusal, tool_uses=uses)

    def url(self, headers: Mapping[str, str], path: str, protocol: str) -> str:
        """Return where a call goes: to its host where that is a provider's, else to the address of its protocol."""
        host = host_of(headers)
        if any(fnmatchcase(host, glob) for glob in HOSTS):
            return f"https://{host}{path}"
        base = self.bases.get(protocol.partition("_")[0], self.bases["openai"]).rstrip("/")
        for version in ("/v1", "/v1beta"):
            if base.endswith(version) and path.startswith(f"{version}/"):
                return f"{base}{path[len(version) :]}"
        return base + path

    def _with_key(self, value: str) -> str:
        for made_up, real in self.keys.items():
            value = value.replace(made_up, real)
        return value


def keys_of(system: System, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the real key for each made-up one, from the variables that gonogo.yaml or the SDKs name.

    Raises `CollectError` where none is set.
    """
    named = [(p.name if p.name in KEYS else "openai", p.key_variable) for p in system.providers if p.key_variable]
    named = named or list(_KEY_VARIABLES.items())
    made_up = system.lab.environment if system.lab else {}
    found: dict[str, str] = {}
    for kind, variable in named:
        if value := environment.get(variable):
            found.setdefault(made_up.get(variable, KEYS[kind]), value)
    if not found:
        wanted = " or ".join(dict.fromkeys(variable for _, variable in named))
        raise CollectError(f"the provider's key is not set: {wanted}", mend=f"export {wanted.partition(' or ')[0]}=...")
    return found


def bases_of(system: System, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the provider's address by the first word of a codec's name; declared variables come first."""
    bases = {kind: environment.get(variable) or usual for kind, (variable, usual) in ADDRESSES.items()}
    for provider in system.providers:
        if provider.base_url_variable and (given := environment.get(provider.base_url_variable)):
            bases[provider.name if provider.name in bases else "openai"] = given
    return bases
