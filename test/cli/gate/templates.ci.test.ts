/** The GitHub action and the GitLab template, as far as a machine without these services allows: their shell steps run. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Ran } from "../../support/cli.ts";
import { runSteps, stepsOf, writeProgram } from "../../support/shell-steps.ts";
import { MAIN } from "../../support/main.ts";

const ACTION = readFileSync("action.yml", "utf8");
const TEMPLATE = readFileSync("ci/gitlab.yml", "utf8");

let root: string;
let folder: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "gatetape-ci-"));
  // An npm that installs nothing: what it would have installed runs the program of this checkout.
  const bin = join(root, "bin");
  const action = join(root, "action");
  mkdirSync(bin);
  mkdirSync(join(action, "node_modules", ".bin"), { recursive: true });
  mkdirSync(join(action, "dist", "cli"), { recursive: true });
  symlinkSync(process.execPath, join(bin, "node"));
  symlinkSync(process.execPath, join(action, "node_modules", ".bin", "node"));
  writeFileSync(join(action, "package.json"), '{ "type": "module" }');
  writeFileSync(join(action, "dist", "cli", "main.js"), `import ${JSON.stringify(MAIN)};\n`);
  writeProgram(
    join(bin, "npm"),
    `case "$*" in
  "ci --no-audit --no-fund --prefix ${action}") ;;
  "install --no-audit --no-fund --prefix "*" "*.tgz | "install --no-audit --no-fund --prefix "*" git+"*)
    mkdir -p "$5/node_modules/.bin" && cp '${join(root, "program")}' "$5/node_modules/.bin/gatetape" ;;
  *) echo "npm $*" >&2; exit 99 ;;
esac`,
  );
  writeProgram(join(root, "program"), `exec '${process.execPath}' '${MAIN}' "$@"`);
});
afterAll(() => rmSync(root, { recursive: true }));
beforeEach(() => {
  folder = mkdtempSync(join(root, "project-"));
});

interface Job {
  readonly command: string;
  /** @default a tarball */
  readonly source?: string;
  readonly mode?: string;
  readonly flags?: string;
}

function run(shell: readonly string[], text: string, job: Job): Promise<Ran> {
  return runSteps(shell, stepsOf(text), {
    cwd: folder,
    env: {
      ...process.env,
      PATH: `${join(root, "bin")}${delimiter}${process.env["PATH"] ?? ""}`,
      GITHUB_STEP_SUMMARY: join(folder, "summary"),
      GITHUB_OUTPUT: join(folder, "output"),
      GATETAPE_COMMAND: job.command,
      GATETAPE_MODE: job.mode ?? "gate",
      GATETAPE_FLAGS: job.flags ?? "",
      GATETAPE_SOURCE: job.source ?? "vendor/gatetape.tgz",
      GATETAPE_ACTION: join(root, "action"),
      GATETAPE_REPORTS: "reports",
    },
  });
}

const at = (name: string): string => readFileSync(join(folder, name), "utf8");
const badge = (): unknown => JSON.parse(at("reports/gatetape.badge.json"));

/** Two commands of a line of shell; the program asks with the path that it is given, and asks a chat. */
function command(path: string): string {
  writeFileSync(
    join(folder, "app.mjs"),
    `const { OPENAI_BASE_URL: base, OPENAI_API_KEY: key } = process.env;
     const headers = { authorization: "Bearer " + key, "content-type": "application/json" };
     await fetch(base + process.argv[2], { headers });
     const body = JSON.stringify({ model: "qwen3-coder", messages: [{ role: "user", content: "hello" }] });
     await fetch(base + "/chat/completions", { method: "POST", headers, body });`,
  );
  return `echo "the tests" && node app.mjs '${path}'`;
}

const BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail"];

/** Sources that npm looks up in a registry, and a branch that may be any commit. */
const REGISTRY_NAMES = [
  "gatetape",
  "gatetape@latest",
  "gatetape@0.1.0",
  "git+https://git.example/gatetape.git",
];

describe("the GitHub action", () => {
  it("passes: summary, badge, JUnit, outputs and a notice", async () => {
    const { code, stdout } = await run(BASH, ACTION, { command: command("/models") });
    expect(code).toBe(0);
    expect(stdout).toContain("the tests\n");
    expect(stdout).toMatch(/^::notice title=.*::31 checks: \d+ not-observable, \d+ pass$/m);
    expect(stdout).not.toContain("::error");
    expect(at("summary")).toMatch(
      /^# sh -c echo "the tests"[^]*^2 requests: chat\.create 1, models\.list 1\.$/m,
    );
    expect(at("output")).toBe("exit-code=0\njunit=reports/gatetape.xml\nbadge=reports/gatetape.badge.json\n");
    expect(badge()).toMatchObject({ label: "gatetape", color: "brightgreen" });
    expect(at("reports/gatetape.xml")).toContain('failures="0"');
  });

  it("fails: an annotation says what, the summary has the bytes", async () => {
    const { code, stdout } = await run(BASH, ACTION, { command: command("//models") });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^::error title=.*%3A path\/joining::path\/joining: requested GET \/v1\/\/models, /m,
    );
    expect(at("summary")).toContain("## path/joining");
    expect(at("output")).toContain("exit-code=1\n");
    expect(badge()).toEqual({ schemaVersion: 1, label: "gatetape", message: "1 failing", color: "red" });
    expect(at("reports/gatetape.xml")).toContain('<failure type="fail"');
  });

  it("takes flags as a shell does, with blanks in quotes", async () => {
    const flags = `--env 'MINE=a b' --level "path/*=may"`;
    const { code, stdout } = await run(BASH, ACTION, {
      command: `${command("//models")}; echo "mine: $MINE"`,
      flags,
    });
    expect(code).toBe(0);
    expect(stdout).toContain("mine: a b\n");
  });

  it("says so where nothing could be run, and has no reports of another run", async () => {
    await run(BASH, ACTION, { command: command("//models") });
    rmSync(join(folder, "summary"));
    const { code, stdout, stderr } = await run(BASH, ACTION, { command: "true", flags: "--no-such-flag" });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("unknown option '--no-such-flag'");
    expect(existsSync(join(folder, "summary"))).toBe(false);
    expect(readdirSync(join(folder, "reports"))).toEqual([]);
    expect(at("output")).toContain("exit-code=2\n");
  });

  it("judges a client library too", async () => {
    const { code, stdout } = await run(BASH, ACTION, {
      mode: "client",
      command: `node '${resolve("test/mutants/adapter.ts")}'`,
      flags: "--only url/base-path-joining --only error/detail-string",
    });
    expect({ code, last: stdout.trimEnd().split("\n").at(-1) }).toEqual({
      code: 0,
      last: expect.stringMatching(/^::notice title=.*::\d+ scenarios: \d+ pass$/) as string,
    });
    expect(badge()).toMatchObject({ color: "brightgreen" });
  });

  it.each([
    ["the checkout of the action", ""],
    ["a tarball", "vendor/gatetape-0.1.0.tgz"],
    ["a commit", "git+https://git.example/gatetape.git#0123456789abcdef"],
  ])("runs %s", async (_, source) => {
    const { code, stderr } = await run(BASH, ACTION, { command: command("/models"), source });
    expect({ code, stderr }).toMatchObject({ code: 0 });
  });

  it.each(REGISTRY_NAMES)("refuses %j, which npm would fetch from a registry", async (source) => {
    const { code, stdout, stderr } = await run(BASH, ACTION, { command: command("/models"), source });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(
      `source is neither a tarball (.tgz) nor a git URL with a commit (git+https://…#COMMIT): ${source}\n`,
    );
  });

  it("uses each of its inputs, and no other; none is written into the script", () => {
    const declared = [
      ...(/^inputs:\n([^]*?)^outputs:/m.exec(ACTION)?.[1] ?? "").matchAll(/^ {2}([\w-]+):$/gm),
    ].map(([, name]) => name);
    const used = [...ACTION.matchAll(/\$\{\{ inputs\.([\w-]+) \}\}/g)].map(([, name]) => name);
    expect(new Set(used)).toEqual(new Set(declared));
    expect(declared).toHaveLength(6);
    expect(stepsOf(ACTION)).not.toContain("${{");
  });
});

describe("the GitLab template", () => {
  it.each([
    ["passes", "/models", 0, "brightgreen"],
    ["fails", "//models", 1, "red"],
  ])("%s, in any shell", async (_, path, status, color) => {
    const { code } = await run(["sh"], TEMPLATE, { command: command(path) });
    expect(code).toBe(status);
    expect(badge()).toMatchObject({ color });
    expect(at("reports/gatetape.xml")).toContain(`failures="${status}"`);
    expect(at("reports/gatetape.md")).toContain("2 requests");
  });

  it("judges a client library too, in any shell", async () => {
    const { code } = await run(["sh"], TEMPLATE, {
      mode: "client",
      command: `node '${resolve("test/mutants/adapter.ts")}'`,
      flags: "--only 'url/*joining'",
    });
    expect({ code, junit: at("reports/gatetape.xml") }).toEqual({
      code: 0,
      junit: expect.stringContaining('tests="1" failures="0"') as string,
    });
  });

  it.each(["", ...REGISTRY_NAMES])("refuses %j, which is no tarball and no commit", async (source) => {
    const { code, stdout, stderr } = await run(["sh"], TEMPLATE, { command: command("/models"), source });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("GATETAPE_SOURCE is neither a tarball");
  });

  it("says what is missing", async () => {
    const { code, stderr } = await run(["sh"], TEMPLATE, { command: "" });
    expect(code).not.toBe(0);
    expect(stderr).toContain("GATETAPE_COMMAND: says what to run");
  });

  it("keeps the reports, however the job ends", () => {
    expect(TEMPLATE).toMatch(/^ {4}when: always$/m);
    expect(TEMPLATE).toMatch(/^ {6}junit: \$GATETAPE_REPORTS\/gatetape\.xml$/m);
  });
});
