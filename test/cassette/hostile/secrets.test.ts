/** Secrets in cassettes: they do not load, and the refusal does not tell them. */
import { describe, expect, it } from "vitest";
import type { CassetteError } from "../../../src/cassette/format/cassette-error.ts";
import { loadCassette } from "../../../src/cassette/library/load.ts";
import { problemsOf } from "../../../src/util/errors.ts";
import {
  watch,
  complaints,
  cassette,
  withRequest,
  withResponse,
  withElement,
  ABOUT,
  SECRETS,
  hostileFolder,
} from "./files.ts";

const { fileOf } = hostileFolder("hostile-secrets");

/** Takes each text for one that was found valid before. */
const ALL_KNOWN = { has: () => true, add: () => undefined };

describe.each(SECRETS)("%s in the clear", (_, secret, says) => {
  const half = Math.floor(secret.length / 2);
  const sse = { wait: 0, sse: { a: `see ${secret}, please` } };
  it.each<[string, string, string]>([
    ["the target's path", withRequest({ target: `/v1/x/${secret}/y` }), "/interactions/0/request/target"],
    [
      "the target's query",
      withRequest({ target: `/v1/x?a=${secret}&b=1` }),
      "/interactions/0/request/target",
    ],
    [
      "the target, escaped",
      withRequest({
        target: `/v1/x?a=${encodeURIComponent(secret).replaceAll(/[-.]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`,
      }),
      "/interactions/0/request/target",
    ],
    [
      "a request header",
      withRequest({
        headers: [
          ["x-a", "b"],
          ["x-note", `by ${secret}`],
        ],
      }),
      "/interactions/0/request/headers/1",
    ],
    ["a request's JSON", withRequest({ json: { a: [`to ${secret}.`] } }), "/interactions/0/request"],
    ["a key of a request's JSON", withRequest({ json: { [secret]: 1 } }), "/interactions/0/request"],
    [
      "a request's JSON, after a line break",
      withRequest({ json: { a: `x\n${secret}` } }),
      "/interactions/0/request",
    ],
    ["a request's text", withRequest({ text: `a\n${secret}` }), "/interactions/0/request"],
    [
      "a request's hex",
      withRequest({ hex: Buffer.from(`\xff ${secret}`, "latin1").toString("hex") }),
      "/interactions/0/request",
    ],
    ["a request's form", withRequest({ form: [{ name: "a", text: secret }] }), "/interactions/0/request"],
    [
      "a file of a request's form",
      withRequest({
        form: [
          { name: "a", filename: "a.bin", hex: Buffer.from(`\xff ${secret}`, "latin1").toString("hex") },
        ],
      }),
      "/interactions/0/request",
    ],
    [
      "a response header",
      withResponse({
        headers: [
          ["content-length", null],
          ["x-user", secret],
        ],
      }),
      "/interactions/0/response/headers/1",
    ],
    [
      "an interim header",
      withResponse({ informational: [{ status: 103, headers: [["link", `<${secret}>`]] }] }),
      "/interactions/0/response/informational/0/headers/0",
    ],
    [
      "a trailer",
      withResponse({
        framing: "chunked",
        headers: [["Transfer-Encoding", null]],
        trailers: [["x-user", secret]],
      }),
      "/interactions/0/response/trailers/0",
    ],
    ["the reason phrase", withResponse({ reason: `Hello ${secret}` }), "/interactions/0/response/reason"],
    ["a response's text", withElement({ text: `{"a":"${secret}"}` }), "/interactions/0/response/body/0"],
    [
      "a response's JSON, after a line break",
      withElement({ json: { a: `x\n${secret}` } }),
      "/interactions/0/response/body/0/json",
    ],
    [
      "a response's JSON, after a tab",
      withElement({ json: { a: `x\t${secret}` } }),
      "/interactions/0/response/body/0/json",
    ],
    [
      "a response's text, after an escape",
      withElement({ text: `{"a":"\\u00e9${secret}"}` }),
      "/interactions/0/response/body/0",
    ],
    ["a response's JSON", withElement({ json: { a: secret } }), "/interactions/0/response/body/0/json"],
    [
      "an event",
      withResponse({ body: [{ wait: 0, sse: "[DONE]" }, sse] }),
      "/interactions/0/response/body/1/sse",
    ],
    [
      "a response's hex",
      withElement({ hex: Buffer.from(`\xff ${secret}`, "latin1").toString("hex") }),
      "/interactions/0/response/body/0",
    ],
    [
      "two writes",
      withResponse({
        body: [
          { text: "a" },
          { wait: 1, text: `b ${secret.slice(0, half)}` },
          { wait: 1, text: `${secret.slice(half)} c` },
        ],
      }),
      "/interactions/0/response/body/1",
    ],
    [
      "many writes",
      withResponse({ body: [...`b ${secret} c`].map((char) => ({ wait: 0, text: char })) }),
      "/interactions/0/response/body/2",
    ],
    ["the interaction's name", cassette({ name: `mail to ${secret}` }), "/interactions/0/name"],
    [
      "a waiver",
      cassette({ waivers: [{ pointer: "", reason: `because of ${secret}` }] }),
      "/interactions/0/waivers/0",
    ],
    ["the title", cassette({}, { about: { ...ABOUT, title: `of ${secret}` } }), "/about/title"],
  ])("in %s", (__, content, pointer) => {
    const file = fileOf(content);
    const expected = { code: "leak", says, line: "some", pointer } as const;
    expect(complaints(file, expected)).toEqual([]);
    expect(complaints(file, expected, () => loadCassette(file, ALL_KNOWN))).toEqual([]);
    const notified = problemsOf(watch(() => loadCassette(file)).error as CassetteError);
    expect(notified.map(({ message }) => message).join("\n")).not.toContain(secret);
  });
});

describe("a credential in a header", () => {
  it.each<[string, string]>([
    ["authorization", "Bearer hunter2"],
    ["Authorization", "Basic dXNlcjpwYXNz"],
    ["authorization", "hunter2"],
    ["Proxy-Authorization", "Bearer x"],
    ["X-API-Key", "hunter2"],
    ["x-api-key", "hunter2 sk-1"],
    ["api-key", "0"],
    ["Cookie", "a=b"],
    ["Set-Cookie", "session=1; HttpOnly"],
  ])("%s: %s", (name, value) => {
    expect(
      complaints(fileOf(withRequest({ headers: [[name, value]] })), {
        code: "leak",
        says: new RegExp(name),
        pointer: "/interactions/0/request/headers/0",
      }),
    ).toEqual([]);
    expect(
      complaints(
        fileOf(
          withResponse({
            headers: [
              ["content-length", null],
              [name, value],
            ],
          }),
        ),
        { code: "leak", says: new RegExp(name), pointer: "/interactions/0/response/headers/1" },
      ),
    ).toEqual([]);
  });
});

describe("what is no secret loads", () => {
  it.each([
    "sk-eyJhb...d1hDvuLI",
    "sk-abcd12345678...wxyz",
    "sk-abcd12345678***",
    "sk-abcd12345678\u2026wxyz",
    "sk-1 and sk-999999",
    "user-1@example.org",
    "jwt-3",
    "task-based-approach-1234",
    "a@b",
    "@decorator and x@ y",
    "risk-12345678",
  ])("%s", (text) => {
    for (const content of [
      withElement({ text }),
      withElement({ json: { text } }),
      withRequest({ json: { text } }),
      withRequest({ headers: [["x-note", Buffer.from(text).toString("latin1")]] }),
    ]) {
      expect(loadCassette(fileOf(content)).cassette.cassette).toBe(1);
    }
  });

  it("a credential that is a pseudonym, or none", () => {
    const headers = [
      ["authorization", "Bearer sk-1"],
      ["Authorization", ""],
      ["cookie", "cookie-2"],
      ["x-api-key", "sk-12"],
    ];
    expect(loadCassette(fileOf(withRequest({ headers }))).cassette.cassette).toBe(1);
  });
});
