import json
import sys
from pathlib import Path

import aiohttp
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from gonogo.facts.traffic import Retrieval, ToolCall
from gonogo.prove.drive.contain import ROOM, contained
from gonogo.prove.lab.script import Fault, Script
from gonogo.prove.lab.standins.house import ADDRESSES, PORTS, House
from tests.prove.lab.rooms import room

APP = """
import json, socket, subprocess, sys, urllib.request

def tool(name, **arguments):
    lines = [
        {"method": "initialize", "id": 0, "params": {"protocolVersion": "2025-06-18"}},
        {"method": "tools/call", "id": 1, "params": {"name": name, "arguments": arguments}},
    ]
    said = "".join(json.dumps({"jsonrpc": "2.0", **line}) + "\\n" for line in lines)
    ran = subprocess.run(sys.argv[1].split(), input=said, capture_output=True, text=True)
    answers = {a["id"]: a for a in map(json.loads, ran.stdout.splitlines())}
    return answers[1]["result"]["content"][0]["text"]

def search(text):
    asked = json.dumps({"query": {"match": {"text": text}}}).encode()
    request = urllib.request.Request(sys.argv[2] + "/docs/_search", asked, {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))["hits"]["hits"][0]["_source"]["text"]

print(json.dumps([tool("read_file", path="x"), search("office")]))
try:
    search("again")
except ConnectionResetError:
    print("reset")
"""


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


async def test_an_app_in_the_box_reaches_its_tools_and_its_store_and_feels_their_faults(tmp_path):
    (tmp_path / "app.py").write_text(APP)
    made = room(Script(faults=(Fault(fault="reset", boundary="retrieval", after=1),)))
    async with contained(tmp_path, [], forward=House.forward) as box:
        made.reset_mark = box.reset_mark
        async with House(made, box.room):
            command = ["python3", "app.py", ADDRESSES["mcp-stdio"], ADDRESSES["opensearch"]]
            ran = await box.run(command, environment={}, timeout_s=30)
    answers, last = ran.stdout.decode().splitlines()
    assert [text[:10] for text in json.loads(answers)] == ["Meeting no", "The office"]
    assert last == "reset"
    calls = [(type(fact), fact.fault) for fact in made.facts]
    assert calls == [(ToolCall, None), (Retrieval, None), (Retrieval, "reset")]
