/**
 * Every command line and code block of README and docs is run: what a newcomer pastes works. Here the program is called as it
 * was built; `.ci/run` types the same command lines at terminals, of the package as it is installed.
 */
import { execFile, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { CASSETTE_SUFFIX } from "../src/cassette/format/types.ts";
import { parseExchanges } from "../src/cassette/import/import.ts";
import { loadCassette } from "../src/cassette/library/load.ts";
import { type RunningMock, startMock } from "../src/mock/mock.ts";
import { buildIfStale } from "./support/built.ts";
import { type Served, gatetape, serve } from "./support/cli.ts";
import { freePort } from "./support/free-port.ts";
import { FULL } from "./support/scaled.ts";
import {
  type Block,
  type Recipe,
  blocks,
  blocksOf,
  isOfServer,
  mentions,
  outputPattern,
  pages,
  printedBy,
  recipes,
  root,
} from "./support/recipes.ts";

const run = promisify(execFile);
const titled = (language: string): [string, Block][] =>
  blocks.filter((block) => block.language === language).map((block) => [block.at, block]);

/** What stands before the arguments, in a checkout and in a project. */
const CALL = /(?:npx --no-install|npm exec --no) gatetape (?:-- )?/g;
/** Lines that call the program and do nothing else: no pipe, no job, no variable. */
const ONLY_CALLS = /^(?:(?:npx --no-install|npm exec --no) gatetape (?:'[^']*'|[^'"`$|&;<>()\n])*\n)+$/;

let mock: RunningMock;
let project: string;
/** The server that a page has told to start last. */
let server: (Served & { readonly page: string; readonly port: number }) | undefined;
beforeAll(async () => {
  buildIfStale(); // the blocks import the package as others see it
  mock = await startMock();
  project = mkdtempSync(join(tmpdir(), "gatetape-docs-"));
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
  mkdirSync(join(project, "node_modules", "@hono"), { recursive: true });
  // The adapters are copied: Node strips the types of no file below node_modules, wherever a link leads.
  for (const name of ["dist", "cassettes", "spec", "package.json", "node_modules"])
    link(join(root, name), join(project, "node_modules", "gatetape", name));
  for (const name of ["lib", "template"])
    cpSync(join(root, "adapters", name), join(project, "node_modules", "gatetape", "adapters", name), {
      recursive: true,
    });
  for (const name of ["vitest", "hono", "@hono/node-server"])
    link(join(root, "node_modules", name), join(project, "node_modules", name));
});
afterAll(async () => {
  await server?.stop();
  await mock.close();
  rmSync(project, { recursive: true });
});

function link(target: string, path: string): void {
  mkdirSync(join(path, ".."), { recursive: true });
  symlinkSync(target, path);
}

it("finds the blocks", () => {
  expect(blocks.length).toBeGreaterThan(15);
  const known = new Set(["sh", "output", "ts", "json", "yaml", "text"]);
  const unknown = blocks.filter(({ language }) => !known.has(language));
  expect(unknown.map(({ at, language }) => `${at} ${language}`)).toEqual([]);
});

it("finds no block without fences", () => {
  const found = pages.flatMap((page) => {
    const text = readFileSync(join(root, page), "utf8").replaceAll(/^```[^]*?^```$/gm, "");
    return [...text.matchAll(/\n\n {4}(\S.*)/g)].map(([, line]) => `${page}: ${line}`);
  });
  expect(found).toEqual([]);
});

const hasCurl = spawnSync("curl", ["--version"]).status === 0;
if (!hasCurl)
  console.log(
    "left out: the command lines of README and docs that call curl (there is none on this machine)",
  );

/** Pages whose commands `npm test` runs; others judge clients, gate and record, for seconds each. */
const QUICK = new Set(["README.md"]);
if (!FULL)
  console.log(
    `left out: the commands and programs of other pages than ${[...QUICK].join(", ")}; .ci/run has them`,
  );
const isRun = ({ file }: Block): boolean => FULL || QUICK.has(file);

describe("a command line", () => {
  const typed = recipes.filter(
    (recipe) => recipe.leftOut === undefined && isRun(recipe) && (hasCurl || !/\bcurl /.test(recipe.code)),
  );
  it.each(typed.map((recipe) => [recipe.at, recipe]))("of %s works as it stands", async (_, recipe) => {
    for (const [name, text] of Object.entries(recipe.files)) writeFileSync(join(project, name), text);
    if (recipe.isServer) await startServer(recipe);
    const printed = recipe.isServer
      ? ""
      : await (ONLY_CALLS.test(recipe.code) ? called(recipe) : ranInShell(recipe));
    const shown = recipe.outputs.filter((output) => !isOfServer(recipe, output));
    expect(shown.filter(({ code }) => !outputPattern(code).test(printed))).toEqual([]);
    expect(shown.length > 0 ? "" : printed).not.toMatch(/^gatetape: |error:|not found$/im);
    // A line of the mock's log is printed when the connection has all of the answer.
    for (const output of recipe.outputs.filter((one) => isOfServer(recipe, one)))
      await expect.poll(() => `${server?.lines.join("\n")}\n`).toMatch(outputPattern(output.code));
  });

  it("that sets everything up is in README, and what CI begins with", () => {
    const lines = recipes
      .filter(({ leftOut }) => leftOut?.includes(".ci/run"))
      .map(({ file, code }) => `${file}: ${code.trim()}`);
    expect(lines).toEqual(["README.md: npm ci && npm start", "README.md: npm ci && npm test"]);
    expect(readFileSync(join(root, ".ci/run"), "utf8")).toContain("npm ci && npm test");
  });
});

/** Starts a server in place of the one that a page has told to start before. */
async function startServer({ file, code }: Recipe): Promise<void> {
  await server?.stop();
  const started = serve([...words(code.trim().replaceAll(CALL, "")), "--port", "0"], { cwd: project });
  const line = await started.line((text) => /127\.0\.0\.1:\d+/.test(text));
  server = { ...started, page: file, port: Number(/127\.0\.0\.1:(\d+)/.exec(line)?.[1]) };
}

/** Port of the mock that a page speaks of: its own, else that of all pages. */
function mockPort(file: string): number {
  return server?.page === file ? server.port : mock.port;
}

/** Runs the lines in this process, each to its exit code 0. @returns stderr, and stdout where the page shows it */
async function called({ file, code, inCheckout, outputs }: Recipe): Promise<string> {
  const printed: string[] = [];
  for (const line of code
    .trim()
    .replaceAll(":4010", `:${mockPort(file)}`)
    .split("\n")) {
    const ran = await gatetape(words(line.replaceAll(CALL, "")), { cwd: inCheckout ? root : project });
    expect([line, ran.code]).toEqual([line, 0]);
    printed.push(outputs.length > 0 ? ran.stdout + ran.stderr : ran.stderr);
  }
  return printed.join("");
}

/** Runs the lines in a shell that ends at the first one that fails. @returns stderr, and stdout where the page shows it */
async function ranInShell(recipe: Recipe): Promise<string> {
  const { file, code, inCheckout } = recipe;
  const isShown = recipe.outputs.some((output) => !isOfServer(recipe, output));
  const here = code
    .replaceAll(":4010", `:${mockPort(file)}`)
    .replaceAll("4011", String(await freePort()))
    .replaceAll(CALL, `node ${join(root, "dist/cli/main.js")} `);
  const { stdout, stderr } = await run("sh", ["-ec", isShown ? `exec 2>&1\n${here}` : here], {
    cwd: inCheckout ? root : project,
  });
  return isShown ? stdout : stderr;
}

/** Splits arguments as a shell does that has only blanks and single quotes to look at. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|[^'\s])+/g)].map(([word]) => word.replaceAll("'", ""));
}

describe("a command in the text", () => {
  it("exists, with its flags", async () => {
    const help = new Map<string, string>();
    const wrong: string[] = [];
    for (const { at, args } of mentions()) {
      const own = args.slice(0, args.includes("--") ? args.indexOf("--") : undefined);
      const path = own.slice(0, ["cassette", "spec", "report"].includes(own[0] ?? "") ? 2 : 1);
      const command = path.filter((word) => /^[a-z]/.test(word)).join(" ");
      if (!help.has(command)) help.set(command, await helpOf(command));
      const flags = own.filter((word) => word.startsWith("-")).map((flag) => flag.replace(/=.*/, ""));
      for (const flag of flags)
        if (!new RegExp(`(?<![\\w-])${flag}(?![\\w-])`).test(help.get(command) ?? ""))
          wrong.push(`${at}: gatetape ${command} has no ${flag}`);
    }
    expect(wrong).toEqual([]);
  });
});

async function helpOf(command: string): Promise<string> {
  const { code, stdout, stderr } = await gatetape([...command.split(" "), "--help"]);
  expect([command, code, stderr]).toEqual([command, 0, ""]);
  return stdout;
}

describe("a program", () => {
  it.each(titled("ts").filter(([, block]) => isRun(block)))(
    "of %s runs, and prints what it says",
    async (_, { code, file, line }) => {
      const name = `${file.replaceAll(/\W/g, "-")}-${line}`;
      const isTest = code.includes("gatetape/vitest");
      const path = join(project, isTest ? `${name}.test.ts` : `${name}.mts`);
      writeFileSync(path, code);
      const command = isTest
        ? [join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", project, path]
        : [path];
      const { stdout } = await run(process.execPath, command, { cwd: project });
      expect(stdout.split("\n")).toEqual(expect.arrayContaining(printedBy(code)));
    },
  );
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

describe("a piece of YAML", () => {
  it.each(titled("yaml"))("of %s names only inputs that there are", (_, { code }) => {
    expect(parse(code)).toBeTypeOf("object");
    const action = parse(readFileSync(join(root, "action.yml"), "utf8")) as { readonly inputs: object };
    const given = [...code.matchAll(/\.\/\.gatetape\n +with:\n((?: {10,}\w+:.*\n)+)/g)].flatMap(
      ([, inputs = ""]) => [...inputs.matchAll(/^ +(\w+):/gm)].map(([, name = ""]) => name),
    );
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(given));
    const template = readFileSync(join(root, "ci/gitlab.yml"), "utf8");
    for (const [name] of code.matchAll(/^ +GATETAPE_\w+(?=:)/gm)) expect(template).toContain(name.trim());
  });
});

describe("an output", () => {
  it("stands below the command line that prints it", () => {
    const shown = recipes.flatMap(({ outputs }) => outputs.map(({ at }) => at));
    expect(titled("output").map(([at]) => at)).toEqual(shown);
  });

  it("may differ in ports, process ids, times, and where it says so", () => {
    const pattern = outputPattern('{"port":41003,"pid":7,"x":…} at 127.0.0.1:4010 in 3 ms\n…\nend\n');
    expect('{"port":1,"pid":2,"x":[]} at 127.0.0.1:9 in 40 ms\na\nb\nend\n').toMatch(pattern);
    expect('{"port":1,"pid":2,"x":[]} at 127.0.0.1:9 in 40 s\nend\n').not.toMatch(pattern);
    expect('{"port":1,"pid":2,"x":[]} at 127.0.0.1:9 in 4 ms\nend of it\n').not.toMatch(pattern);
  });

  it("belongs to the command line above it", () => {
    const page = "```sh\na\n```\nprints\n\n```output\nb\n```\n";
    expect(blocksOf("x.md", page).map(({ at, language, code }) => [at, language, code])).toEqual([
      ["x.md:1", "sh", "a\n"],
      ["x.md:6", "output", "b\n"],
    ]);
  });
});
