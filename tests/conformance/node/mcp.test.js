// The official Node clients of MCP, of the versions with a handshake (sdk) and of 2026-07-28 (client), and Qdrant's.
import assert from "node:assert/strict";
import test from "node:test";
import * as modern from "@modelcontextprotocol/client";
import * as modernStdio from "@modelcontextprotocol/client/stdio";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { QdrantClient } from "@qdrant/js-client-rest";

const ports = JSON.parse(process.env.PORTS);
const url = new URL(`http://127.0.0.1:${ports.mcp}/mcp`);
const program = {
  command: "python3",
  args: ["../../../src/gonogo/prove/lab/standins/mcp_stdio.py", `tcp:127.0.0.1:${ports.mcp}`],
};
const who = { name: "node", version: "1.0.0" };

async function exercise(client, transport) {
  await client.connect(transport);
  const { tools } = await client.listTools();
  assert.ok(tools.some((tool) => tool.name === "send_email"));
  const result = await client.callTool({ name: "read_file", arguments: { path: "notes.txt" } });
  assert.match(result.content[0].text, /^Meeting notes/);
  await assert.rejects(client.callTool({ name: "nothing", arguments: {} }), /Unknown tool: nothing/);
  assert.deepEqual((await client.listResources()).resources, []);
}

for (const [name, transport] of [
  ["HTTP", () => new StreamableHTTPClientTransport(url)],
  ["stdio", () => new StdioClientTransport(program)],
]) {
  test(`a client with a handshake over ${name}`, async () => {
    const client = new Client(who);
    await exercise(client, transport());
    await client.close();
  });
}

for (const [name, transport] of [
  ["HTTP", () => new modern.StreamableHTTPClientTransport(url)],
  ["stdio", () => new modernStdio.StdioClientTransport(program)],
]) {
  test(`a client of the newest version over ${name}`, async () => {
    const client = new modern.Client(who, { versionNegotiation: { mode: "auto" } });
    await exercise(client, transport());
    assert.equal(client.getNegotiatedProtocolVersion(), "2026-07-28");
    await client.close();
  });
}

test("Qdrant's client finds by vector and filter", async () => {
  const client = new QdrantClient({ host: "127.0.0.1", port: ports.store });
  await client.createCollection("node", { vectors: { size: 2, distance: "Cosine" } });
  const points = [1, 2].map((id) => ({ id, vector: [id - 1, 2 - id], payload: { text: `text ${id}`, even: id % 2 === 0 } }));
  await client.upsert("node", { wait: true, points });
  const found = await client.search("node", { vector: [0, 1], limit: 1 });
  assert.deepEqual([found[0].id, found[0].payload.text], [1, "text 1"]);
  const filter = { must: [{ key: "even", match: { value: true } }] };
  const { points: kept } = await client.query("node", { query: [0, 1], filter, with_payload: true });
  assert.deepEqual(kept.map((point) => point.id), [2]);
  await client.deleteCollection("node");
});
