/** JSON is JSON after scrubbing, with the same members: streams that are cut anywhere, names of secrets, escapes, nesting. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { importExchanges } from "../../src/cassette/import/import.ts";
import { encodeBody } from "../../src/cassette/format/codec.ts";
import { Sanitizer } from "../../src/secrets/sanitizer.ts";
import { scaled } from "../support/scaled.ts";

/** Put together here: no secret of this form stands in the repository. */
const KEY = `sk-${"Zz9Yy8Xx7".repeat(4)}`;
const NAMES = ["password", "api_key", "access_token", "secret", "token", "Authorization", "x"];
const VALUES: readonly unknown[] = [
  "hunter2hunter2",
  KEY,
  'p"q\\',
  123456,
  null,
  true,
  ["a1b2c3d4e5", 7],
  "é\n",
];

/** The shape of a value: its members and types. A number under the name of a secret may become a string. */
function shapeOf(value: unknown): unknown {
  if (typeof value === "string" || typeof value === "number") return "text";
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(shapeOf);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item)]));
}

function clean(parts: readonly string[], kind: "sse" | "json"): string {
  return new Sanitizer()
    .replaceWrites(
      parts.map((part) => Buffer.from(part)),
      kind,
    )
    .map((bytes) => Buffer.from(bytes).toString())
    .join("");
}

/** JSON with members that are named like secrets, some of it as JSON in a string. */
const json = fc
  .letrec((tie) => ({
    value: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...VALUES) },
      { weight: 2, arbitrary: fc.dictionary(fc.constantFrom(...NAMES), tie("value"), { maxKeys: 3 }) },
      { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 3 }) },
      { weight: 1, arbitrary: tie("value").map((value) => JSON.stringify(value)) },
    ),
  }))
  .value.map((value) => JSON.stringify({ a: value }));

/** What a model may say: JSON, or a beginning of it, or words that end in the name of a secret. */
const said = fc.oneof(
  json,
  fc.tuple(json, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1))),
  fc
    .tuple(fc.constantFrom(...NAMES), fc.constantFrom('":', '" :', '": ', '":"', "=", ": ", '": ["'))
    .map(([name, end]) => `{"user":"bob","${name}${end}`),
);

const styles: readonly ((value: unknown) => string)[] = [
  (value) => JSON.stringify(value),
  (value) => JSON.stringify(value, null, 1),
];

describe("JSON", () => {
  it("in a body stays JSON of the same shape", () => {
    fc.assert(
      fc.property(
        said,
        fc.constantFrom(...styles),
        fc.constantFrom("content", "arguments", "note"),
        (text, print, name) => {
          const body = { messages: [{ [name]: text, role: "user" }, { content: text }], model: "m", n: 1 };
          const before = print(body);
          const after: unknown = JSON.parse(clean([before], "json"));
          expect(shapeOf(after)).toEqual(shapeOf(body));
        },
      ),
      { numRuns: scaled(500) },
    );
  });

  it("in the events of a stream stays JSON of the same shape, wherever the text is cut", () => {
    fc.assert(
      fc.property(
        said,
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.constantFrom("content", "arguments"),
        (text, cuts, name) => {
          const ends = [...new Set([...cuts.map((at) => at % (text.length + 1)), text.length])].toSorted(
            (a, b) => a - b,
          );
          const events = ends.map((end, i) => {
            const part = text.slice(ends[i - 1] ?? 0, end);
            const delta =
              name === "content"
                ? { content: part }
                : { tool_calls: [{ index: 0, function: { arguments: part } }] };
            return { id: "c1", choices: [{ index: 0, delta, finish_reason: null }] };
          });
          const sent = clean(
            events.map((event) => `data: ${JSON.stringify(event)}\n\n`),
            "sse",
          );
          const after = sent
            .split("\n\n")
            .slice(0, -1)
            .map((event): unknown => JSON.parse(event.slice("data: ".length)));
          expect(after.map(shapeOf)).toEqual(events.map(shapeOf));
        },
      ),
      { numRuns: scaled(1000) },
    );
  });

  it("is cut at every place of a tool's arguments", () => {
    const text = `{"user":"bob","password": "hunter2hunter2","api_key":["a1b2c3d4e5"],"x":{"access_token":"${KEY}"}}`;
    const broken: number[] = [];
    for (let at = 0; at <= text.length; at++) {
      const sent = clean(
        [text.slice(0, at), text.slice(at)].map(
          (part) =>
            `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: part }, finish_reason: null }] })}\n\n`,
        ),
        "sse",
      );
      try {
        for (const event of sent.split("\n\n").slice(0, -1)) JSON.parse(event.slice("data: ".length));
      } catch {
        broken.push(at);
      }
    }
    expect(broken).toEqual([]);
  });
});

describe("an import", () => {
  const about = { title: "t", origin: "recorded", ogl: "0.4.5" } as const;
  const post = (body: string): string =>
    `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

  it("takes a stream whose arguments are cut after the name of a secret", async () => {
    const events = ["", '{"password":', ' "hunter2hunter2"}'].map(
      (part) =>
        `data: ${JSON.stringify({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: part } }] }, finish_reason: null }] })}\n\n`,
    );
    const response = `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n${events.map(chunk).join("")}${chunk("data: [DONE]\n\n")}0\r\n\r\n`;
    const request = post('{"messages":[{"content":"log me in","role":"user"}],"model":"m","stream":true}');
    const { interactions } = await importExchanges("x", [{ name: "n", request, response }], { about });
    const body = Buffer.concat(
      encodeBody(interactions[0]?.response.body ?? []).map(({ bytes }) => bytes),
    ).toString();
    expect(body).not.toContain("hunter2");
    for (const event of body.split("\n\n").slice(0, -2)) JSON.parse(event.slice("data: ".length));
  });

  it("takes a prompt that ends in the name of a secret", async () => {
    const content = 'Complete this JSON: {"user":"bob","password":';
    const request = post(JSON.stringify({ messages: [{ content, role: "user" }], model: "m" }));
    const response = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    const { interactions } = await importExchanges("x", [{ name: "n", request, response }], { about });
    expect(interactions[0]?.request.json).toEqual({ messages: [{ content, role: "user" }], model: "m" });
  });
});
