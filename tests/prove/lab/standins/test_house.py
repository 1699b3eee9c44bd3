import sys
from pathlib import Path

import aiohttp
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from gonogo.facts.traffic import ToolCall
from gonogo.prove.drive.contain import ROOM
from gonogo.prove.lab.standins.house import ADDRESSES, PORTS, House
from tests.prove.lab.rooms import room


async def get(socket: Path, path: str) -> int:
    connector = aiohttp.UnixConnector(str(socket))
    async with aiohttp.ClientSession(connector=connector) as http, http.get(f"http://lab{path}") as answer:
        return answer.status


async def test_every_stand_in_answers_at_its_socket_and_is_gone_afterwards(tmp_path):
    asked = {"provider": "/v1/models", "mcp": "/mcp", "retriever": "/readyz", "predictor": "/ping"}
    async with House(room(), tmp_path):
        assert {name for name in PORTS if (tmp_path / name).is_socket()} == set(PORTS)
        statuses = {name: await get(tmp_path / name, path) for name, path in asked.items()}
    assert statuses == {"provider": 200, "mcp": 400, "retriever": 200, "predictor": 200}
    for name in PORTS:
        with pytest.raises(aiohttp.ClientConnectorError):
            await get(tmp_path / name, "/")


async def test_the_relay_of_the_tool_server_lies_beside_the_sockets(tmp_path):
    made = room()
    program, relay, _ = ADDRESSES["mcp-stdio"].split()
    assert (program, Path(relay).parent) == ("python3", Path(ROOM))
    command = StdioServerParameters(
        command=sys.executable, args=[str(tmp_path / Path(relay).name), f"unix:{tmp_path}/mcp"]
    )
    async with House(made, tmp_path), Client(stdio_client(command)) as client:
        await client.call_tool("search", {"query": "hours"})
    assert [fact.tool for fact in made.facts if isinstance(fact, ToolCall)] == ["search"]
