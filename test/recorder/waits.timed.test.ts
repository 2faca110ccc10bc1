/** The waits of a recording, and of what is played: those of the stream that was recorded. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Cassette } from "../../src/cassette/format/types.ts";
import { startMock } from "../../src/mock/mock.ts";
import { type Capture, ask, readCaptures } from "../support/captures.ts";
import { HANG_MS } from "../support/limits.ts";
import { FULL } from "../support/scaled.ts";
import { smallest } from "../support/repeated.ts";
import { offsOf, record } from "./recorded.ts";

const folder = mkdtempSync(join(tmpdir(), "gatetape-waits-"));
afterAll(() => rmSync(folder, { recursive: true }));

const slow = readCaptures().find(({ name }) => name === "stream-slow") as Capture;
let file = "";

if (!FULL) console.log("left out: a recording that is played at its pace; .ci/run has it, GATETAPE_FULL=1");

describe("a stream alone", () => {
  it("is recorded with the waits that it had", async () => {
    let round = 0;
    const off = await smallest(async () => {
      file = join(folder, `slow-${round++}.cassette.json`);
      await record(file, [slow], "0.4.1");
      const [interaction] = (JSON.parse(readFileSync(file, "utf8")) as Cassette).interactions;
      return Math.max(...offsOf(slow, interaction));
    }, 100);
    console.log(`alone: off by at most ${off.toFixed(1)} ms recorded`);
    expect(off).toBeLessThan(100);
  });

  // That a mock keeps the pace of a cassette is held in every run by test/parity/waits.timed.test.ts.
  it.runIf(FULL)("is played with them", async () => {
    const off = await smallest(() => replayOff(file, slow), 250);
    console.log(`alone: off by at most ${off.toFixed(1)} ms played`);
    expect(off).toBeLessThan(250);
  });
});
/** How late, in ms, the latest byte comes when the cassette is played. */
async function replayOff(path: string, { request, response, reads }: Capture): Promise<number> {
  const mock = await startMock({ ogl: "0.4.1", cassettes: [path], world: "off", policy: "observe" });
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
