/**
 * What the real server sent, through the recorder: the client sees the very bytes, and so does one of the mock that
 * plays the cassette.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Cassette, scriptOf } from "../../src/cassette/index.ts";
import { type RunningMock, startMock } from "../../src/mock/index.ts";
import { type RecordingSummary, type RunningRecorder, startRecorder } from "../../src/recorder/index.ts";
import { ask, type Capture, type Parsed, parseResponse, readCaptures } from "../support/captures.ts";
import { HANG_MS } from "../support/limits.ts";
import { type ReplayOrigin, type Sent, startOrigin } from "../support/replay-origin.ts";

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

const folder = mkdtempSync(join(tmpdir(), "gatetape-fidelity-"));
afterAll(() => rmSync(folder, { recursive: true }));

const captures = readCaptures().filter(({ name }) => !LEFT_OUT.has(name));
const files = [...Map.groupBy(captures, ({ file }) => file)];

const sentOf = ({ response, reads, end }: Capture): Sent => ({
  response,
  reads,
  after: end.includes("EOF") ? "close" : "keep",
});

interface Recorded {
  readonly origin: ReplayOrigin;
  readonly through: readonly Buffer[];
  readonly closed: readonly boolean[];
  readonly summary: RecordingSummary;
  readonly file: string;
}

/** Sends each request on a connection of its own, the next one as soon as the origin has the one before. */
async function record(name: string, list: readonly Capture[], ogl: "0.4.1" | "0.4.5"): Promise<Recorded> {
  const file = join(folder, `${name}.cassette.json`);
  const origin = await startOrigin((n) => sentOf(list[n] as Capture));
  const recorder: RunningRecorder = await startRecorder({ upstream: `${origin.url}/v1/`, out: file, ogl });
  const answers: ReturnType<typeof ask>[] = [];
  for (const [i, { request, response, end }] of list.entries()) {
    answers.push(
      ask(recorder.port, request, {
        expect: response.length,
        closes: end.includes("EOF"),
        timeoutMs: HANG_MS,
      }),
    );
    await origin.requests(i + 1);
  }
  const answered = await Promise.all(answers);
  const summary = await recorder.finish();
  await origin.close();
  return {
    origin,
    through: answered.map(({ bytes }) => bytes),
    closed: answered.map(({ closed }) => closed),
    summary,
    file,
  };
}

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

/** Secrets by their kind: which is which is looked at apart. */
function kinds(text: string): string {
  return text.replaceAll(KEY, "<key>").replaceAll(EMAIL, "<email>");
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

describe.each(files)("%s", (name, list) => {
  const ogl = name.startsWith("045p") ? "0.4.5" : "0.4.1";
  let recorded: Recorded;

  it("passes through the recorder byte for byte, and reaches the upstream as it was sent", async () => {
    recorded = await record(name, list, ogl);
    const { origin, through, closed, summary } = recorded;
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
      requests: list.length,
      recorded: list.length,
      skipped: 0,
      open: 0,
    });
  });

  it("is played by the mock as the server sent it", async () => {
    const mock: RunningMock = await startMock({
      ogl,
      cassettes: [recorded.file],
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
    const { interactions } = JSON.parse(readFileSync(recorded.file, "utf8")) as Cassette;
    if (interactions.length !== list.length) return; // some came twice, and are one interaction
    const off = list.flatMap((one, i) => offsOf(one, interactions[i])).toSorted((a, b) => a - b);
    if (off.length === 0) return; // no streams
    const at = (share: number): string => (off[Math.floor((off.length - 1) * share)] ?? 0).toFixed(1);
    console.log(
      `${name}: ${off.length} writes, off by ${at(0.5)} ms (median), ${at(0.9)} ms (p90), ${at(1)} ms (most), ${list.length} requests at once`,
    );
    expect(off.every(Number.isFinite)).toBe(true);
  });
});

describe("a stream alone", () => {
  it("is recorded with the waits that it had, and played with them", async () => {
    const slow = captures.find(({ name }) => name === "stream-slow") as Capture;
    const recordings: number[] = [];
    const replays: number[] = [];
    for (let round = 0; round < 3; round++) {
      const { file } = await record(`slow-${round}`, [slow], "0.4.1");
      const [interaction] = (JSON.parse(readFileSync(file, "utf8")) as Cassette).interactions;
      recordings.push(Math.max(...offsOf(slow, interaction)));
      replays.push(await replayOff(file, slow));
    }
    // A drift, or times that are not those of the wire, would be there in each of three; a busy machine is not.
    console.log(`alone: off by at most ${shown(recordings)} ms recorded, ${shown(replays)} ms played`);
    expect(Math.min(...recordings)).toBeLessThan(100);
    expect(Math.min(...replays)).toBeLessThan(250);
  });
});

const shown = (values: readonly number[]): string => values.map((value) => value.toFixed(1)).join(", ");

/** How late, in ms, the latest byte comes when the cassette is played. */
async function replayOff(file: string, { request, response, reads }: Capture): Promise<number> {
  const mock = await startMock({ ogl: "0.4.1", cassettes: [file], world: "off", policy: "observe" });
  try {
    const answered = await ask(mock.port, request, {
      expect: response.length,
      closes: false,
      timeoutMs: HANG_MS,
    });
    let sum = 0;
    const off = reads.map(([ms, size]) => {
      sum += size;
      return Math.abs((answered.reads.find(([, total]) => total >= sum)?.[0] ?? Infinity) - ms);
    });
    return Math.max(...off);
  } finally {
    await mock.close();
  }
}

/** How far, in ms, each chunk of a recorded stream is from where it was in the capture. */
function offsOf(
  { response, reads }: Capture,
  interaction: Cassette["interactions"][number] | undefined,
): number[] {
  if (interaction === undefined || interaction.response.framing !== "chunked") return [];
  const chunks = parseResponse(response).chunks ?? [];
  const head = response.indexOf("\r\n\r\n") + 4;
  const script = scriptOf(interaction.response);
  let at = script.wait;
  const times = script.ops.flatMap((op) => {
    if (op.op === "wait") at += op.ms;
    return op.op === "write" ? [at] : [];
  });
  let end = head;
  return chunks.map((chunk, i) => {
    end += `${chunk.length.toString(16)}\r\n`.length + chunk.length + 2;
    let sum = 0;
    const read = reads.find(([, size]) => (sum += size) >= end) ?? [0, 0];
    return Math.abs((times[i] ?? Infinity) - read[0]);
  });
}
