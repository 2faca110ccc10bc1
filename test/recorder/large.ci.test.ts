/** Answers that are large or endless: they pass whole, and what is not kept of them is said. */
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { scriptOf } from "../../src/cassette/format/script.ts";
import { loadCassette } from "../../src/cassette/library/load.ts";
import { bodyLength } from "../../src/http/script.ts";
import type { RecorderEvent } from "../../src/recorder/model/types.ts";
import { type RunningRecorder, startRecorder } from "../../src/recorder/recorder.ts";
import { ExchangeKeeper } from "../../src/recorder/worker/keeper.ts";
import { type RawServer, connectTo, startRawServer } from "../support/raw-server.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("large");
const GET = "GET /v1/models HTTP/1.1\r\nHost: here\r\n\r\n";
const STREAM = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
const MIB = 1024 * 1024;

let upstream: RawServer;
let recorder: RunningRecorder;
let events: RecorderEvent[];
let count = 0;
let file: string;
beforeEach(async () => {
  upstream = await startRawServer();
  file = join(folder, `${count++}.cassette.json`);
  events = [];
  recorder = await startRecorder({
    upstream: upstream.url,
    out: file,
    onEvent: (event) => events.push(event),
  });
});
afterEach(async () => {
  await recorder.finish();
  await upstream.close();
});

/** Sends an answer in parts; gives the number of bytes that the client got of it, up to a text in its end. */
async function passed(parts: Iterable<Buffer>, end: string): Promise<number> {
  const client = await connectTo(recorder.port);
  client.socket.removeAllListeners("data");
  let got = 0;
  let tail = "";
  const whole = new Promise<void>((resolve) => {
    client.socket.on("data", (bytes: Buffer) => {
      got += bytes.length;
      tail = (tail + bytes.subarray(-64).toString("latin1")).slice(-64);
      if (tail.endsWith(end)) resolve();
    });
  });
  client.send(GET);
  const { socket } = await upstream.line(upstream.lines.length);
  for (const part of parts)
    if (!socket.write(part)) await new Promise<void>((resolve) => socket.once("drain", resolve));
  await whole;
  client.socket.destroy();
  return got;
}

it("an event of 8 MiB is recorded", async () => {
  const event = `data: {"choices":[{"index":0,"delta":{"content":"${"la Loire ".repeat((8 * MIB) / 9)}"}}]}\n\n`;
  const answer = `${STREAM}${event.length.toString(16)}\r\n${event}\r\ne\r\ndata: [DONE]\n\n\r\n0\r\n\r\n`;
  expect(await passed([Buffer.from(answer)], "0\r\n\r\n")).toBeGreaterThan(event.length);
  await recorder.finish();
  expect(events.map((one) => one.event)).toEqual(["recorded"]);
  const [interaction] = loadCassette(file).cassette.interactions;
  if (interaction === undefined) throw new Error("nothing was recorded");
  expect(bodyLength(scriptOf(interaction.response).ops)).toBe(event.length + "data: [DONE]\n\n".length);
});

it("an answer that is larger than what can be kept passes whole, and that is said while it passes", async () => {
  const part = Buffer.alloc(MIB, "x");
  const size = 100 * MIB;
  const meanwhile: unknown[] = [];
  const head = Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${size + 3}\r\n\r\n`);
  function* parts(): Generator<Buffer> {
    yield head;
    for (let sent = 0; sent < size; sent += part.length) {
      if (sent === 64 * MIB) meanwhile.push(...events);
      yield part;
    }
    yield Buffer.from("end");
  }
  expect(await passed(parts(), "end")).toBeGreaterThan(size);
  expect(meanwhile).toMatchObject([{ event: "skipped" }]);
  await recorder.finish();
  expect(events).toEqual([
    { event: "skipped", number: 1, request: "GET /v1/models", why: "it is larger than 16 MiB; it passes on" },
  ]);
  expect(recorder.stats).toMatchObject({ requests: 1, open: 0, recorded: 0, skipped: 1 });
});

it("of several answers that are too large together, the largest that is unfinished is kept no longer", () => {
  const dropped: number[] = [];
  const keeper = new ExchangeKeeper({
    dropped: (kept) => {
      dropped.push(kept.id);
      keeper.forget(kept);
    },
  });
  const grow = (id: number, mebibytes: number): void => {
    if (keeper.get(id) === undefined) keeper.open(id);
    const kept = keeper.get(id);
    if (kept === undefined) throw new Error("not kept");
    const bytes = Buffer.alloc(mebibytes * MIB);
    kept.addRead(0, bytes);
    keeper.added(kept, bytes.length);
  };
  grow(1, 15);
  const first = keeper.get(1);
  if (first !== undefined) keeper.finished(first, { end: "complete", endAt: 0 });
  grow(2, 12);
  grow(3, 13);
  grow(4, 4);
  expect(dropped).toEqual([]);
  grow(4, 5);
  // The finished one is larger: its client knows it to be whole.
  expect(dropped).toEqual([3]);
  expect(keeper.all().map(({ id }) => id)).toEqual([1, 2, 4]);
});
