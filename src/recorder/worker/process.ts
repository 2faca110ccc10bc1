/**
 * Process of the recording worker. It reads all that the recorder sends at once, so that the recorder never waits for its
 * work, and outlives a recorder that is killed: then it finishes what it has. It has no stdout, no stderr and no arguments.
 */
import { writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import { MessageParser, EventWatch } from "../../http/index.ts";
import { Collector } from "../../util/index.ts";
import { type Frame, FrameReader, frameHeader } from "./frames.ts";
import { type EndMark, KeptExchange, buffersOf } from "./kept.ts";
import type { FromWorker, ToThread, WorkerStart } from "./messages.ts";
import { ThreadQueue } from "./queue.ts";

/**
 * Descriptors of the sockets from and to the recorder. A write to a recorder that was killed fails, and must not take with
 * it the bytes that the system still has from there.
 */
const FROM_RECORDER = 3;
const TO_RECORDER = 4;

type Exchanges = Map<number, KeptExchange>;

/** Unfinished exchanges of each recording that is not closed. */
const recordings = new Map<number, Exchanges>();
/** Recordings whose end the thread has not reported. */
const open = new Set<number>();
let recorderGone = false;
const collector = new Collector();

// The heap is kept tight rather than fast: an exchange of many megabytes is worked on as text, in several copies.
setFlagsFromString("--heap-growing-percent=10");
// Buffers count for the next collection. Not an argument of Node: a version of it that does not know the flag would not start.
setFlagsFromString("--external-memory-accounted-in-global-limit");

const recorder = new Socket({ fd: FROM_RECORDER, readable: true, writable: false });
const answers = new Socket({ fd: TO_RECORDER, readable: false, writable: true });
const thread = new Worker(new URL("./thread.ts", import.meta.url), {
  resourceLimits: { maxYoungGenerationSizeMb: 8 },
});

const queue = new ThreadQueue((message, buffers) => thread.postMessage(message, [...buffers]));

function post(message: ToThread): void {
  queue.add({ recording: message.recording, make: () => ({ message }) });
}

function receive({ kind, recording, id, payload }: Frame): void {
  if (kind === "start") {
    recordings.set(recording, new Map());
    open.add(recording);
    post({ recording, start: JSON.parse(payload.toString()) as WorkerStart });
    return;
  }
  const exchanges = recordings.get(recording);
  if (exchanges === undefined) return;
  if (kind === "request") openExchange(exchanges, id).addRequest(payload);
  else if (kind === "read") openExchange(exchanges, id).addRead(payload.readDoubleLE(0), payload.subarray(8));
  else if (kind === "drop") drop(exchanges, id);
  else if (kind === "closed") post({ recording, closed: id });
  else if (kind === "end") finishOne(recording, exchanges, id, JSON.parse(payload.toString()) as EndMark);
  else close(recording);
}

function openExchange(exchanges: Exchanges, id: number): KeptExchange {
  let kept = exchanges.get(id);
  if (kept === undefined) exchanges.set(id, (kept = new KeptExchange(id)));
  return kept;
}

function drop(exchanges: Exchanges, id: number): void {
  collector.freed(exchanges.get(id)?.size ?? 0);
  exchanges.delete(id);
}

function finishOne(recording: number, exchanges: Exchanges, id: number, mark: EndMark): void {
  const kept = exchanges.get(id);
  if (kept === undefined) return;
  exchanges.delete(id);
  queue.add({
    recording,
    job: { id, size: kept.size },
    make: () => {
      const take = kept.job(mark);
      collector.freed(kept.size);
      return { message: { recording, take }, buffers: buffersOf(take) };
    },
  });
}

function close(recording: number): void {
  recordings.delete(recording);
  post({ recording, close: true });
}

/** The recorder was killed, or has ended: what its clients may have seen to the end is recorded. */
function finishAll(): void {
  if (recorderGone) return;
  recorderGone = true;
  recorder.destroy();
  for (const [recording, exchanges] of recordings) {
    for (const kept of exchanges.values()) {
      const mark = markOfLeft(kept);
      if (mark !== undefined) finishOne(recording, exchanges, kept.id, mark);
    }
    close(recording);
  }
  if (open.size === 0) process.exit(0);
}

/** The end of an exchange whose recorder is gone; `undefined` if no client can have seen it. */
function markOfLeft({ requests, reads }: KeptExchange): EndMark | undefined {
  const [method = ""] = Buffer.from(requests[0] ?? [])
    .toString("latin1")
    .split(" ", 1);
  const events = new EventWatch();
  const parser = new MessageParser("response", method, (data, at) => events.push(data, at));
  try {
    for (const [at, bytes] of reads) parser.push(Buffer.from(bytes), at);
  } catch {
    return undefined;
  }
  const { completion } = parser;
  const whole = parser.done || events.done;
  if (!parser.headSeen || !whole || completion === undefined) return undefined;
  const { headAt, framing } = parser.message();
  const head = Buffer.concat(reads.map(([, bytes]) => bytes)).toString("latin1", 0, parser.headEnd);
  return {
    end: framing === "eof" ? "close" : "complete",
    endAt: reads.at(-1)?.[0] ?? 0,
    answer: { head, headAt, headEnd: parser.headEnd },
    added: completion,
  };
}

function hidden(): void {
  // No image of the memory, which has secrets, goes to a core file.
  try {
    writeFileSync("/proc/self/coredump_filter", "0");
  } catch {
    // another system than Linux, where a process has no such file
  }
}

hidden();
// A signal to all processes ends the recorder, and the end of the recorder ends this process, with its work done.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
thread.on("message", (message: { readonly recording: number } & FromWorker) => {
  const { recording } = message;
  const payload = Buffer.from(JSON.stringify(message));
  if (!recorderGone) {
    answers.write(frameHeader("message", recording, 0, payload.length));
    answers.write(payload);
  }
  if ("id" in message) queue.done(recording, message.id);
  if ("end" in message || "refused" in message) {
    open.delete(recording);
    queue.ended(recording);
  }
  if (recorderGone && open.size === 0) process.exit(0);
});
// The recorder sees the end of this process and starts another.
thread.on("error", () => process.exit(1));
const reader = new FrameReader();
recorder.on("data", (bytes: Buffer) => {
  collector.passed(bytes.length);
  for (const frame of reader.push(bytes)) receive(frame);
});
answers.on("error", () => {}); // the recorder is gone, which the other socket says when all of it was read
recorder.on("error", finishAll);
recorder.on("close", finishAll);
recorder.on("end", finishAll);
