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
