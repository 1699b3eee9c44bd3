// The official Node SDK of OpenAI reads every shape, and throws the error that each status means.
import assert from "node:assert/strict";
import test from "node:test";
import OpenAI, * as openai from "openai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";

const SAID = "Hello there, café 👋.";
const client = new OpenAI({ baseURL: `${process.env.SERVER}/v1`, apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user", content: "Hi" }];
const parameters = { type: "object", properties: { city: { type: "string" }, days: { type: "integer" } } };
const tools = [{ type: "function", function: { name: "weather", parameters } }];
const flat = [{ type: "function", name: "weather", parameters, strict: false }];
const Trip = z.object({ city: z.string(), days: z.number() });

test("a plain answer and its usage", async () => {
  const answer = await client.chat.completions.create({ model: "say", messages });
  assert.equal(answer.choices[0].message.content, SAID);
  assert.equal(answer._request_id, "req_abc123");
  assert.equal(answer.usage.total_tokens, 17);
});

test("a stream and its usage", async () => {
  const stream = client.chat.completions.stream({ model: "say", messages, stream_options: { include_usage: true } });
  assert.equal(await stream.finalContent(), SAID);
  assert.equal((await stream.totalUsage()).completion_tokens, 5);
});

test("a stream without a reason is an error of this SDK", async () => {
  await assert.rejects(client.chat.completions.stream({ model: "open", messages }).finalContent(), /finish_reason/);
});

test("an error in a stream", async () => {
  const stream = await client.chat.completions.create({ model: "break", messages, stream: true });
  await assert.rejects(async () => { for await (const _ of stream); }, openai.APIError);
});

test("calls of tools, plain and streamed", async () => {
  for (const model of ["call", "call-two"]) {
    const plain = await client.chat.completions.create({ model, messages, tools });
    const stream = client.chat.completions.stream({ model, messages, tools });
    const streamed = await stream.finalChatCompletion();
    const calls = (from) => from.choices[0].message.tool_calls.map((c) => [c.id, c.function.name, c.function.arguments]);
    assert.deepEqual(calls(streamed), calls(plain));
    assert.deepEqual(JSON.parse(calls(plain)[0][2]), { city: "Zürich", days: 3 });
    assert.equal(streamed.choices[0].finish_reason, "tool_calls");
  }
});

test("structured output and a refusal", async () => {
  const response_format = zodResponseFormat(Trip, "trip");
  const answer = await client.chat.completions.parse({ model: "json", messages, response_format });
  assert.deepEqual(answer.choices[0].message.parsed, { city: "Zürich", days: 3 });
  const refused = await client.chat.completions.parse({ model: "refuse", messages, response_format });
  assert.equal(refused.choices[0].message.refusal, "I cannot help with that.");
});

test("a response, plain and streamed", async () => {
  for (const model of ["say", "call", "call-two", "refuse"]) {
    const plain = await client.responses.create({ model, input: "Hi", tools: flat });
    const streamed = await client.responses.stream({ model, input: "Hi", tools: flat }).finalResponse();
    assert.equal(streamed.status, "completed");
    assert.deepEqual(streamed.output.map((item) => item.id), plain.output.map((item) => item.id));
    assert.equal(streamed.output_text, model === "say" ? SAID : "");
  }
});

test("structured responses", async () => {
  const text = { format: zodTextFormat(Trip, "trip") };
  const answer = await client.responses.parse({ model: "json", input: "Hi", text });
  assert.deepEqual(answer.output_parsed, { city: "Zürich", days: 3 });
});

test("embeddings, as numbers and as base64, which this SDK asks for", async () => {
  for (const encoding_format of ["float", undefined]) {
    const answer = await client.embeddings.create({ model: "embed", input: ["ab", "abc"], encoding_format });
    assert.deepEqual(answer.data.map((item) => item.embedding), [[0.5, -0.25, 2], [0.5, -0.25, 3]]);
  }
});

test("models", async () => {
  const found = [];
  for await (const model of client.models.list()) found.push(model.id);
  assert.deepEqual(found, ["say", "call"]);
});

for (const [model, name, code] of [
  ["fail-400", "BadRequestError", null],
  ["fail-401", "AuthenticationError", "invalid_api_key"],
  ["fail-403", "PermissionDeniedError", "unsupported_country_region_territory"],
  ["fail-404-model_not_found", "NotFoundError", "model_not_found"],
  ["fail-409", "ConflictError", "conflict"],
  ["fail-422", "UnprocessableEntityError", null],
  ["fail-429-rate_limit", "RateLimitError", "rate_limit_exceeded"],
  ["fail-429-insufficient_quota", "RateLimitError", "insufficient_quota"],
  ["fail-500", "InternalServerError", null],
  ["fail-503", "InternalServerError", "server_is_overloaded"],
]) {
  test(`${model} is a ${name}`, async () => {
    await assert.rejects(client.chat.completions.create({ model, messages }), (error) => {
      assert.equal(error.constructor, openai[name]);
      assert.equal(error.code ?? null, code);
      return true;
    });
  });
}
