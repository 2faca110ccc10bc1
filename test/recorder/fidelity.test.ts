/**
 * What the real server sent, through the recorder: the client sees the very bytes, and so does one of the mock that
 * plays the cassette.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Cassette } from "../../src/cassette/format/types.ts";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import { type Capture, type Parsed, ask, parseResponse, readCaptures } from "../support/captures.ts";
import { scaledCases } from "../support/scaled.ts";
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

/** Orders in which clients may come: another than that of the recording. */
const ORDERS: readonly (readonly [string, (list: readonly Capture[]) => Capture[]])[] = [
  ["the other way round", (list) => list.toReversed()],
  ["shuffled", (list) => shuffled(list, 7)],
  ["shuffled again", (list) => shuffled(list, 8)],
];

/** A fixed permutation by a linear congruential generator. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  let state = seed;
  return list
    .map((item) => ({ item, rank: (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

/** A request as far as it is matched: line, credential, and the value of a JSON body. */
function askedBy({ request }: Capture): string {
  const end = request.indexOf("\r\n\r\n");
  const head = request.subarray(0, end).toString("latin1");
  const sent = request.subarray(end + 4).toString("latin1");
  const body = /^transfer-encoding: *chunked/im.test(head) ? withoutChunkSizes(sent) : sent;
  const [, authorization = ""] = /^authorization: *(.*?) *$/im.exec(head) ?? [];
  const [line = ""] = head.split(" HTTP/", 1);
  const isJson = /^content-type: *application\/(?:[^/\r\n]+\+)?json *(?:;|\r?$)/im.test(head);
  return JSON.stringify([line, authorization, isJson ? valueIn(body) : body]);
}

function withoutChunkSizes(body: string): string {
  return body.replaceAll(/(?:^|\r\n)[\da-f]+(?:;[^\r\n]*)?\r\n/gi, "").replace(/\r\n[^]*$/, "");
}

function valueIn(body: string): unknown {
  try {
    return JSON.parse(body, (_, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    ) as unknown;
  } catch {
    return body;
  }
}

/** True for a request whose client gets an answer as it was recorded: HTTP/1.1 on a connection that it keeps. */
function isPlain11({ request }: Capture): boolean {
  const head = request.subarray(0, request.indexOf("\r\n\r\n")).toString("latin1");
  return / HTTP\/1\.1/.test(head) && !/^connection: *close/im.test(head);
}

/** The function that gives the capture whose answer a request gets: the first time the first one, and so on. */
function answersInTurn(list: readonly Capture[]): (capture: Capture) => Capture {
  const groups = Map.groupBy(list, askedBy);
  const turns = new Map<string, number>();
  return (capture) => {
    const asked = askedBy(capture);
    const turn = turns.get(asked) ?? 0;
    turns.set(asked, turn + 1);
    return groups.get(asked)?.[turn] ?? capture;
  };
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

  it.each(scaledCases(ORDERS))(
    "is played in any order to each key as it was recorded for it: %s",
    async (_, reordered) => {
      const mock: RunningMock = await startMock({
        ogl,
        cassettes: [recorded().file],
        keys: recorded().keys,
        world: "off",
        policy: "observe",
        speed: Infinity,
      });
      const expectedOf = answersInTurn(list);
      try {
        for (const capture of reordered(list.filter(isPlain11))) {
          const { response, end, name: answerName } = expectedOf(capture);
          const closes = end.includes("EOF");
          const shorter = kinds(response.toString("latin1")).length < response.length;
          const answered = await ask(mock.port, capture.request, {
            expect: shorter ? Math.floor(response.length / 2) : response.length,
            closes,
          });
          expect({ asked: capture.name, answerName, ...comparable(parseResponse(answered.bytes)) }).toEqual({
            asked: capture.name,
            answerName,
            ...comparable(parseResponse(response)),
          });
        }
      } finally {
        await mock.close();
      }
    },
  );

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
