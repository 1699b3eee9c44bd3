// The official Node SDK of Anthropic reads every shape, and throws the error that each status means.
import assert from "node:assert/strict";
import test from "node:test";
import Anthropic, * as anthropic from "@anthropic-ai/sdk";

const SAID = "Hello there, café 👋.";
const client = new Anthropic({ baseURL: process.env.SERVER, apiKey: "none", maxRetries: 0 });
const input_schema = { type: "object", properties: { city: { type: "string" }, days: { type: "integer" } } };
const asked = {
  max_tokens: 9,
  messages: [{ role: "user", content: "Hi" }],
  tools: [{ name: "weather", description: "d", input_schema }],
};

test("a stream makes the message that a plain answer is", async () => {
  for (const model of ["say", "call", "call-two", "refuse", "cut"]) {
    const plain = await client.messages.create({ model, ...asked });
    const streamed = await client.messages.stream({ model, ...asked }).finalMessage();
    assert.deepEqual(streamed.content, plain.content);
    assert.equal(streamed.stop_reason, plain.stop_reason);
    assert.deepEqual(streamed.usage, plain.usage);
  }
});

test("a plain answer and a call", async () => {
  const said = await client.messages.create({ model: "say", ...asked });
  assert.deepEqual(said.content, [{ type: "text", text: SAID }]);
  assert.equal(said._request_id, "req_abc123");
  const called = await client.messages.create({ model: "call", ...asked });
  assert.deepEqual(called.content[0].input, { city: "Zürich", days: 3 });
});

test("an error in a stream", async () => {
  const stream = client.messages.stream({ model: "break", ...asked });
  await assert.rejects(stream.finalMessage(), /it broke/);
});

test("tokens are counted, models listed", async () => {
  const { max_tokens, ...counted } = asked;
  assert.equal((await client.messages.countTokens({ model: "say", ...counted })).input_tokens, 12);
  const found = [];
  for await (const model of client.models.list()) found.push(model.id);
  assert.deepEqual(found, ["say", "call"]);
});

for (const [model, name] of [
  ["fail-400", "BadRequestError"],
  ["fail-401", "AuthenticationError"],
  ["fail-403", "PermissionDeniedError"],
  ["fail-404", "NotFoundError"],
  ["fail-429", "RateLimitError"],
  ["fail-500", "InternalServerError"],
  ["fail-529", "InternalServerError"],
]) {
  test(`${model} is a ${name}`, async () => {
    await assert.rejects(client.messages.create({ model, ...asked }), anthropic[name] ?? Anthropic[name]);
  });
}
