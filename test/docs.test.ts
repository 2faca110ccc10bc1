/** Every command line and code block of README and docs is run: what a newcomer pastes works. */
import { execFile, execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CASSETTE_SUFFIX } from "../src/cassette/format/types.ts";
import { parseExchanges } from "../src/cassette/import/import.ts";
import { loadCassette } from "../src/cassette/library/load.ts";
import { type RunningMock, startMock } from "../src/mock/mock.ts";

interface Block {
  readonly file: string;
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "..");
const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith(".md"),
);
const blocks = pages.flatMap((file) => blocksOf(file, readFileSync(join(root, file), "utf8")));
const titled = (language: string): [string, Block][] =>
  blocks
    .filter((block) => block.language === language)
    .map((block) => [`${block.file}:${block.line}`, block]);

function blocksOf(file: string, text: string): Block[] {
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map((match) => ({
    file,
    line: text.slice(0, match.index).split("\n").length,
    language: match[1] ?? "",
    code: match[2] ?? "",
  }));
}

/** README's two lines are what CI itself begins with; running the tests within the tests would never end. */
const RUN_BY_CI = /^npm ci && npm (start|test)\n$/;

let mock: RunningMock;
let project: string;
beforeAll(async () => {
  execFileSync("node", ["scripts/build.ts"], { cwd: root }); // the blocks import the package as others see it
  mock = await startMock();
  project = mkdtempSync(join(tmpdir(), "gatetape-docs-"));
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
  mkdirSync(join(project, "node_modules"));
  symlinkSync(root, join(project, "node_modules", "gatetape"));
  mkdirSync(join(project, "node_modules", "@hono"));
  for (const name of ["vitest", "hono", "@hono/node-server"])
    symlinkSync(join(root, "node_modules", name), join(project, "node_modules", name));
});
afterAll(async () => {
  await mock.close();
  rmSync(project, { recursive: true });
});

it("finds the blocks", () => {
  expect(blocks.length).toBeGreaterThan(15);
  const known = new Set(["sh", "ts", "json"]);
  expect(
    blocks
      .filter((block) => !known.has(block.language))
      .map((block) => `${block.file}:${block.line} ${block.language}`),
  ).toEqual([]);
});

const hasCurl = spawnSync("curl", ["--version"]).status === 0;
if (!hasCurl)
  console.log(
    "left out: the command lines of README and docs that call curl (there is none on this machine)",
  );

describe("a command line", () => {
  it.each(
    titled("sh").filter(([, { code }]) => !RUN_BY_CI.test(code) && (hasCurl || !code.includes("curl "))),
  )("of %s works as it stands", async (_, { code }) => {
    const here = code
      .replaceAll(":4010", `:${mock.port}`)
      .replaceAll("npm exec --no gatetape --", "node dist/cli/main.js")
      .replaceAll("npx --no-install gatetape", "node dist/cli/main.js");
    const { stderr } = await run("sh", ["-ec", here], { cwd: root });
    expect(stderr).not.toMatch(/error|not found/i);
  });

  it("that sets everything up is in README, and what CI begins with", () => {
    const lines = blocks
      .filter(({ code }) => RUN_BY_CI.test(code))
      .map(({ file, code }) => `${file}: ${code.trim()}`);
    expect(lines).toEqual(["README.md: npm ci && npm start", "README.md: npm ci && npm test"]);
    expect(readFileSync(join(root, ".ci/run"), "utf8")).toContain("npm ci && npm test");
  });
});

describe("a program", () => {
  it.each(titled("ts"))("of %s runs", async (_, { code, file, line }) => {
    const name = `${file.replaceAll(/\W/g, "-")}-${line}`;
    const isTest = code.includes("gatetape/vitest");
    const path = join(project, isTest ? `${name}.test.ts` : `${name}.mts`);
    writeFileSync(path, code);
    const command = isTest
      ? [join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", project, path]
      : [path];
    await expect(run(process.execPath, command, { cwd: project })).resolves.toBeDefined();
  });
});

/** What is wrong with it, by what it looks like. */
function faults({ code, file, line }: Block): unknown[] {
  const json = JSON.parse(code) as object;
  if ("response" in json && "request" in json) return parseExchanges(file, JSON.stringify(json)).slice(1);
  if (!("cassette" in json)) return Object.keys(json).length > 0 ? [] : ["empty"];
  const path = join(project, `${line}${CASSETTE_SUFFIX}`);
  writeFileSync(path, code);
  return [...loadCassette(path).staleWaivers];
}

describe("a piece of JSON", () => {
  it.each(titled("json"))("of %s is what it says it is", (_, block) => {
    expect(faults(block)).toEqual([]);
  });
});
