import { spawn } from "node:child_process";
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
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detectProject } from "../../src/cli/init/project.ts";
import { ask } from "../../src/cli/init/questions.ts";
import { writeAll } from "../../src/cli/init/write.ts";
import { type Ran, gatetape } from "../support/cli.ts";
import { runSteps, stepsOf, writeProgram } from "../support/shell-steps.ts";
import { MAIN } from "../support/main.ts";

const GITHUB = ".github/workflows/gatetape.yml";
const GITLAB = ".gitlab-ci.gatetape.yml";
const CONFIG = "gatetape.config.mts";
const CASSETTE = "cassettes/hello.cassette.json";

let root: string;
let folder: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "gatetape-init-"));
});
afterAll(() => rmSync(root, { recursive: true }));
beforeEach(() => {
  folder = mkdtempSync(join(root, "project-"));
});

const init = (...args: string[]): Promise<Ran> => gatetape(["init", ...args], { cwd: folder });
const filesIn = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .toSorted();

describe("gatetape init", () => {
  it("writes a config and a cassette that are in order, and says what comes next", async () => {
    const { code, stdout, stderr } = await init("--yes");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(filesIn(folder)).toEqual([CASSETTE, CONFIG]);
    expect(stdout).toContain(`wrote      ${CONFIG}\nwrote      ${CASSETTE}\n`);
    expect(stdout).toContain("npx --no-install gatetape mock");
    expect(stdout).toContain("gatetape init --ci-only --ci github");
    const lint = await gatetape(["cassette", "lint", "cassettes"], { cwd: folder });
    expect(lint).toMatchObject({
      code: 0,
      stdout: "1 cassette, 2 interactions, 0 deviations waived, 0 errors, 0 warnings\n",
    });
  });

  it("writes a config that a mock in that folder starts with, in a commonjs package and without gatetape in it", async () => {
    writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }');
    await init("--yes");
    const mock = spawn(process.execPath, [MAIN, "mock", "--port", "0", "--json"], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = new Promise((done) => mock.on("close", done));
    try {
      const line = await new Promise<string>((done, fail) => {
        createInterface({ input: mock.stdout }).once("line", done);
        mock.once("close", () => fail(new Error("the mock ended")));
      });
      const { ready } = JSON.parse(line) as { ready: { base: string; config: string; interactions: number } };
      expect(ready.config).toBe(CONFIG);
      expect(ready.interactions).toBeGreaterThan(100); // the bundled library too
      const text = await (await fetch(`${ready.base}/chat/completions`, hello(false))).text();
      expect(JSON.parse(text)).toMatchObject({ choices: [{ message: { content: "Bonjour !" } }] });
      const stream = await (await fetch(`${ready.base}/chat/completions`, hello(true))).text();
      expect(stream.match(/^data: /gm)).toHaveLength(4);
      expect(stream.endsWith("data: [DONE]\n\n")).toBe(true);
    } finally {
      mock.kill();
      await closed;
    }
  });

  it("sets up another folder, made if need be, and goes by what it sees there", async () => {
    const there = join(folder, "a", "b");
    mkdirSync(join(there, ".github"), { recursive: true });
    writeFileSync(join(there, "Cargo.toml"), "");
    const { code, stdout } = await init("--yes", "--dir", there, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      dir: there,
      ci: "github",
      written: [CONFIG, CASSETTE, GITHUB],
      unchanged: [],
    });
    expect(readFileSync(join(there, GITHUB), "utf8")).toMatch(/^ {12}cargo test\n {10}\)$/m);
    expect((await init("--yes", "--dir", "new/one")).stdout).toContain("cd new/one");
    expect(filesIn(join(folder, "new", "one"))).toEqual([CASSETTE, CONFIG]);
  });

  it("overwrites nothing, writes nothing else then, and names what is there", async () => {
    mkdirSync(join(folder, "cassettes"));
    writeFileSync(join(folder, CASSETTE), "mine");
    const { code, stdout, stderr } = await init("--yes");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`left alone:\n  ${CASSETTE}\n  fix: `);
    expect(stderr).not.toContain(CONFIG);
    expect(filesIn(folder)).toEqual([CASSETTE]);
    expect(readFileSync(join(folder, CASSETTE), "utf8")).toBe("mine");
    expect((await init("--yes", "--force")).code).toBe(0);
    expect(readFileSync(join(folder, CASSETTE), "utf8")).toContain('"cassette": 1');
  });

  it("can be run again, and for a CI file alone", async () => {
    await init("--yes");
    expect((await init("--yes")).stdout).toContain(`unchanged  ${CONFIG}\nunchanged  ${CASSETTE}\n`);
    writeFileSync(join(folder, CONFIG), "export default {};");
    const args = ["--ci", "gitlab", "--test-command", "make check"];
    expect((await init(...args)).code).toBe(2);
    expect(existsSync(join(folder, GITLAB))).toBe(false);
    const only = await init(...args, "--ci-only");
    expect(only).toMatchObject({ code: 0, stderr: "" });
    expect(only.stdout).toContain("- local: .gitlab-ci.gatetape.yml");
    expect(readFileSync(join(folder, CONFIG), "utf8")).toBe("export default {};");
  });

  it.each([
    [[], /no terminal to ask on\n {2}fix: .*--yes/],
    [["--ci", "github"], /no terminal to ask on/],
    [["--ci", "circle"], /Allowed choices are github, gitlab, none/],
    [["--yes", "--test-command", "x"], /--test-command is for a CI file\n {2}fix: /],
    [["--ci", "github", "--test-command", " "], /--test-command is empty/],
    [["--ci", "none", "--ci-only"], /writes nothing\n {2}fix: /],
    [["--yes", "--dir", MAIN], /is not a folder/],
  ])("refuses %j with exit code 2, and writes nothing", async (args, message) => {
    const { code, stdout, stderr } = await init(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(filesIn(folder)).toEqual([]);
  });

  it("leaves a project alone that has another config", async () => {
    writeFileSync(join(folder, "gatetape.config.json"), "{}");
    const { code, stderr } = await init("--yes", "--force");
    expect(code).toBe(2);
    expect(stderr).toMatch(/gatetape\.config\.json: is there already[^]*fix: /);
    expect(filesIn(folder)).toEqual(["gatetape.config.json"]);
  });
});

function hello(stream: boolean): RequestInit {
  const messages = [{ role: "user", content: "Hello from my project" }];
  return {
    method: "POST",
    headers: { authorization: "Bearer sk-anything", "content-type": "application/json" },
    body: JSON.stringify({ model: "qwen3-coder", messages, temperature: 0, ...(stream ? { stream } : {}) }),
  };
}

describe("the questions of init", () => {
  const project = { ci: "github", testCommand: "npm test", install: undefined } as const;
  async function answered(input: string, given: Parameters<typeof ask>[0] = {}): Promise<[unknown, string]> {
    const [from, to] = [new PassThrough(), new PassThrough()];
    let requested = "";
    const lines = input.split(/(?<=\n)/);
    // An answer is typed when it is asked for, as a person does.
    to.on("data", (text: Buffer) => {
      requested += text.toString();
      if (!text.toString().endsWith("] ")) return;
      const line = lines.shift();
      if (line === undefined) from.end();
      else from.write(line);
    });
    const outcome = await ask(given, project, from, to).catch((error: unknown) => String(error));
    return [outcome, requested];
  }

  it("offer what was seen in the folder, and ask again for what they do not know", async () => {
    expect(await answered("\n\n")).toEqual([
      { ci: "github", testCommand: "npm test" },
      "CI (github, gitlab, none)? [github] Command that runs your tests? [npm test] ",
    ]);
    const [answers, requested] = await answered("travis\n GitLab \nmake check\n");
    expect(answers).toEqual({ ci: "gitlab", testCommand: "make check" });
    expect(requested).toContain("Please answer github or gitlab or none.\n");
  });

  it("take answers that were pasted at once", async () => {
    const from = new PassThrough();
    from.end("gitlab\nmake check\n");
    expect(await ask({}, project, from, new PassThrough())).toEqual({
      ci: "gitlab",
      testCommand: "make check",
    });
  });

  it("leave out what was given, or has no use", async () => {
    expect((await answered("none\n"))[0]).toEqual({ ci: "none", testCommand: "npm test" });
    expect(await answered("", { ci: "github", testCommand: "x" })).toEqual([
      { ci: "github", testCommand: "x" },
      "",
    ]);
    expect((await answered("make\n", { ci: "gitlab" }))[0]).toEqual({ ci: "gitlab", testCommand: "make" });
  });

  it("say that nothing was written when the input ends", async () => {
    expect((await answered("gitlab\n"))[0]).toBe(
      "UsageError: stopped: nothing was written\n  fix: take the defaults with --yes",
    );
  });
});

describe("detectProject", () => {
  it.each([
    [[], { ci: "none", testCommand: "npm test", install: undefined }],
    [["package.json"], { ci: "none", testCommand: "npm test", install: "npm install" }],
    [
      ["package.json", "package-lock.json", ".gitlab-ci.yml"],
      { ci: "gitlab", testCommand: "npm test", install: "npm ci" },
    ],
    [["pyproject.toml", ".github"], { ci: "github", testCommand: "pytest", install: undefined }],
    [["go.mod"], { ci: "none", testCommand: "go test ./...", install: undefined }],
  ])("of %j", (names, project) => {
    for (const name of names) writeFileSync(join(folder, name), "");
    expect(detectProject(folder)).toEqual(project);
  });

  it("goes by the remote of git", () => {
    mkdirSync(join(folder, ".git"));
    writeFileSync(
      join(folder, ".git", "config"),
      '[remote "origin"]\n\turl = git@gitlab.example.org:a/b.git\n',
    );
    expect(detectProject(folder).ci).toBe("gitlab");
  });
});

describe("writeAll", () => {
  it("takes back what it wrote when a later file can't be written", () => {
    writeFileSync(join(folder, "first"), "old");
    const long = "x".repeat(252); // too long with the ending of a temporary file
    const files = [
      { file: "first", text: "new" },
      { file: "deep/er/second", text: "new" },
      { file: long, text: "new" },
    ];
    expect(() => writeAll(folder, files, true)).toThrow(/x: can't be written: [^]*fix: /);
    expect(readdirSync(folder)).toEqual(["first"]);
    expect(readFileSync(join(folder, "first"), "utf8")).toBe("old");
  });

  it.each([
    ["first", /first: can't be a file: [^]*\n {2}fix: /],
    ["file/second", /second: can't be written: [^]*\n {2}fix: /],
  ])("writes nothing where %s can't be a file", (name, message) => {
    mkdirSync(join(folder, "first"));
    writeFileSync(join(folder, "file"), "");
    const files = ["new/other", name].map((file) => ({ file, text: "new" }));
    expect(() => writeAll(folder, files, true)).toThrow(message);
    expect(readdirSync(folder).toSorted()).toEqual(["file", "first"]);
  });
});

/** The checkout's own program stands in the project, or npm puts it there when it is given the source. */
function install(where: "project" | "source"): NodeJS.ProcessEnv {
  const bin = join(folder, "bin");
  const installed = join(folder, "node_modules/.bin");
  mkdirSync(bin);
  mkdirSync(installed, { recursive: true });
  const program = join(where === "project" ? installed : bin, "gatetape");
  writeProgram(program, `exec '${process.execPath}' '${MAIN}' "$@"`);
  writeProgram(
    join(bin, "npm"),
    `[ "$*" = "install --no-save --no-audit --no-fund ${SOURCE}" ] || { echo "npm $*" >&2; exit 99; }\ncp '${program}' '${installed}'`,
  );
  symlinkSync(process.execPath, join(bin, "node"));
  const source = where === "source" ? { GATETAPE_SOURCE: SOURCE } : {};
  return { ...process.env, ...source, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` };
}

const SOURCE = "git+https://git.example/gatetape.git#0123456789abcdef";

function run(shell: readonly string[], steps: string, env: NodeJS.ProcessEnv): Promise<Ran> {
  return runSteps(shell, steps, { cwd: folder, env });
}

async function isGone(url: string): Promise<boolean> {
  return await fetch(url).then(
    () => false,
    () => true,
  );
}

describe("the shell steps of a CI file", () => {
  /** A project's test: asks the mock as a client would, prints the mock's process id, ends with the status given. */
  const testProgram = `
    const { OPENAI_BASE_URL: base, OPENAI_API_KEY: key } = process.env;
    const answer = await fetch(base + "/models", { headers: { authorization: "Bearer " + key } });
    console.log("status", answer.status, base);
    process.exitCode = Number(process.argv[2]);
  `;

  async function made(ci: "github" | "gitlab", testCommand: string): Promise<string> {
    writeFileSync(join(folder, "check.mjs"), testProgram);
    const { code } = await init("--ci", ci, "--test-command", testCommand);
    expect(code).toBe(0);
    return stepsOf(readFileSync(join(folder, ci === "github" ? GITHUB : GITLAB), "utf8"));
  }

  it.each([
    ["github", "source", ["bash", "-e"], 0],
    ["github", "project", ["bash", "--noprofile", "--norc", "-eo", "pipefail"], 3],
    ["gitlab", "source", ["sh"], 3],
    ["gitlab", "project", ["sh"], 0],
  ] as const)(
    "of %s, gatetape from the %s, run by %j: the tests end with %i, and so do they",
    async (ci, where, shell, status) => {
      const env = install(where);
      const steps = await made(ci, `node check.mjs ${status}`);
      const { code, stdout, stderr } = await run(shell, steps, env);
      expect({ code, stderr: stderr.replaceAll(/^npm (?:warn|notice).*\n/gm, "") }).toEqual({
        code: status,
        stderr: "",
      });
      const url = /^status 200 (http:\S+)$/m.exec(stdout)?.[1] ?? "";
      expect(url).toMatch(/\/v1$/);
      expect(await isGone(url)).toBe(true);
      expect(readFileSync(join(folder, "gatetape.log"), "utf8")).toContain('"operation":"models.list"');
    },
  );

  it("stop at the first of several commands that fails, and leave the runner's own trap alone", async () => {
    const env = install("source");
    const steps = await made("gitlab", "echo one\nfalse\necho two");
    const { code, stdout } = await run(
      ["sh"],
      `trap 'echo the runner ends' EXIT\n${steps}echo ended $?\n`,
      env,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^tests against \S+\none\nended 1\nthe runner ends\n$/);
  });

  it.each([undefined, "gatetape", "gatetape@0.1.0"])(
    "install nothing from a registry: %s",
    async (source) => {
      const { GATETAPE_SOURCE: _, ...env } = install("source");
      const steps = await made("github", "echo tests");
      const given = source === undefined ? env : { ...env, GATETAPE_SOURCE: source };
      const { code, stdout, stderr } = await run(["bash", "-e"], steps, given);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain("GATETAPE_SOURCE is neither a tarball");
    },
  );

  it("end with a message when the mock can't start, without a wait", async () => {
    const env = install("source");
    const steps = await made("github", "echo tests");
    writeFileSync(join(folder, CASSETTE), "{");
    const { code, stdout, stderr } = await run(["bash", "-e"], steps, env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`${CASSETTE}:1`);
    expect(stderr).toContain("the mock did not start");
  });
});
