// The Vercel AI SDK reads every shape of Chat Completions, Responses and Messages.
import assert from "node:assert/strict";
import test from "node:test";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { APICallError, Output, embedMany, generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const SAID = "Hello there, café 👋.";
const OBJECT = { city: "Zürich", days: 3 };
const openai = createOpenAI({ baseURL: `${process.env.SERVER}/v1`, apiKey: "none" });
const anthropic = createAnthropic({ baseURL: `${process.env.SERVER}/v1`, apiKey: "none" });
const Trip = z.object({ city: z.string(), days: z.number() });
const asked = { prompt: "Hi", maxRetries: 0 };
const weather = tool({ description: "d", inputSchema: Trip, execute: async ({ city }) => `rain in ${city}` });

for (const [name, make] of [["chat", openai.chat], ["responses", openai.responses], ["messages", anthropic]]) {
  test(`${name}: a plain answer and its usage`, async () => {
    const answer = await generateText({ model: make("say"), ...asked });
    assert.equal(answer.text, SAID);
    assert.equal(answer.finishReason, "stop");
    assert.deepEqual([answer.usage.inputTokens, answer.usage.outputTokens], [12, 5]);
  });

  test(`${name}: a stream`, async () => {
    const stream = streamText({ model: make("say"), ...asked });
    const parts = [];
    for await (const part of stream.textStream) parts.push(part);
    assert.ok(parts.length > 1);
    assert.equal(parts.join(""), SAID);
    assert.equal(await stream.finishReason, "stop");
    assert.equal((await stream.usage).outputTokens, 5);
  });

  test(`${name}: a tool is called and answered, plain and streamed`, async () => {
    const wanted = { model: make("call"), tools: { weather }, stopWhen: stepCountIs(3), ...asked };
    const plain = await generateText(wanted);
    assert.equal(plain.text, SAID);
    assert.deepEqual(plain.steps[0].toolCalls.map((call) => call.input), [OBJECT]);
    const streamed = streamText(wanted);
    assert.equal(await streamed.text, SAID);
    assert.deepEqual((await streamed.steps)[0].toolCalls.map((call) => call.input), [OBJECT]);
  });

  test(`${name}: structured output`, async () => {
    const answer = await generateText({ model: make("json"), output: Output.object({ schema: Trip }), ...asked });
    assert.deepEqual(answer.output, OBJECT);
  });

  test(`${name}: an answer that was cut`, async () => {
    assert.equal((await generateText({ model: make("cut"), ...asked })).finishReason, "length");
  });

  for (const [model, retryable] of [["fail-400", false], ["fail-401", false], ["fail-429", true], ["fail-503", true]]) {
    test(`${name}: ${model}`, async () => {
      await assert.rejects(generateText({ model: make(model), ...asked }), (error) => {
        assert.ok(APICallError.isInstance(error));
        assert.equal(error.statusCode, Number(model.slice(5)));
        assert.equal(error.isRetryable, retryable);
        return true;
      });
    });
  }
}

test("embeddings", async () => {
  const answer = await embedMany({ model: openai.textEmbeddingModel("embed"), values: ["ab", "abc"], maxRetries: 0 });
  assert.deepEqual(answer.embeddings, [[0.5, -0.25, 2], [0.5, -0.25, 3]]);
});
