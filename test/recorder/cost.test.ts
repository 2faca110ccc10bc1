/** A new secret costs the same after many exchanges as after few: only those that hold it are looked at again. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ownProcess } from "../../src/cassette/log/lock.ts";
import { logFileOf } from "../../src/cassette/log/log.ts";
import type { WorkerJob } from "../../src/recorder/model/types.ts";
import { RecordingWorker } from "../../src/recorder/worker/worker.ts";
import { Random } from "../support/random.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("cost");
const random = new Random(20_261_127);
const token = (): string =>
  Array.from({ length: 5 }, () =>
    Math.floor(random.next() * 2 ** 48)
      .toString(36)
      .padStart(10, "q"),
  ).join("");

const EXCHANGES = 300;

const message = (head: string, body: string): Uint8Array =>
  Buffer.from(`${head}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);

function exchangeOf(id: number, key: string, content: string): WorkerJob {
  const answer = JSON.stringify({ data: [content, `from ${token().slice(0, 12)}@mail.example.com`] });
  const request = message(
    `POST /v1/x HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}`,
    `{"question":${id}}`,
  );
  const response = message(`HTTP/1.1 200 OK\r\nset-cookie: sid=${token()}; path=/; HttpOnly`, answer);
  return { id, request, response, reads: [[1, response.length]], end: "complete", endAt: 1 };
}

it("with a fresh key, cookie and address each, nothing on disk is sanitized again but what holds the key", async () => {
  const out = join(folder, "x.cassette.json");
  const worker = await RecordingWorker.start({
    options: {
      out,
      folder: false,
      ogl: "0.4.5",
      how: "replace",
      keepWaits: false,
      redactPrompts: false,
      sanitize: {},
      hosts: [],
      recordedWith: "a test",
      secrets: [],
    },
    recorder: ownProcess(),
    resume: false,
    known: { given: [], renamed: [] },
  });
  const early = `correct-horse-${random.next()}`;
  for (let id = 1; id <= EXCHANGES; id++)
    await worker.take(exchangeOf(id, `sk-${token()}`, id === 100 ? `by the way: ${early}` : "nothing"));
  expect(worker.rechecked).toBe(0);
  expect(readFileSync(logFileOf(out), "utf8")).toContain(early);
  const result = await worker.take(exchangeOf(EXCHANGES + 1, early, "nothing"));
  expect(result).toMatchObject({ outcome: "recorded", scrubbed: [{ file: out, interactions: 1 }] });
  expect(worker.rechecked).toBeGreaterThan(0);
  expect(worker.rechecked).toBeLessThan(EXCHANGES / 4);
  worker.close();
  const text = readFileSync(out, "utf8");
  expect(text).not.toContain(early);
  expect(text).toContain("by the way: sk-");
});
