import { describe } from "vitest";
import OpenAI from "openai";
import { mockTest, test } from "../../src/vitest.ts";

const QUESTION = { role: "user", content: "Quelle est la capitale de la France ?" } as const;
const stubOf = (text: string): object => ({
  name: `health says ${text}`,
  request: { method: "GET", target: "/health" },
  response: {
    status: 200,
    framing: "length",
    headers: [
      ["content-length", null],
      ["content-type", "application/json"],
    ],
    body: [{ json: { status: text } }],
  },
});
const urls = new Set<string>();

describe.concurrent("the fixture mock", () => {
  for (const name of ["one", "two", "three", "four"]) {
    test(`gives test ${name} a session of its own on one server`, async ({ mock, expect }) => {
      urls.add(mock.server.url);
      mock.add(stubOf(name));
      const root = mock.baseUrl.replace(/\/v1$/, "");
      const answers = await Promise.all([1, 2, 3].map(async () => (await fetch(`${root}/health`)).json()));
      expect(answers).toEqual([{ status: name }, { status: name }, { status: name }]);
      expect(mock.journal().map((entry) => [entry.request.target, entry.answer.by])).toEqual(
        Array.from({ length: 3 }, () => [
          "/health",
          {
            kind: "cassette",
            title: `"health says ${name}" (written, control API)`,
            file: "control API",
            interaction: `health says ${name}`,
          },
        ]),
      );
      expect(urls.size).toBe(1);
    });
  }

  test("answers an SDK from the bundled library", async ({ mock, expect }) => {
    const client = new OpenAI({ baseURL: mock.baseUrl, apiKey: "sk-anything" });
    const answer = await client.chat.completions.create({ model: "qwen3-coder", messages: [QUESTION] });
    expect(answer.choices[0]?.message.content).toContain("Paris");
    expect(mock.journal()).toMatchObject([
      { operation: "chat.create", findings: [], answer: { status: 200 } },
    ]);
  });
});

mockTest({ cassettes: [], world: "off" })("mockTest takes options", async ({ mock, expect }) => {
  expect(mock.server.library.entries).toHaveLength(0);
  const answer = await fetch(`${mock.baseUrl}/models`);
  expect(answer.headers.get("x-gatetape-miss")).toBe("1");
});

describe("what a test asserts of its own requests", () => {
  const question = { model: "qwen3-coder", messages: [QUESTION] };
  const clientOf = (baseURL: string): OpenAI => new OpenAI({ baseURL, apiKey: "sk-anything", maxRetries: 0 });
  const failure = (assertion: () => void): string => {
    try {
      assertion();
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };

  test("a reply is this test's alone, and all of it was asked", async ({ mock, expect }) => {
    const reply = mock.reply("Paris, bien sûr.", { when: { message: "capitale" } });
    const answer = await clientOf(mock.baseUrl).chat.completions.create(question);
    expect(answer.choices[0]?.message.content).toBe("Paris, bien sûr.");
    expect(reply.used).toBe(1);
    expect(mock).toHaveReceived({ operation: "chat.create", model: "qwen3-coder", message: /capitale/ });
    expect(mock).toHaveReceivedTimes(1, { model: "qwen3-coder" });
    expect(mock).toHaveReceivedTimes(0, { model: "t-ok" });
    expect(mock).not.toHaveReceived({ body: { stream: true } });
    expect(mock.calls({ by: "reply" })).toHaveLength(1);
    mock.expectAllPlayed();
  });

  test("another test does not have it, and its requests are its own", async ({ mock, expect }) => {
    expect(mock).toHaveReceivedTimes(0);
    const answer = await clientOf(mock.baseUrl).chat.completions.create(question);
    expect(answer.choices[0]?.message.content).not.toBe("Paris, bien sûr.");
    expect(mock).toHaveReceivedTimes(1);
  });

  test("a failed assertion shows what was asked instead", async ({ mock, expect }) => {
    expect(failure(() => expect(mock).toHaveReceived())).toBe(
      "expected a request {}, but there was none.\nNothing was requested.",
    );
    await clientOf(mock.baseUrl).chat.completions.create(question);
    expect(failure(() => expect(mock).toHaveReceived({ model: "t-ok", body: { temperature: 0 } }))).toBe(
      [
        'expected a request {"model":"t-ok","body":{"temperature":0}}, but there was none.',
        "These were received:",
        "  chat.create of qwen3-coder",
        '    model is "qwen3-coder", not "t-ok"',
        "    body/temperature is nothing, not 0",
      ].join("\n"),
    );
    expect(failure(() => expect(mock).toHaveReceivedTimes(2, { model: "qwen3-coder" }))).toBe(
      'expected 2 requests {"model":"qwen3-coder"}, but there was 1:\n  chat.create of qwen3-coder',
    );
    expect(failure(() => expect(mock).not.toHaveReceived({ model: "qwen3-coder" }))).toBe(
      'expected no request {"model":"qwen3-coder"}, but there was 1:\n  chat.create of qwen3-coder',
    );
  });

  test("what was added and not asked is named", ({ mock, expect }) => {
    mock.add(stubOf("never"));
    mock.reply("never");
    expect(() => mock.expectAllPlayed()).toThrow(
      /^2 were not played:\n {2}GET \/health: .*\n {2}reply \d+: "never"/,
    );
  });
});
