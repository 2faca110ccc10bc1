import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { printCassette } from "../../src/cassette/format/print.ts";
import { importExchanges, parseExchanges } from "../../src/cassette/import/import.ts";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import { type Capture, ask, readCaptures } from "../support/captures.ts";
import { HANG_MS } from "../support/limits.ts";
import { smallest } from "../support/repeated.ts";

const folder = mkdtempSync(join(tmpdir(), "gatetape-parity-waits-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("waits", () => {
  let mock: RunningMock;
  const capture = readCaptures().find(({ name }) => name === "stream-slow") as Capture;
  beforeAll(async () => {
    const exchanges = parseExchanges(capture.file, capture.line);
    const cassette = await importExchanges(capture.file, exchanges, {
      about: { title: "slow", origin: "recorded", ogl: "0.4.1" },
    });
    const file = join(folder, "slow.cassette.json");
    writeFileSync(file, printCassette(cassette));
    mock = await startMock({ ogl: "0.4.1", cassettes: [file], world: "off", speed: 1 });
  });
  afterAll(() => mock.close());

  /** One replay: how early or late each read came, in ms. */
  async function offBy(): Promise<number[]> {
    const answered = await ask(mock.port, capture.request, {
      expect: capture.response.length,
      closes: false,
      timeoutMs: HANG_MS,
    });
    let sum = 0;
    return capture.reads.map(([ms, bytes]) => {
      sum += bytes;
      return (answered.reads.find(([, total]) => total >= sum)?.[0] ?? Infinity) - ms;
    });
  }

  it("come at the recorded pace and do not drift", async () => {
    // Never early. Late by what a busy machine takes, but a drift would be there in each replay.
    const late = await smallest(async () => {
      const off = await offBy();
      expect(Math.min(...off)).toBeGreaterThan(-5);
      return Math.max(...off);
    }, 250);
    expect(late).toBeLessThan(250);
  });
});
