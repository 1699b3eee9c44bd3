"""All stand-ins of one room, and where the app finds each of them."""

from __future__ import annotations

import shutil
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

from gonogo.prove.drive.walls import ROOM
from gonogo.prove.lab.room import Room


class StandIn(Protocol):
    """A server of a room."""

    async def start(self, *, unix: Path) -> Any:
        """Listen on a UNIX socket."""
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

ADDRESSES = {
    "openai": f"http://127.0.0.1:{PORTS['provider']}/v1",
    "anthropic": f"http://127.0.0.1:{PORTS['provider']}",
    "gemini": f"http://127.0.0.1:{PORTS['provider']}",
    "ollama": f"http://127.0.0.1:{PORTS['provider']}",
    "mcp": f"http://127.0.0.1:{PORTS['mcp']}/mcp",
    "mcp-stdio": f"python3 {ROOM}/{_RELAY.name} tcp:127.0.0.1:{PORTS['mcp']}",
    "qdrant": f"http://127.0.0.1:{PORTS['retriever']}",
    "chroma": f"http://127.0.0.1:{PORTS['retriever']}",
    "opensearch": f"http://127.0.0.1:{PORTS['retriever']}",
    "predictor": f"http://127.0.0.1:{PORTS['predictor']}",
    "alerts": f"http://127.0.0.1:{PORTS['channels']}/alerts",
    "security": f"http://127.0.0.1:{PORTS['channels']}/security",
}
"""Where the app finds each stand-in; of `mcp-stdio`, the command of an app that starts its tool server itself."""


class House:
    """Starts the stand-ins of a room in `directory`, and stops them in the end."""

    forward: ClassVar[dict[int, str]] = {p: name for name, p in (PORTS | PROCEDURES).items()}
    addresses: ClassVar[dict[str, str]] = ADDRESSES

    def __init__(self, room: Room, directory: Path) -> None:
        """Serve `room` by UNIX sockets in `directory`."""
        self.room, self.directory = room, directory
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start every stand-in."""
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
        shutil.copy(_RELAY, self.directory)
        shutil.copy(BROKEN, self.directory)
        for name, server in servers.items():
            await server.start(unix=self.directory / name)
            self._stack.push_async_callback(server.stop)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop them all."""
        await self._stack.aclose()
