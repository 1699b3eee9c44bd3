"""The official MCP client of the versions before 2026-07-28 (mcp 1); the newer one is in the tests of the stand-in."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from mcp import ClientSession, McpError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

RELAY = Path(__file__).parents[2] / "src/gonogo/prove/lab/standins/mcp_stdio.py"


@pytest.mark.parametrize("transport", ["http", "stdio"])
async def test_a_client_of_an_older_version_lists_and_calls_the_tools(transport: str, ports: dict[str, int]) -> None:
    if transport == "http":
        opened = streamable_http_client(f"http://127.0.0.1:{ports['mcp']}/mcp")
    else:
        command = StdioServerParameters(command=sys.executable, args=[str(RELAY), f"tcp:127.0.0.1:{ports['mcp']}"])
        opened = stdio_client(command)
    async with opened as streams, ClientSession(*streams[:2]) as session:
        greeted = await session.initialize()
        assert greeted.protocolVersion == "2025-11-25"
        tools = (await session.list_tools()).tools
        assert {"read_file", "send_email"} <= {tool.name for tool in tools}
        result = await session.call_tool("read_file", {"path": "notes.txt"})
        assert (result.isError, result.content[0].text[:13]) == (False, "Meeting notes")
        await session.send_ping()
        assert (await session.list_resources()).resources == []
        assert (await session.list_prompts()).prompts == []
        with pytest.raises(McpError, match="Unknown tool: nothing"):
            await session.call_tool("nothing", {})
