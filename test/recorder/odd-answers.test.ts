/** Odd answers over a real socket: each is recorded or named, and the cassette loads whatever came. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadCassette } from "../../src/cassette/library/load.ts";
import type { RecorderEvent } from "../../src/recorder/model/types.ts";
import { startRecorder } from "../../src/recorder/recorder.ts";
import { Line } from "../support/line.ts";
import { Random } from "../support/random.ts";
import { type RawServer, startRawServer } from "../support/raw-server.ts";
import { scaled } from "../support/scaled.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("odd-answers");
const ANSWERS = scaled(400);
const random = new Random(20_261_127);
const pick = <T>(...list: readonly T[]): T => random.pick(list);

/** The bytes of an answer, as a server might write them that knows the RFC by hearsay. */
function oddAnswer(): Buffer {
  const body = pick(
    "",
    "hello",
    "{}",
    '{"a":0.0,"b":1e400,"b":2}',
    "data: [DONE]\n\n",
    "\xef\xbb\xbf{}",
    random.bytes(20).toString("latin1"),
  );
  const framing = pick("length", "length", "chunked", "chunked", "close", "none", "both", "cut");
  const isChunked = framing === "chunked" || framing === "both";
  const head = [
    `${pick("HTTP/1.1", "HTTP/1.1", "HTTP/1.0")} ${statusLine()}`,
    `${pick("x-odd", "X", "!#$%&'*+.^_`|~", "date", "Content-Type", "set-cookie", "__proto__", "constructor")}:${pick("", " ", "  ")}${headerValue()}`,
    ...(framing === "close" || framing === "chunked"
      ? []
      : [`content-length: ${framing === "none" ? 0 : body.length + (framing === "cut" ? 7 : 0)}`]),
    ...(isChunked ? [`Transfer-Encoding: ${pick("chunked", "chunked", "Chunked")}`] : []),
  ];
  const sent = isChunked ? chunked(body) : framing === "none" ? "" : body;
  return Buffer.from(`${interim()}${head.join("\r\n")}\r\n\r\n${sent}`, "latin1");
}

function statusLine(): string {
  const statuses = [204, 205, 304, 201, 226, 299, 300, 399, 418, 451, 499, 500, 520, 599, 600, 700, 799, 999];
  const status = pick(200, 200, pick(...statuses));
  const reason = pick(
    " OK",
    "",
    " ",
    " Tr\xe8s Bien",
    " \x80\xff",
    " a\tb",
    ` ${"x".repeat(300)}`,
    " Not  Found ",
  );
  return `${status}${reason}`;
}

function headerValue(): string {
  const types = ["text/html", "application/json", "text/event-stream", "text/plain; charset=latin1"];
  return pick("", " ", "a", "\xe9\x80", "a\tb", '"', ...types, "x".repeat(5000), ",,,", "=?utf-8?q?x?=");
}

function interim(): string {
  return pick(
    "",
    "",
    "",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 102 Processing\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n",
    "HTTP/1.1 199 \r\nx: y\r\n\r\n",
  );
}

function chunked(body: string): string {
  const extension = pick("", "", ";x", ';a="b;c"', " ; q=1");
  const trailers = pick("", "", "x-end: 1\r\n", "set-cookie: a=b\r\n", "x-end:\r\nx-end: 2\r\n");
  const chunk = body === "" ? "" : `${body.length.toString(16)}${extension}\r\n${body}\r\n`;
  return `${chunk}0\r\n${trailers}\r\n`;
}

let upstream: RawServer;
beforeAll(async () => {
  upstream = await startRawServer();
});
afterAll(() => upstream.close());

/** Asks on a connection of its own; the server answers with these bytes and closes. @returns all that the client got */
async function exchange(port: number, request: string, answer: Buffer): Promise<string> {
  const before = upstream.lines.length;
  const client = new Line(port).ask(request);
  const server = await upstream.line(before);
  await server.has("\r\n\r\n");
  server.socket.end(answer);
  await client.over();
  client.socket.destroy();
  server.socket.destroy();
  return client.text;
}

it("are recorded or named, and the cassette loads", { timeout: 300_000 }, async () => {
  const file = join(folder, "x.cassette.json");
  const events = new Map<number, RecorderEvent>();
  const recorder = await startRecorder({
    upstream: upstream.url,
    out: file,
    onEvent: (event) => void ("number" in event && events.set(event.number, event)),
  });
  const answers = Array.from({ length: ANSWERS }, oddAnswer);
  for (const [n, answer] of answers.entries())
    await exchange(recorder.port, `${pick("GET", "GET", "HEAD")} /v1/odd/${n + 1}`, answer);
  const { stats, files } = await recorder.finish();
  const unnamed = answers.filter((_, n) => !events.has(n + 1));
  expect(unnamed.map((answer) => JSON.stringify(answer.toString("latin1")))).toEqual([]);
  expect(stats.recorded + stats.skipped + stats.withheld).toBe(ANSWERS);
  expect(stats.recorded).toBeGreaterThan(ANSWERS / 3);
  const { interactions } = loadCassette(file).cassette;
  expect(interactions.length).toBe(files[0]?.interactions);
  expect(interactions.filter(({ response: { status = 200 } }) => status > 599)).toEqual([]);
});

it("with a status that HTTP does not have pass, are named with the reason and counted; the others are recorded", async () => {
  const file = join(folder, "statuses.cassette.json");
  const events: RecorderEvent[] = [];
  const recorder = await startRecorder({
    upstream: upstream.url,
    out: file,
    onEvent: (event) => events.push(event),
  });
  for (const status of [200, 700]) {
    const answer = Buffer.from(`HTTP/1.1 ${status} OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok`);
    expect(await exchange(recorder.port, "GET /v1/models", answer)).toBe(answer.toString());
  }
  expect((await recorder.finish()).stats).toMatchObject({ recorded: 1, skipped: 1 });
  expect(events).toContainEqual({
    event: "skipped",
    number: 2,
    request: "GET /v1/models",
    why: "no cassette can hold it: /response/status must be <= 599",
  });
  expect(loadCassette(file).cassette.interactions).toHaveLength(1);
});
