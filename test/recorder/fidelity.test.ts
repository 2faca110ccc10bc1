/**
 * What the real server sent, through the recorder: the client sees the very bytes, and so does one of the mock that
 * plays the cassette.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Cassette } from "../../src/cassette/format/types.ts";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import { type Parsed, ask, parseResponse, readCaptures } from "../support/captures.ts";
import { temporaryFolder } from "../support/tmp.ts";
import { type Recorded, offsOf, record } from "./recorded.ts";

/**
 * Not one well-formed HTTP/1.1 request each, or taken apart by Node's parser before the recorder sees them; and a request
 * whose bytes are cut in the file.
 */
const LEFT_OUT = new Set(
  [
    "bad-method",
    "garbage",
    "h2-prior",
    "lf-only",
    "http10-nohost",
    "http11-nohost",
    "pipelined",
    "expect-100",
  ].map((name) => `http-${name}`),
);

const folder = temporaryFolder("fidelity");

const captures = readCaptures().filter(({ name }) => !LEFT_OUT.has(name));
const files = [...Map.groupBy(captures, ({ file }) => file)];

/** The request as the upstream must have got it: but for what a recorder may change. */
function upstreamView(request: Buffer, port: number): string {
  return request
    .toString("latin1")
    .replace(/^(host: *).*$/im, `$1127.0.0.1:${port}`)
    .replace(/^(accept-encoding: *).*$/im, "$1identity");
}

/** Blanks around a header's value are no part of it (RFC 9110 section 5.5). */
function withoutBlanks(request: Buffer = Buffer.alloc(0)): string {
  return request.toString("latin1").replace(/^(authorization:) *(.*?) *$/im, "$1 $2");
}

const KEY = /sk-test-[a-z]+-[xy]{50,}|(?<![\w-])sk-\d{1,6}(?![\w-])/g;
const EMAIL = /\b[a-z0-9-]{1,40}@example\.org/g;

/** Names of OGL's users and keys, which are replaced like their addresses. */
const PERSON =
  /(?<="object":"(?:userInfo|key)","id":\d+,(?:"email":"[^"]*",)?"name":"|"object":"me\.usage","model":"[^"]*","key":")[^"]*/g;
const PERSON_EMAIL = /(?<="object":"userInfo","id":\d+,"email":")[^"]*/g;

/** Secrets by their kind: which is which is looked at apart. */
function kinds(text: string): string {
  return text
    .replaceAll(PERSON_EMAIL, "<email>")
    .replaceAll(PERSON, "<person>")
    .replaceAll(KEY, "<key>")
    .replaceAll(EMAIL, "<email>");
}

function comparable({ statusLine, headers, body, chunks }: Parsed): object {
  return {
    statusLine,
    headers: headers.map((header) => kinds(header.replace(/^(date|content-length): .*/, "$1: *"))),
    body: kinds(body.toString("latin1")),
    chunks: chunks?.map((chunk) => kinds(chunk.toString("latin1"))),
  };
}

/** Each secret has one pseudonym, and each pseudonym one secret. */
function secretsOf(real: Buffer, played: Buffer): [string, string][] {
  const all = (bytes: Buffer, pattern: RegExp): string[] =>
    [...bytes.toString("latin1").matchAll(pattern)].map(([match]) => match);
  return [KEY, EMAIL].flatMap((pattern) => {
    const after = all(played, pattern);
    return all(real, pattern).map((secret, i): [string, string] => [secret, after[i] ?? ""]);
  });
}

const oglOf = (file: string): "0.4.1" | "0.4.5" => (file.startsWith("045p") ? "0.4.5" : "0.4.1");

const recordings = new Map<string, Recorded>();
beforeAll(async () => {
  // A recording takes as long as the streams in it did, all of them together not longer.
  const each = files.map(
    async ([name, list]) =>
      void recordings.set(name, await record(join(folder, `${name}.cassette.json`), list, oglOf(name))),
  );
  await Promise.all(each);
});

describe.each(files)("%s", (name, list) => {
  const ogl = oglOf(name);
  const recorded = (): Recorded => recordings.get(name) as Recorded;

  it("passes through the recorder byte for byte, and reaches the upstream as it was sent", () => {
    const { origin, through, closed, summary, probes } = recorded();
    for (const [i, capture] of list.entries()) {
      expect({
        name: capture.name,
        bytes: through[i]?.toString("latin1"),
        closed: closed[i],
        upstream: withoutBlanks(origin.got[i]?.bytes),
      }).toEqual({
        name: capture.name,
        bytes: capture.response.toString("latin1"),
        closed: capture.end.includes("EOF"),
        upstream: withoutBlanks(Buffer.from(upstreamView(capture.request, origin.port), "latin1")),
      });
    }
    expect(summary.withheld).toEqual([]);
    expect(summary.stats).toMatchObject({
      requests: list.length + probes,
      recorded: list.length + probes,
      skipped: 0,
      open: 0,
    });
  });

  it("is played by the mock as the server sent it", async () => {
    const mock: RunningMock = await startMock({
      ogl,
      cassettes: [recorded().file],
      keys: recorded().keys,
      world: "off",
      policy: "observe",
      speed: Infinity,
    });
    const pairs = new Map<string, string>();
    try {
      for (const { name: capture, request, response, end } of list) {
        const closes = end.includes("EOF");
        // A pseudonym is shorter than its secret, so the size is not known beforehand.
        const shorter = kinds(response.toString("latin1")).length < response.length;
        const answered = await ask(mock.port, request, {
          expect: shorter ? Math.floor(response.length / 2) : response.length,
          closes,
        });
        expect({ capture, closed: answered.closed, ...comparable(parseResponse(answered.bytes)) }).toEqual({
          capture,
          closed: closes,
          ...comparable(parseResponse(response)),
        });
        for (const [secret, pseudonym] of secretsOf(response, answered.bytes)) {
          expect(pseudonym).not.toBe(secret);
          expect(pairs.get(secret) ?? pseudonym).toBe(pseudonym);
          pairs.set(secret, pseudonym);
        }
      }
      expect(new Set(pairs.values()).size).toBe(pairs.size);
    } finally {
      await mock.close();
    }
  });

  it("keeps the waits", () => {
    const { interactions } = JSON.parse(readFileSync(recorded().file, "utf8")) as Cassette;
    if (interactions.length !== list.length + recorded().probes) return; // some came twice, and are one interaction
    const off = list.flatMap((one, i) => offsOf(one, interactions[i])).toSorted((a, b) => a - b);
    if (off.length === 0) return; // no streams
    const at = (share: number): string => (off[Math.floor((off.length - 1) * share)] ?? 0).toFixed(1);
    console.log(
      `${name}: ${off.length} writes, off by ${at(0.5)} ms (median), ${at(0.9)} ms (p90), ${at(1)} ms (most), ${list.length} requests at once`,
    );
    expect(off.every(Number.isFinite)).toBe(true);
  });
});
