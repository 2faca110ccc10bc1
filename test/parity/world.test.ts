import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { printCassette } from "../../src/cassette/format/print.ts";
import { importExchanges, parseExchanges } from "../../src/cassette/import/import.ts";
import { type MockOptions, type RunningMock, startMock } from "../../src/mock/mock.ts";
import { type Capture, converse, readCaptures } from "../support/captures.ts";
import { differences } from "../support/parity.ts";
import { temporaryFolder } from "../support/tmp.ts";

/** The world that the captures were taken in. */
const world = fileURLToPath(new URL("../captures/world.json", import.meta.url));

/** Answered by an upstream, whose errors OGL only relays: no world knows them. */
const RELAYED = /-up-|upstream|^(?:stream|chat)-e\d|^t-/;

const captures = readCaptures();
const versionOf = ({ file }: Capture): "0.4.1" | "0.4.5" => (file.startsWith("045p") ? "0.4.5" : "0.4.1");
const statusOf = ({ response }: Capture): number => Number(response.toString("latin1", 9, 12));

/** By a cassette of its own: a key before it was deleted, a model that was busy just then, and the use of a client that had left. */
const byCassette = captures.filter(
  ({ file, name }) =>
    file === "del.jsonl" || file === "qos.jsonl" || name === "misc-me-usage-after-disconnect",
);
const withLibrary = captures.filter((capture) => !byCassette.includes(capture));
const FILES_OF_THE_WORLD = new Set(
  ["auth", "http", "models", "limit", "budget"].map((name) => `${name}.jsonl`),
);
const alone = withLibrary.filter(
  (capture) =>
    FILES_OF_THE_WORLD.has(capture.file) ||
    (statusOf(capture) >= 400 && statusOf(capture) < 500 && !RELAYED.test(capture.name)),
);

/** Asks a mock what the real server was asked, in the order of the file, and gives what differs. */
async function judge(mock: RunningMock, capture: Capture): Promise<string[]> {
  const closes = capture.end.includes("EOF");
  const answered = await converse(mock.port, capture.request, { closes });
  const found = differences(capture.response, answered.bytes);
  if (answered.closed !== closes)
    found.push(`connection: real ${capture.end}, got closed ${answered.closed}`);
  return found;
}

function run(name: string, list: readonly Capture[], options: MockOptions): void {
  describe(`the world ${name}`, () => {
    const mocks = new Map<string, RunningMock>();
    beforeAll(async () => {
      for (const ogl of ["0.4.1", "0.4.5"] as const)
        mocks.set(ogl, await startMock({ world, ogl, speed: Infinity, ...options }));
    });
    let equal = 0;
    it.each(
      list.map((capture) => [`${capture.file.replace(".jsonl", "")} ${capture.name}`, capture] as const),
    )("%s", async (_, capture) => {
      expect(await judge(mocks.get(versionOf(capture)) as RunningMock, capture)).toEqual([]);
      equal++;
    });
    afterAll(async () => {
      for (const mock of mocks.values()) await mock.close();
      console.log(`parity of the world, ${name}: ${equal} of ${list.length} captures`);
      expect(equal).toBe(list.length);
    });
  });
}

run("with the library", withLibrary, {});
// The upstream behind the captures says this to everything: what is made up besides is held in test/mock/synth.
run("without cassettes", alone, { cassettes: [], respond: () => "Hello, world!" });

describe("by a cassette of its own", () => {
  const folder = temporaryFolder("world");

  it.each(byCassette.map((capture) => [capture.name, capture] as const))("%s", async (name, capture) => {
    const cassette = await importExchanges(capture.file, parseExchanges(capture.file, capture.line), {
      about: { title: name, origin: "recorded", ogl: "0.4.1" },
    });
    const file = join(folder, `${name}.cassette.json`);
    writeFileSync(file, printCassette(cassette));
    await using mock = await startMock({ ogl: "0.4.1", cassettes: [file], speed: Infinity });
    expect(await judge(mock, capture)).toEqual([]);
  });
});

it("leaves no capture out", () => {
  console.log(
    `parity of the world: ${captures.length} captures, ${alone.length} of them also without cassettes`,
  );
  expect([withLibrary.length + byCassette.length, alone.length]).toEqual([313, 193]);
});
