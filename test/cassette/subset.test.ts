/** A subset says no more of a request than it has to: it need not be a whole request. */
import { expect, it } from "vitest";
import { checkCassette } from "../../src/cassette/format/load.ts";
import { CassetteError } from "../../src/cassette/index.ts";
import { startMock } from "../../src/mock/mock.ts";

const completion = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1_760_000_000,
  model: "qwen3-coder",
  choices: [
    {
      index: 0,
      finish_reason: "stop",
      logprobs: null,
      message: { role: "assistant", content: "matched", refusal: null },
    },
  ],
};
const interaction = (json: unknown, body?: "subset"): object => ({
  name: "a chat",
  request: {
    method: "POST",
    target: "/v1/chat/completions",
    headers: [["content-type", "application/json"]],
    json,
  },
  ...(body === undefined ? {} : { match: { body } }),
  response: {
    status: 200,
    framing: "length",
    headers: [
      ["content-length", null],
      ["content-type", "application/json"],
    ],
    body: [{ json: completion }],
  },
});
const checked = (json: unknown, body?: "subset"): unknown =>
  checkCassette(
    "x.cassette.json",
    JSON.stringify({
      cassette: 1,
      about: { title: "x", origin: "written", ogl: "0.4.5" },
      interactions: [interaction(json, body)],
    }),
    () => {
      throw new Error("there is no side file");
    },
  );

it.each([
  ["only a model", { model: "qwen3-coder" }],
  ["a parameter", { temperature: 0 }],
  ["a part of a message", { messages: [{ content: "hello" }] }],
  ["nothing", {}],
])("%s is a pattern, and no whole request", (_, json) => {
  expect(() => checked(json, "subset")).not.toThrow();
  expect(() => checked(json)).toThrow(CassetteError);
});

it("plays to a whole request that has it", async () => {
  await using mock = await startMock({ cassettes: [], speed: Infinity });
  mock.stubs.add(interaction({ messages: [{ content: "hello" }] }, "subset"));
  const ask = async (content: string): Promise<string> => {
    const answer = await fetch(`${mock.baseUrl()}/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer sk-x", "content-type": "application/json" },
      body: JSON.stringify({ model: "qwen3-coder", messages: [{ role: "user", content }] }),
    });
    return answer.text();
  };
  expect(await ask("hello")).toContain("matched");
  expect(await ask("good bye")).not.toContain("matched");
});
