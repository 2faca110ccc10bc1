import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type BenchReport, figuresOf, worseThan } from "../../bench/figures.ts";
import { ROW_IDS, parseOptions } from "../../bench/options.ts";
import { toMarkdown } from "../../bench/report.ts";

const read = (name: string): string => readFileSync(new URL(`../../bench/${name}`, import.meta.url), "utf8");
const committed = JSON.parse(read("table.json")) as BenchReport;
/** Rows of 64 vectors. */
const LARGE = /embeddings\.create$|vectors$/;

describe("the committed table", () => {
  it("is what its figures print; npm run bench writes both", () => {
    expect(read("table.md")).toBe(toMarkdown(committed));
  });

  it("has every row, each measured with rounds of full length", () => {
    const rows = new Set(figuresOf(committed).map(({ row }) => row));
    expect(ROW_IDS.filter((id) => !rows.has(id))).toEqual([]);
    expect(committed.quick).toBe(false);
  });

  it("has a load generator that costs less than plain node:http, but for answers of 600 KB, which both only copy", () => {
    const dear = committed.load.filter(
      ({ id, generatorMicros, servers }) =>
        !LARGE.test(id) && !(generatorMicros < (servers.node?.cpuMicros ?? 0)),
    );
    expect(dear.map(({ id }) => id)).toEqual([]);
  });
});

describe("the check against it", () => {
  it("takes figures that are as they were", () => {
    expect(worseThan(committed, committed)).toEqual([]);
  });

  it("names the rows that have become worse, and only those", () => {
    const load = committed.load.map((row) => {
      const { gatetape } = row.servers;
      if (row.id !== "recorded/chat.create" || gatetape === undefined) return row;
      const slower = { ...gatetape, cpuMicros: gatetape.cpuMicros * 2 };
      return { ...row, servers: { ...row.servers, gatetape: slower } };
    });
    const start = committed.start.map((row) =>
      row.id === "start/second" ? { ...row, ratio: { ...row.ratio, median: row.ratio.median * 2 } } : row,
    );
    const worse = worseThan(committed, { ...committed, load, start });
    expect(worse.map(({ row }) => row)).toEqual(["recorded/chat.create", "start/second"]);
    expect(worse[0]?.text).toMatch(/^recorded\/chat\.create CPU ratio: \d.*allowed at most/);
  });
});

describe("the options of the bench", () => {
  it("refuses rows that there are not, and rounds that are none", () => {
    expect(() => parseOptions(["--only", "chat.steam"])).toThrow("--only chat.steam: no row");
    expect(() => parseOptions(["--rounds", "0"])).toThrow("--rounds: a number");
    expect(parseOptions(["--quick", "--only", "single", "--rounds", "2"])).toMatchObject({
      only: ["single"],
      pace: { rounds: 2 },
    });
  });
});
