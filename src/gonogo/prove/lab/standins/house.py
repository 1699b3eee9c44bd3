"""All stand-ins of one room, and where the app finds each of them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

from gonogo.errors import CollectError
from gonogo.prove.drive.walls import ROOM
from gonogo.prove.lab.room import Room


class StandIn(Protocol):
    """A server of a room."""

    async def start(self, *, unix: Path | None = None, port: int | None = None, host: str = "127.0.0.1") -> Any:
        """Listen on a UNIX socket, or on a TCP port."""
        ...

    async def stop(self) -> None:
        """Close every connection, and record what still hung."""
        ...


_RELAY = Path(__file__).with_name("mcp_stdio.py")
BROKEN = Path(__file__).with_name("broken_service.py")
"""Both are seen in the box, where gonogo is not, beside the sockets."""

PORTS = {"provider": 11434, "mcp": 9102, "retriever": 9103, "predictor": 9104, "channels": 9105}
"""Ports in the box, by socket. The provider stands where a local Ollama would, for apps that look for one."""

PROCEDURES = {"listener": 9106, "packages": 9107}
"""The same where only procedures listen: to see who connects, and in the place of a package index."""


def addresses(host: str, ports: Mapping[str, int], relay: str) -> dict[str, str]:
    """Return where an app finds each stand-in; of `mcp-stdio`, the command by which it starts its tool server itself.

    `relay` is the script that leads from there to the stand-in.
    """
    at = {name: f"http://{host}:{port}" for name, port in ports.items()}
    return {
        "openai": f"{at['provider']}/v1",
        **dict.fromkeys(("anthropic", "gemini", "ollama"), at["provider"]),
        "mcp": f"{at['mcp']}/mcp",
        "mcp-stdio": f"python3 {relay} tcp:{host}:{ports['mcp']}",
        **dict.fromkeys(("qdrant", "chroma", "opensearch"), at["retriever"]),
        "predictor": at["predictor"],
        "alerts": f"{at['channels']}/alerts",
        "security": f"{at['channels']}/security",
    }


ADDRESSES = addresses("127.0.0.1", PORTS, f"{ROOM}/{_RELAY.name}")
"""Where an app in the box finds each stand-in."""


@dataclass(frozen=True)
class Listening:
    """Where the stand-ins listen for an app that runs already: ports from `first` on, in the order of `PORTS`."""

    host: str
    first: int

    @classmethod
    def at(cls, text: str) -> Listening:
        """Read `host:port`."""
        host, _, port = text.rpartition(":")
        return cls(host, int(port))

    @property
    def ports(self) -> dict[str, int]:
        """The port of each stand-in."""
        return {name: self.first + number for number, name in enumerate(PORTS)}

    @property
    def addresses(self) -> dict[str, str]:
        """Where the app finds each stand-in."""
        return addresses(self.host, self.ports, str(_RELAY))


class House:
    """Starts the stand-ins of a room, in a directory or where a running app looks for them, and stops them."""

    forward: ClassVar[dict[int, str]] = {p: name for name, p in (PORTS | PROCEDURES).items()}
    addresses: ClassVar[dict[str, str]] = ADDRESSES

    def __init__(self, room: Room, place: Path | Listening) -> None:
        """Serve `room` by UNIX sockets in a directory, or by TCP ports."""
        self.room, self.place = room, place
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start every stand-in; raises `CollectError` where a port is taken."""
        from gonogo.prove.lab.standins.channels import Channels
        from gonogo.prove.lab.standins.mcp import McpStandin
        from gonogo.prove.lab.standins.predictor import PredictorStandin
        from gonogo.prove.lab.standins.provider import Provider
        from gonogo.prove.lab.standins.retriever import RetrieverStandin

        servers: dict[str, StandIn] = {
            "provider": Provider(self.room),
            "mcp": McpStandin(self.room),
            "retriever": RetrieverStandin(self.room),
            "predictor": PredictorStandin(self.room),
            "channels": Channels(self.room),
        }
        if isinstance(self.place, Path):
            shutil.copy(_RELAY, self.place)
            shutil.copy(BROKEN, self.place)
        try:
            for name, server in servers.items():
                await self._start(name, server)
                self._stack.push_async_callback(server.stop)
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def _start(self, name: str, server: StandIn) -> None:
        if isinstance(self.place, Path):
            await server.start(unix=self.place / name)
            return
        port = self.place.ports[name]
        try:
            await server.start(host=self.place.host, port=port)
        except OSError as error:
            raise CollectError(
                f"the lab cannot listen at {self.place.host}:{port}: {error.strerror or error}",
                mend=f"free that port, or give lab.listen in gonogo.yaml another one: {len(PORTS)} from it on are used",
            ) from None

    async def __aexit__(self, *_: object) -> None:
        """Stop them all."""
        await self._stack.aclose()
