/**
 * A recorder that is killed on a busy machine: whatever a client saw to its end is there when the cassette is loaded next, and
 * no file is left that can't be read. Half of the clients leave at `[DONE]`, as OpenAI's do; the others keep their connection.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import * as net from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findCassettes } from "../../src/cassette/library/find.ts";
import { loadCassette } from "../../src/cassette/library/load.ts";
import { logFileOf } from "../../src/cassette/log/log.ts";
import { foldLeftLogs } from "../../src/recorder/log/fold-left-logs.ts";
import { serveProcess } from "../support/cli.ts";
import { Random } from "../support/random.ts";
import { type ReplayOrigin, requestEnd, startOrigin } from "../support/replay-origin.ts";
import { FULL } from "../support/scaled.ts";
import { temporaryFolder } from "../support/tmp.ts";

/** `GATETAPE_KILLS` sets another number. */
const ROUNDS = Number(process.env["GATETAPE_KILLS"] ?? (FULL ? 100 : 3));
/** Recorders at a time. */
const LANES = 3;
const CLIENTS = 8;
/** Processes that take all the time that they can get; in `npm test` other tests do that. */
const BUSY_LOOPS = FULL || ROUNDS > 3 ? 4 : 0;
/** The time, in ms, within which the kill comes, from the first answer. */
const WITHIN_MS = 150;

const folder = temporaryFolder("crash");

const event = (text: string): string => {
  const data = `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"${text}"},"finish_reason":null}]}\n\n`;
  return `${data.length.toString(16)}\r\n${data}\r\n`;
};
const DONE = "data: [DONE]\n\n";
const LAST = "0\r\n\r\n";
const STREAM = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n${event("a")}${event("b")}${event("c")}e\r\n${DONE}\r\n${LAST}`,
);
const third = Math.floor((STREAM.length - LAST.length) / 3);
/** The end of the body comes with the last event, or some time after it, as the real server's does. */
const READS = [0, 6].map(
  (later) =>
    [
      [0, third],
      [2, third],
      [4, STREAM.length - LAST.length - 2 * third],
      [4 + later, LAST.length],
    ] as const,
);

let origin: ReplayOrigin;
let loops: ChildProcess[];
beforeAll(async () => {
  origin = await startOrigin((n) => ({ response: STREAM, reads: READS[n % 2] ?? [], after: "keep" }));
  loops = Array.from({ length: BUSY_LOOPS }, () => spawn(process.execPath, ["-e", "for (;;);"]));
});
afterAll(async () => {
  for (const loop of loops) loop.kill("SIGKILL");
  await origin.close();
});

/** Asks one after the other, each in its own words, until the recorder is gone; notes what was answered to its end. */
async function askOn(port: number, words: string, answered: Set<string>, leaves: boolean): Promise<void> {
  for (let n = 0; ;) {
    const next = await askOnConnection(port, words, n, answered, leaves);
    if (next === n || !leaves) return;
    n = next;
  }
}

/** Asks on one connection until it breaks, or the client leaves at the last event. @returns the number of the next request */
function askOnConnection(
  port: number,
  words: string,
  first: number,
  answered: Set<string>,
  leaves: boolean,
): Promise<number> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    let bytes = Buffer.alloc(0);
    let n = first;
    const ask = (): void => {
      const body = `{"model":"m","messages":[{"role":"user","content":"${words} ${n}"}],"stream":true}`;
      socket.write(
        `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    };
    socket.on("connect", ask);
    socket.on("data", (part) => {
      bytes = Buffer.concat([bytes, part]);
      if (leaves) {
        if (!bytes.includes(DONE)) return;
        answered.add(`${words} ${n++}`);
        socket.destroy();
        return;
      }
      const end = requestEnd(bytes);
      if (end === undefined) return;
      answered.add(`${words} ${n}`);
      bytes = bytes.subarray(end);
      n++;
      ask();
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(n));
  });
}

interface Round {
  readonly answered: number;
  readonly loaded: number;
  readonly lost: readonly string[];
}

/** Kinds of rounds, the same mixture in each ten. */
function kindOf(n: number): { readonly early: boolean; readonly terminated: boolean } {
  return { early: n % 10 === 3, terminated: (n * 7 + Math.floor(n / 10)) % 10 < 3 };
}

async function round(n: number): Promise<Round> {
  const random = new Random(20_261_121 + n);
  const { early, terminated } = kindOf(n);
  // Now and then into a cassette that is there already.
  const file = join(folder, `${Math.floor(n / 4)}.cassette.json`);
  const recorder = serveProcess(["record", "--upstream", origin.url, "--out", file, "--port", "0", "--json"]);
  const { port } = (
    JSON.parse(await recorder.line((line) => line.startsWith('{"ready"'))) as { ready: { port: number } }
  ).ready;
  const answered = new Set<string>();
  const clients = Array.from({ length: CLIENTS }, (_, i) => askOn(port, `${n}.${i}`, answered, i % 2 === 0));
  // Before anything is written in some rounds, in the midst of it in most.
  if (!early) await recorder.line((line) => line.startsWith('{"event":"recorded"'));
  await after(random.next() * WITHIN_MS);
  if (terminated) {
    // While it puts what it has into the cassette.
    recorder.child.kill("SIGTERM");
    await after(random.next() * 30);
  }
  await recorder.stop("SIGKILL");
  await Promise.all(clients);
  // The next command waits for the worker. Here other rounds go on meanwhile.
  const lock = `${logFileOf(file)}.lock`;
  const until = performance.now() + 30_000;
  while (existsSync(lock) && performance.now() < until) await after(10);
  const found = findCassettes([folder]).find((path) => path === file);
  const { interactions } = found === undefined ? { interactions: [] } : loadCassette(file).cassette;
  const stored = new Set(interactions.map(({ request }) => wordsOf(request.json)));
  return {
    answered: answered.size,
    loaded: interactions.length,
    lost: [...answered].filter((words) => !stored.has(words)),
  };
}

function wordsOf(json: unknown): string {
  return (json as { messages: { content: string }[] }).messages[0]?.content ?? "";
}

/** The moment of the kill is what this test is about. */
const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it(
  `killed ${ROUNDS} times under load it loses nothing that a client has seen to its end`,
  async () => {
    const started = performance.now();
    let next = 0;
    const rounds: Round[] = [];
    const lane = async (first: number): Promise<void> => {
      // Rounds of one cassette are one lane's: two recorders are not to meet on it.
      for (let group = first; group * 4 < ROUNDS; group += LANES)
        for (let n = group * 4; n < Math.min(ROUNDS, group * 4 + 4); n++) {
          rounds.push(await round(n));
          next++;
        }
    };
    await Promise.all(Array.from({ length: LANES }, (_, i) => lane(i)));
    const sum = (key: "answered" | "loaded"): number => rounds.reduce((total, one) => total + one[key], 0);
    console.log(
      `${next} kills in ${((performance.now() - started) / 1000).toFixed(0)} s: ${sum("answered")} answers seen to their end, ${rounds.flatMap(({ lost }) => lost).length} of them not recorded`,
    );
    expect(rounds.flatMap(({ lost }) => lost)).toEqual([]);
    expect(next).toBe(ROUNDS);
    expect(sum("answered")).toBeGreaterThan(ROUNDS);
    // A recorder writes what is left, and then nothing is left over but the cassettes.
    const sizes = (): number[] =>
      findCassettes([folder]).map((file) => loadCassette(file).cassette.interactions.length);
    const merged = sizes();
    foldLeftLogs(folder);
    expect(sizes()).toEqual(merged);
    expect(readdirSync(folder).filter((name) => /\.(?:recording-log|lock)$/.test(name))).toEqual([]);
  },
  FULL ? 3_600_000 : 300_000,
);
