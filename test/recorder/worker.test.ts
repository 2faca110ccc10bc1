/** The recording worker: a process that takes what passes, survives the recorder, and is replaced if it ends. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadCassette } from "../../src/cassette/library/load.ts";
import { logFileOf } from "../../src/cassette/log/log.ts";
import type { RecorderEvent } from "../../src/recorder/model/types.ts";
import { type RunningRecorder, startRecorder } from "../../src/recorder/recorder.ts";
import { serveProcess } from "../support/cli.ts";
import { type ReplayOrigin, startOrigin } from "../support/replay-origin.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("worker");
const body = '{"text":"hello"}';
const ANSWER = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
);
const KEY = "correct-horse-battery-staple";

let origin: ReplayOrigin;
let count = 0;
let file: string;
beforeEach(async () => {
  file = join(folder, String(count++), "x.cassette.json");
  origin = await startOrigin(() => ({ response: ANSWER, reads: [[0, ANSWER.length]], after: "keep" }));
});
afterEach(() => origin.close());

interface Lock {
  readonly pid: number;
  readonly recorder: { readonly pid: number };
}

const lock = (): Lock => JSON.parse(readFileSync(`${logFileOf(file)}.lock`, "utf8")) as Lock;

const targets = (): string[] => loadCassette(file).cassette.interactions.map(({ request }) => request.target);

describe("a worker that is killed", () => {
  let recorder: RunningRecorder;
  let events: RecorderEvent[];
  beforeEach(async () => {
    events = [];
    recorder = await startRecorder({
      upstream: origin.url,
      out: file,
      onEvent: (event) => events.push(event),
    });
  });
  afterEach(() => recorder.finish());

  const ask = async (path: string, key = KEY): Promise<string> =>
    (await fetch(recorder.url + path, { headers: { authorization: `Bearer ${key}` } })).text();

  it("is a process of its own, and the lock names it and its recorder", () => {
    expect(lock().pid).not.toBe(process.pid);
    expect(lock().recorder.pid).toBe(process.pid);
  });

  it("is replaced, and nothing of what it had is missing, nor there twice", async () => {
    for (let n = 0; n < 9; n++) {
      expect(await ask(`/v1/a?n=${n}`)).toBe(body);
      // With its work done, or in the midst of it.
      if (n % 4 === 1) await recorder.settled();
      if (n % 2 === 1) process.kill(lock().pid, "SIGKILL");
    }
    const { stats, lost } = await recorder.finish();
    expect(targets().toSorted()).toEqual(Array.from({ length: 9 }, (_, n) => `/v1/a?n=${n}`));
    expect(stats).toMatchObject({ recorded: 9, skipped: 0 });
    expect(lost).toBe(0);
    expect(events.filter(({ event }) => event === "trouble").length).toBeGreaterThan(0);
    expect(existsSync(`${logFileOf(file)}.lock`)).toBe(false);
  });

  it("hands the secrets that it learnt to the next one", async () => {
    await ask("/v1/a");
    await recorder.settled();
    process.kill(lock().pid, "SIGKILL");
    await ask(`/v1/b?said=${KEY}`, "another-key-of-somebody-else-42");
    await recorder.finish();
    expect(targets()).toHaveLength(2);
    expect(readFileSync(file, "utf8")).not.toContain(KEY);
  });

  it("hands on which secret has which pseudonym", async () => {
    const keys = ["correct-horse-battery-1", "correct-horse-battery-2", "correct-horse-battery-3"] as const;
    for (const key of keys) await ask(`/v1/a?before=${key.at(-1)}`, key);
    await recorder.settled();
    process.kill(lock().pid, "SIGKILL");
    // In another order: counted anew, each would get the pseudonym of another one.
    for (const key of keys.toReversed()) await ask(`/v1/a?after=${key.at(-1)}`, key);
    await ask("/v1/a?after=4", "correct-horse-battery-4");
    await recorder.finish();
    const named = loadCassette(file).cassette.interactions.map(({ request }) => [
      request.target.replace("/v1/a?", ""),
      request.headers?.find(([name]) => name.toLowerCase() === "authorization")?.[1],
    ]);
    expect(Object.fromEntries(named)).toEqual({
      "before=1": "Bearer sk-1",
      "before=2": "Bearer sk-2",
      "before=3": "Bearer sk-3",
      "after=3": "Bearer sk-3",
      "after=2": "Bearer sk-2",
      "after=1": "Bearer sk-1",
      "after=4": "Bearer sk-4",
    });
  });
});

describe("a recorder that is killed", () => {
  it("leaves a worker that finishes, for which the next command waits", async () => {
    const recorder = serveProcess([
      "record",
      "--upstream",
      origin.url,
      "--out",
      file,
      "--port",
      "0",
      "--json",
    ]);
    const { ready } = JSON.parse(await recorder.line((line) => line.startsWith('{"ready"'))) as {
      ready: { url: string };
    };
    const asked = Array.from({ length: 20 }, (_, n) => `/v1/a?n=${n}`);
    await Promise.all(asked.map(async (path) => (await fetch(ready.url + path)).text()));
    await recorder.stop("SIGKILL");
    expect(targets().toSorted()).toEqual(asked.toSorted());
    expect(existsSync(logFileOf(file))).toBe(false);
  });

  const NOTHING_GIVEN = { args: 3, key: false, dumps: "00000000" };

  it("gives the worker no output, no arguments but a flag of Node, and nothing of its environment", async () => {
    const recorder = serveProcess(
      [
        "record",
        "--upstream",
        origin.url,
        "--out",
        file,
        "--port",
        "0",
        "--json",
        "--upstream-key-env",
        "OGL_KEY",
      ],
      { env: { OGL_KEY: KEY } },
    );
    await recorder.line((line) => line.startsWith('{"ready"'));
    const of = (name: string): string => readFileSync(`/proc/${lock().pid}/${name}`, "latin1");
    // Only Linux shows what a process was given.
    const given =
      process.platform === "linux"
        ? {
            args: of("cmdline")
              .split("\0")
              .filter((part) => part !== "").length,
            key: of("environ").includes(KEY),
            dumps: of("coredump_filter").trim(),
          }
        : NOTHING_GIVEN;
    expect(given).toEqual(NOTHING_GIVEN);
    expect(await recorder.stop()).toBe(0);
  });
});
