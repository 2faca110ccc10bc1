/** Many problems at once, and what an import makes of hostile exchanges. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CassetteError } from "../../../src/cassette/format/cassette-error.ts";
import { printCassette } from "../../../src/cassette/format/print.ts";
import { importExchanges, parseExchanges } from "../../../src/cassette/import/import.ts";
import { loadLibrary } from "../../../src/cassette/library/library.ts";
import { loadCassette } from "../../../src/cassette/library/load.ts";
import { problemsOf } from "../../../src/util/errors.ts";
import { growth } from "../../support/growth.ts";
import { FULL, scaledCases } from "../../support/scaled.ts";
import {
  type Part,
  watch,
  withResponse,
  withElement,
  ABOUT,
  REQUEST,
  INTERACTION,
  SECRETS,
  KEY,
  OGL_KEY,
  JWT,
  MAIL,
  hostileFolder,
} from "./files.ts";

const { fileOf } = hostileFolder("hostile-problems");

describe("many problems", () => {
  const leaking = (size: number): string =>
    JSON.stringify({
      cassette: 1,
      about: ABOUT,
      interactions: Array.from({ length: size }, (_, i) => ({
        ...INTERACTION,
        request: { ...REQUEST, target: `/v1/${i}/${KEY}` },
      })),
    });
  it.each(
    scaledCases<[string, number, (size: number) => string]>([
      ["interactions with a leak each", 250, leaking],
      [
        "addresses in a body",
        2000,
        (size) =>
          withElement({ text: Array.from({ length: size }, (_, i) => `u${i}@corp.example`).join(" ") }),
      ],
      [
        "elements with a secret at their end",
        5000,
        (size) =>
          withResponse({ body: [...Array.from({ length: size }, () => ({ text: "x " })), { text: KEY }] }),
      ],
      [
        "side by side events with a secret each",
        500,
        (size) =>
          withResponse({ body: Array.from({ length: size }, (_, i) => ({ sse: { id: `${KEY}${i}` } })) }),
      ],
      [
        "what looks like an address",
        250_000,
        (size) => withElement({ text: `${"a.".repeat(size)}@ ${MAIL}` }),
      ],
      [
        "what looks like a domain",
        250_000,
        (size) => withElement({ text: `x@${"a.".repeat(size)}1 ${MAIL}` }),
      ],
      [
        "what looks like a key",
        80_000,
        (size) => withElement({ text: `${"sk-eyJ".repeat(size)} ${KEY} ${MAIL}` }),
      ],
      [
        "key characters without a digit",
        250_000,
        (size) => withElement({ text: `sk-${"a-".repeat(size)}... ${"sk-a".repeat(size / 10)} ${MAIL}` }),
      ],
      [
        "escapes before a secret",
        80_000,
        (size) => withElement({ text: `${"\\".repeat(size)}n ${"\\u00e9\u00e9%".repeat(size)} ${MAIL}` }),
      ],
      [
        "backslashes that escape nothing",
        250_000,
        (size) => withElement({ text: `${"\\".repeat(size)}x ${MAIL}` }),
      ],
    ]),
  )("%s: their time grows with their number", (_, size, contentOf) => {
    const files = new Map([size, 4 * size].map((n) => [n, fileOf(contentOf(n))]));
    const load = (n: number): void => {
      const { error } = watch(() => loadCassette(files.get(n) ?? ""));
      expect((error as CassetteError).code).toBe("leak");
    };
    expect(growth(size, load)).toBeLessThan(12);
  });

  it.each(
    scaledCases<[string, string]>([
      ["a key", `sk-${"a".repeat(20_000_000)}1`],
      ["a JWT", `eyJ${"a".repeat(10_000_000)}.${"a".repeat(10_000_000)}.a`],
      ["an address", `x@${"a.".repeat(10_000_000)}corp`],
    ]),
  )("of twenty megabytes, %s: no regular expression's stack overflows", (_, secret) => {
    const file = fileOf(withElement({ text: `see ${secret} and ${MAIL}` }));
    const notified = problemsOf(watch(() => loadCassette(file)).error as CassetteError);
    expect(new Set(notified.map(({ code }) => code))).toEqual(new Set(["leak"]));
    expect(notified.at(-1)?.reason).toMatch(/e-mail/);
  });

  it("are none in a body of ten megabytes of hex", () => {
    const hex = "ab".repeat(10_000_000);
    expect(loadCassette(fileOf(withElement({ hex }))).cassette.interactions).toHaveLength(1);
  });

  if (!FULL)
    console.log("left out: hex without V8's optimizer of patterns (7 s of the processor; .ci/run has it)");
  it.runIf(FULL)(
    "are none in two megabytes of hex for a process in which V8 optimizes no regular expression any more",
    () => {
      // So it does once their machine code takes 16 MB.
      const file = fileOf(withElement({ hex: "ab".repeat(2_000_000) }));
      const printed = execFileSync(
        process.execPath,
        [
          "--no-regexp-optimization",
          join(import.meta.dirname, "../../../src/cli/main.ts"),
          "cassette",
          "lint",
          file,
        ],
        { encoding: "utf8" },
      );
      expect(printed).toContain("0 errors");
    },
  );

  it("are all in the error, the first of them itself", () => {
    const interactions = ["a", "b", "c"].map((name) => ({
      ...INTERACTION,
      name,
      request: { ...REQUEST, target: `/v1/${KEY}` },
    }));
    const { error } = watch(() =>
      loadCassette(fileOf(JSON.stringify({ cassette: 1, about: ABOUT, interactions }))),
    );
    expect((error as CassetteError).reason).toContain('"a"');
    expect(problemsOf(error as CassetteError).map(({ location }) => location.pointer)).toEqual(
      [0, 1, 2].map((i) => `/interactions/${i}/request/target`),
    );
  });
});

describe("what is imported can be loaded", () => {
  const importOf = async (request: string, response: string): Promise<string> => {
    const [exchange] = parseExchanges(
      "raw.jsonl",
      JSON.stringify({ name: "n", request, response, end: "complete" }),
    );
    const made = await importExchanges("raw.jsonl", exchange ? [exchange] : [], {
      about: { title: "t", origin: "recorded", ogl: "0.4.5" },
    });
    return printCassette(made);
  };
  const all = [KEY, OGL_KEY, JWT, MAIL].join(" ");

  it("with the secrets replaced in every place", async () => {
    const body = JSON.stringify({ a: all, [MAIL]: 1 });
    const text = await importOf(
      `POST /v1/x/${KEY}?who=${MAIL}&enc=${encodeURIComponent(MAIL)} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer hunter2\r\nx-api-key: my secret words\r\ncookie: a=b\r\nx-note: ${all}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      `HTTP/1.1 103 Early ${MAIL}\r\nlink: <${MAIL}>\r\nset-cookie: hunter2\r\n\r\nHTTP/1.1 200 Hello ${MAIL}\r\nset-cookie: session=hunter2\r\nx-note: ${all}\r\ntransfer-encoding: chunked\r\n\r\n5\r\njane.\r\n${(MAIL.length - 5).toString(16)}\r\n${MAIL.slice(5)}\r\n0\r\nx-trailer: ${all}\r\n\r\n`,
    );
    const secrets = [
      KEY,
      OGL_KEY,
      JWT,
      MAIL,
      encodeURIComponent(MAIL),
      "hunter2",
      "my secret",
      "corp.example",
    ];
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    const file = fileOf(text);
    expect(loadCassette(file).cassette.about.sanitized).toEqual([
      "api-key",
      "authorization",
      "cookie",
      "email",
      "jwt",
    ]);
  });

  it.each(SECRETS)("with %s replaced after a line break, and JSON is still JSON", async (_, secret) => {
    const body = JSON.stringify({ a: `x\n${secret}\n${secret}` });
    const typed = `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const text = await importOf(`POST /v1/x HTTP/1.1\r\nhost: x\r\n${typed}`, `HTTP/1.1 200 OK\r\n${typed}`);
    const [{ request, response }] = (
      JSON.parse(text) as { interactions: [{ request: Part; response: { body: Part[] } }] }
    ).interactions;
    const clean = { a: expect.stringMatching(/^x\n(\S+)\n\1$/) as unknown };
    expect([request["json"], response.body[0]?.["json"]]).toEqual([clean, clean]);
    expect(text).not.toContain(secret);
  });

  it.each<[string, string, string]>([
    [
      "two addresses at the same place",
      "GET /v1/x?a=ann@corp.example HTTP/1.1\r\nhost: x\r\n\r\n",
      "GET /v1/x?a=bob@corp.example HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
  ])("%s", async (_, one, two) => {
    const lines = [one, two]
      .map((request, i) =>
        JSON.stringify({
          name: String(i),
          request,
          response: "HTTP/1.1 204 No Content\r\n\r\n",
          end: "complete",
        }),
      )
      .join("\n");
    const made = await importExchanges("raw.jsonl", parseExchanges("raw.jsonl", lines), {
      about: { title: "t", origin: "recorded", ogl: "0.4.5" },
    });
    expect(loadLibrary({ ogl: "0.4.5", paths: [fileOf(printCassette(made))] }).entries).toHaveLength(2);
  });

  it.each<[string, string]>([
    ["bytes above 0x7f in a header", "x-note: caf\u0080\u00e9\u00a0\u00ff"],
    ["an empty header", "x-note:"],
  ])("with %s", async (_, header) => {
    const made = await importExchanges(
      "raw.jsonl",
      [
        {
          name: "n",
          request: "GET /v1/x HTTP/1.1\r\nhost: x\r\n\r\n",
          response: {
            base64: Buffer.from(
              `HTTP/1.1 200 OK\r\n${header}\r\ncontent-length: 0\r\n\r\n`,
              "latin1",
            ).toString("base64"),
          },
          end: "complete",
        },
      ],
      { about: { title: "t", origin: "recorded", ogl: "0.4.5" } },
    );
    const { cassette: loaded } = loadCassette(fileOf(printCassette(made)));
    expect(loaded.interactions[0]?.response.headers?.[0]).toEqual([
      "x-note",
      header.slice("x-note: ".length),
    ]);
  });
});
