/** A bundle's files on disk: what runs beside a build keeps its chunks, and the package leaves them out. */
import { existsSync, readFileSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeFiles } from "../../scripts/bundle/files.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("bundle-files");
const entry = (content: string): { name: string; content: string } => ({ name: "cli/main.js", content });
const chunk = (hash: string): { name: string; content: string } => ({
  name: `chunks/a-${hash}.js`,
  content: hash,
});
const stale = (): string[] => readFileSync(join(folder, ".npmignore"), "utf8").trim().split("\n");
const DAY_S = 24 * 60 * 60;

describe("a bundle that is written", () => {
  it("keeps the chunks of the one before, and names them to npm", () => {
    writeFiles(folder, [entry("1"), chunk("one")]);
    writeFiles(folder, [entry("2"), chunk("two")]);
    expect(readdirSync(join(folder, "chunks")).toSorted()).toEqual(["a-one.js", "a-two.js"]);
    expect(readFileSync(join(folder, "cli/main.js"), "utf8")).toBe("2");
    expect(stale()).toEqual(["chunks/a-one.js"]);
  });

  it("keeps a chunk for a day after the build that replaced it, however old it is", () => {
    const old = Date.now() / 1000 - 9 * DAY_S;
    utimesSync(join(folder, "chunks/a-two.js"), old, old);
    writeFiles(folder, [entry("3"), chunk("three")]);
    expect(stale()).toEqual(["chunks/a-one.js", "chunks/a-two.js"]);
    utimesSync(join(folder, "chunks/a-one.js"), old, old);
    writeFiles(folder, [entry("3"), chunk("three")]);
    expect(existsSync(join(folder, "chunks/a-one.js"))).toBe(false);
    expect(stale()).toEqual(["chunks/a-two.js"]);
  });

  it("leaves no half of a file behind", () => {
    expect(readdirSync(folder, { recursive: true }).toSorted()).toEqual([
      ".npmignore",
      "chunks",
      "chunks/a-three.js",
      "chunks/a-two.js",
      "cli",
      "cli/main.js",
    ]);
  });
});
