/** Sentences of docs/record.md that no other test holds. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Interaction } from "../../src/cassette/format/types.ts";
import { loadCassette } from "../../src/cassette/library/load.ts";
import type { RecorderEvent } from "../../src/recorder/model/types.ts";
import { type RecorderOptions, type RunningRecorder, startRecorder } from "../../src/recorder/recorder.ts";
import { type RawServer, connectTo, startRawServer } from "../support/raw-server.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("sentences");
const GET = "GET /v1/models HTTP/1.1\r\nHost: here\r\n\r\n";
const SHORT = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

let upstream: RawServer;
let recorder: RunningRecorder;
let events: RecorderEvent[];
let file: string;
let count = 0;
const start = async (options: Partial<RecorderOptions> = {}): Promise<void> => {
  file = join(folder, `${count++}.cassette.json`);
  events = [];
  recorder = await startRecorder({
    upstream: upstream.url,
    out: file,
    onEvent: (event) => events.push(event),
    ...options,
  });
};
beforeEach(async () => {
  upstream = await startRawServer();
});
afterEach(async () => {
  await recorder.finish();
  await upstream.close();
});

const recorded = async (): Promise<readonly Interaction[]> => {
  await recorder.finish();
  return loadCassette(file).cassette.interactions;
};

describe("a request that Node's parser refuses", () => {
  it.each([
    ["an unknown method", GET.replace("GET", "BREW")],
    ["a bare line feed", GET.replaceAll("\r\n", "\n")],
  ])("is answered 400 and does not get to the upstream: %s", async (_, request) => {
    await start();
    const client = await connectTo(recorder.port);
    client.send(request);
    expect(await client.has("\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    await client.over();
    expect(upstream.lines.filter(({ text }) => text !== "")).toEqual([]);
  });
});

describe("a mode that looks into the cassette first", () => {
  it("reads a request whole before it goes up; the mode `all` does not", async () => {
    const HEAD = "POST /v1/embeddings HTTP/1.1\r\nHost: here\r\nContent-Length: 8\r\n\r\n";
    await start();
    const first = await connectTo(recorder.port);
    first.send(`${HEAD}{"a"`);
    const server = await upstream.line(0);
    await server.has('{"a"');
    first.send(": 1}");
    await server.has(": 1}");
    server.send(SHORT);
    await first.has("ok");
    await recorder.finish();

    await start({ mode: "missing" });
    const slow = await connectTo(recorder.port);
    slow.send(`${HEAD}{"b"`);
    // Whoever asks afterwards is answered first.
    const other = await connectTo(recorder.port);
    other.send(GET);
    const quick = await upstream.line(1);
    await quick.has("GET ");
    quick.send(SHORT);
    await other.has("ok");
    expect(upstream.lines).toHaveLength(2);
    slow.send(": 1}");
    const late = await upstream.line(2);
    expect(await late.has(": 1}")).toContain('{"b": 1}');
    late.send(SHORT);
    await slow.has("ok");
  });
});

describe("a request that meets an idle connection which the server closed", () => {
  it.each([
    ["whole", GET, "GET "],
    ["in part", 'POST /v1/embeddings HTTP/1.1\r\nHost: here\r\nContent-Length: 8\r\n\r\n{"a"', '{"a"'],
  ])("does not count as not recorded: %s", async (_, again, end) => {
    await start();
    const client = await connectTo(recorder.port);
    client.send(GET);
    const server = await upstream.line(0);
    await server.has("GET ");
    server.send(SHORT);
    await client.has("ok");
    client.send(again);
    await server.has(end, server.text.split(end).length);
    server.socket.end();
    await client.over();
    const summary = await recorder.finish();
    expect(summary.stats).toMatchObject({ requests: 2, recorded: 1, skipped: 0 });
  });
});

describe("JSON of an answer", () => {
  it.each([
    [3, "json"],
    [5, "text"],
  ] as const)("of %d MiB is kept as %s", async (mebibytes, kind) => {
    await start();
    const body = JSON.stringify({ content: "la Loire ".repeat((mebibytes * 1024 * 1024) / 9) });
    const client = await connectTo(recorder.port);
    client.send(GET);
    const server = await upstream.line(0);
    await server.has("GET ");
    server.send(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    );
    await client.has("0\r\n\r\n");
    const [interaction] = await recorded();
    const kinds = interaction?.response.body?.flatMap((element) =>
      Object.keys(element).filter((key) => key !== "wait"),
    );
    expect(new Set(kinds)).toEqual(new Set([kind]));
  });
});

describe("the recorders of a process", () => {
  it("share one worker", async () => {
    await start();
    const lock = (cassette: string): { pid: number } =>
      JSON.parse(readFileSync(cassette.replace(".cassette.json", ".recording-log.lock"), "utf8")) as {
        pid: number;
      };
    const other = join(folder, "other.cassette.json");
    const second = await startRecorder({ upstream: upstream.url, out: other });
    expect(lock(other).pid).toBe(lock(file).pid);
    expect(lock(file).pid).not.toBe(process.pid);
    await second.finish();
  });
});

it("a command waits for the worker of a killed recorder half a minute at most", () => {
  const source = readFileSync(new URL("../../src/cassette/log/lock.ts", import.meta.url), "utf8");
  expect(source).toContain("const WAIT_MS = 30_000;");
});
