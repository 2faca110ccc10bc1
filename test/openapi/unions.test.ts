/** One deviation is one finding: branches of a union that the value was not meant for say nothing. */
import { describe, expect, it } from "vitest";
import { specOf } from "../../src/openapi/validate/validators.ts";

const spec = specOf("0.4.5");
const operation = (stream: boolean) =>
  spec.operationOf("POST", "/v1/chat/completions", { stream })?.operation;

const usage = {
  prompt_tokens: 1,
  completion_tokens: 1,
  total_tokens: 2,
};
const answer = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
};
const chunk = {
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "m",
  choices: [{ index: 0, delta: { content: "Hi" } }],
};

function ofJson(value: object): string[] {
  const body = Buffer.from(JSON.stringify(value));
  return spec
    .validateResponse({ operation: operation(false), status: 200, contentType: "application/json", body })
    .map(({ pointer, message }) => `${pointer} ${message}`);
}

function ofEvent(value: object): string[] {
  const body = Buffer.from(`data: ${JSON.stringify(value)}\n\n`);
  return spec
    .validateResponse({ operation: operation(true), status: 200, contentType: "text/event-stream", body })
    .map(({ pointer, message }) => `${pointer} ${message}`);
}

describe("a JSON answer is held against ChatCompletion alone", () => {
  const { choices: _, ...noChoices } = answer;
  it.each<[string, object, string[]]>([
    ["right", answer, []],
    ["right, with usage", { ...answer, usage }, []],
    ["no choices", noChoices, [" must have required property 'choices'"]],
    ["id null", { ...answer, id: null }, ["/id must be string"]],
    ["usage no object", { ...answer, usage: 5 }, ["/usage must be object"]],
  ])("%s", (_name, value, findings) => expect(ofJson(value)).toEqual(findings));

  it("so that a chunk is none", () => {
    expect(ofJson(chunk)).toContain('/object must be "chat.completion"');
    expect(ofJson(chunk).join()).not.toContain("delta");
  });
});

describe("an event is held against the chunk", () => {
  it.each<[string, object, string[]]>([
    ["right", chunk, []],
    ["id null", { ...chunk, id: null }, ["/id must be string"]],
    [
      "a whole answer",
      answer,
      ['/object must be "chat.completion.chunk"', "/choices/0 must have required property 'delta'"],
    ],
  ])("%s", (_name, value, findings) => expect(ofEvent(value).toSorted()).toEqual(findings.toSorted()));
});

it("a request's union gives the findings of the branch that is meant", () => {
  const json = {
    model: "m",
    messages: [{ role: "user", content: [{ type: "text" }] }],
    temperature: "x",
    tools: "x",
  };
  const found = operation(false);
  if (found === undefined) throw new Error("no chat");
  const findings = spec
    .validateRequest({
      operation: found,
      params: {},
      query: [],
      contentType: "application/json",
      body: Buffer.from("x"),
      json,
    })
    .map(({ pointer, message }) => `${pointer} ${message}`);
  expect(findings.filter((finding) => finding.startsWith("/temperature"))).toHaveLength(1);
});
