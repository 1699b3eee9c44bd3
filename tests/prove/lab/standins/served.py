"""The stand-ins for models, tools, stores and predictions as a program, for SDKs in environments of their own."""

import asyncio
import json
import sys

from gonogo.prove.lab.standins.mcp import McpStandin
from gonogo.prove.lab.standins.predictor import PredictorStandin
from gonogo.prove.lab.standins.provider import Provider
from gonogo.prove.lab.standins.retriever import RetrieverStandin
from tests.prove.lab.rooms import room


async def main() -> None:
    made = room()
    servers = {
        "provider": Provider(made), "mcp": McpStandin(made), "store": RetrieverStandin(made),
        "predictor": PredictorStandin(made),
    }  # fmt: skip
    for server in servers.values():
        await server.start(port=0)
    print(json.dumps({name: server.port for name, server in servers.items()}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for server in servers.values():
        await server.stop()


if __name__ == "__main__":
    asyncio.run(main())
