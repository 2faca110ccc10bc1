/** Recording logs and their locks, as files. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CassetteError } from "../../src/cassette/format/cassette-error.ts";
import type { Interaction } from "../../src/cassette/format/types.ts";
import { findCassettes } from "../../src/cassette/library/find.ts";
import { loadToScrub } from "../../src/cassette/library/load-to-scrub.ts";
import { loadCassette, loadCassetteFile } from "../../src/cassette/library/load.ts";
import { LogLockedError, lockLog } from "../../src/cassette/log/lock.ts";
import {
  type LogEntry,
  parseEntry,
  parseLog,
  printAgain,
  printClosed,
  printEntry,
  printLogHead,
  logFileOf,
} from "../../src/cassette/log/log.ts";
import { foldLeftLogs } from "../../src/recorder/log/fold-left-logs.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("log");
let count = 0;
const fresh = (): string => join(folder, `${count++}.cassette.json`);

const about = { title: "t", origin: "recorded", ogl: "0.4.5" } as const;
const interaction = (name: string): Interaction => ({
  name,
  request: { method: "GET", target: `/${name}` },
  response: {
    status: 200,
    framing: "length",
    headers: [["content-length", null]],
    body: [{ wait: 1, text: "x" }],
  },
  waivers: [{ pointer: "", reason: "not about the OpenAPI" }],
});
const head = printLogHead(about, { how: "replace" });
const take = (id: number, name = `n${id}`): string =>
  printEntry({ id, base: 0, interaction: interaction(name) });
const namesIn = (file: string): string[] => loadCassette(file).cassette.interactions.map(({ name }) => name);

describe("a recording log", () => {
  it("is read as it was printed", () => {
    expect(head).toBe(`{"recordingLog":2,"about":${JSON.stringify(about)},"plan":{"how":"replace"}}\n`);
    expect(parseLog("x.recording-log", head + take(1, "a") + take(2, "b") + take(1, "c"))).toEqual({
      about,
      plan: { how: "replace" },
      entries: [
        { id: 1, base: 0, interaction: interaction("c") },
        { id: 2, base: 0, interaction: interaction("b") },
      ],
    });
    const exact = take(1).replace('"wait":1', '"wait":1.0');
    expect(parseEntry(take(1))).toEqual({ id: 1, base: 0, interaction: interaction("n1") });
    expect(printEntry(parseEntry(exact) as LogEntry)).toBe(exact);
    expect([parseEntry(head), parseEntry(printAgain(2, 1)), parseEntry(printClosed(1))]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("is merged in memory by whoever loads its cassette, and written into it by a recorder alone", () => {
    const file = fresh();
    writeFileSync(logFileOf(file), head + take(2) + take(1));
    expect(findCassettes([folder])).toContain(file);
    expect(findCassettes([file])).toEqual([file]);
    expect([namesIn(file), existsSync(logFileOf(file)), existsSync(file)]).toEqual([
      ["n1", "n2"],
      true,
      false,
    ]);
    foldLeftLogs(file);
    expect([
      namesIn(file),
      existsSync(file),
      existsSync(logFileOf(file)),
      existsSync(`${logFileOf(file)}.lock`),
    ]).toEqual([["n1", "n2"], true, false, false]);
    writeFileSync(logFileOf(file), head + take(1, "n3"));
    expect(namesIn(file)).toEqual(["n1", "n2", "n3"]);
    expect(loadCassetteFile(file).cassette.interactions).toHaveLength(2);
    foldLeftLogs(folder);
    expect([loadCassetteFile(file).cassette.interactions.length, existsSync(logFileOf(file))]).toEqual([
      3,
      false,
    ]);
  });

  it("is not scrubbed: the cassette is refused until a recorder has written it", () => {
    const file = fresh();
    writeFileSync(logFileOf(file), head + take(1));
    expect(() => loadToScrub(file)).toThrow(
      /\.recording-log[^]*come back unscrubbed[^]*gatetape record --out/,
    );
    foldLeftLogs(file);
    expect(loadToScrub(file).cassette.interactions).toHaveLength(1);
  });

  it("may be cut anywhere: all lines that are whole count", () => {
    const text = head + take(1) + printClosed(1) + take(2);
    for (let size = 0; size <= text.length; size++) {
      const whole = text.slice(0, size).split("\n").length - 1;
      const entries = parseLog("x.recording-log", text.slice(0, size))?.entries ?? [];
      expect(entries.map(({ id }) => id)).toEqual([[], [], [1], [1], [1, 2]][whole]);
      expect(entries[0]?.interaction.response.end?.how).toBe(whole >= 3 ? "close" : undefined);
    }
  });

  it("has what came again once, and plays it as often as it came", () => {
    const file = fresh();
    const one = { ...interaction("n1"), request: { method: "GET", target: "/n" } };
    const two = {
      ...interaction("n2"),
      request: one.request,
      response: { ...one.response, body: [{ text: "y" }] },
    };
    const lines = [
      printEntry({ id: 1, base: 0, interaction: one }),
      printAgain(2, 1),
      printEntry({ id: 3, base: 0, interaction: two }),
    ];
    writeFileSync(logFileOf(file), head + lines.join(""));
    expect(namesIn(file)).toEqual(["n1", "n1 #2", "n2"]);
    writeFileSync(logFileOf(file), head + lines.slice(0, 2).join(""));
    expect(namesIn(file)).toEqual(["n1"]);
  });

  it("that was folded in and not yet removed is folded in again to the same", () => {
    const file = fresh();
    const text = printLogHead(about, { how: "add" }) + take(1) + take(2);
    writeFileSync(logFileOf(file), text);
    foldLeftLogs(file);
    const once = readFileSync(file, "utf8");
    writeFileSync(logFileOf(file), text);
    expect(loadCassette(file).text).toBe(once);
    foldLeftLogs(file);
    expect(readFileSync(file, "utf8")).toBe(once);
  });

  it("that is broken within is an error with its line, and stays", () => {
    const file = fresh();
    writeFileSync(logFileOf(file), `${head}{"id":1,\n${take(2)}`);
    expect(() => loadCassette(file)).toThrow(/\.recording-log:2: is not JSON\n {2}fix/);
    expect(() => foldLeftLogs(file)).toThrow(/\.recording-log:2: is not JSON/);
    expect(existsSync(logFileOf(file))).toBe(true);
    rmSync(logFileOf(file));
  });

  it("of a cassette that does not load leaves that as it is", () => {
    const file = fresh();
    writeFileSync(file, "{}");
    writeFileSync(logFileOf(file), head + take(1));
    expect(() => loadCassette(file)).toThrow(CassetteError);
    expect(() => foldLeftLogs(file)).toThrow(CassetteError);
    expect([readFileSync(file, "utf8"), existsSync(logFileOf(file))]).toEqual(["{}", true]);
    rmSync(logFileOf(file));
    rmSync(file);
  });
});

describe("a lock", () => {
  it("is one process's at a time, and its log is left alone meanwhile", () => {
    const file = fresh();
    const lock = lockLog(logFileOf(file));
    writeFileSync(logFileOf(file), head + take(1));
    expect(() => lockLog(logFileOf(file))).toThrow(LogLockedError);
    expect(findCassettes([folder])).not.toContain(file);
    expect(() => loadCassette(file)).toThrow(CassetteError);
    lock.release();
    expect(namesIn(file)).toEqual(["n1"]);
  });

  it.each([
    ["of a process that is gone", JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), began: "1" })],
    [
      "of a process whose number another one has now",
      JSON.stringify({ pid: process.pid, host: hostname(), began: "1" }),
    ],
    ["that is no lock", "x"],
  ])("%s is taken over", (_, text) => {
    const file = fresh();
    writeFileSync(`${logFileOf(file)}.lock`, text);
    const lock = lockLog(logFileOf(file));
    expect(JSON.parse(readFileSync(`${logFileOf(file)}.lock`, "utf8"))).toMatchObject({ pid: process.pid });
    lock.release();
    expect(existsSync(`${logFileOf(file)}.lock`)).toBe(false);
  });

  it("of another machine stays, and the message says what to do", () => {
    const file = fresh();
    writeFileSync(`${logFileOf(file)}.lock`, JSON.stringify({ pid: 1, host: "elsewhere", began: "1" }));
    expect(() => lockLog(logFileOf(file))).toThrow(/process 1 on elsewhere[^]*delete .*\.lock/);
  });
});
