/** The package as others get it: packed, installed in an empty project, under both lines of Node that it names. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/tmp.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = temporaryFolder("package");

/** Runs a command. @returns its output @throws Error with its output, which is where the TypeScript compiler reports */
function run(command: string, args: string[], cwd: string): string {
  const env = { ...process.env, NO_COLOR: "1" };
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", env });
  if (status === 0) return stdout;
  throw Object.assign(error ?? new Error(`${command} ${args.join(" ")}: ${status}\n${stdout}${stderr}`), {
    stderr,
  });
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}
execFileSync("npm", ["run", "--silent", "build"], { cwd: root });
const [packed] = JSON.parse(
  run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root),
) as [Packed];

/** Installs the tarball with a Node of that major version beside it; says why it can't. */
function install(major: number): { project: string; node: string } | string {
  const project = join(folder, `node-${major}`);
  mkdirSync(project);
  writeFileSync(
    join(project, "package.json"),
    '{ "private": true, "type": "module", "allowScripts": { "node": true } }',
  );
  try {
    run(
      "npm",
      [
        "install",
        "--no-audit",
        "--no-fund",
        // A registry that does not answer is not waited for five minutes a package.
        "--fetch-timeout=60000",
        join(folder, packed.filename),
        `node@${major}`,
        "typescript",
        "@types/node",
      ],
      project,
    );
  } catch (error) {
    return `npm can't install here: ${(/npm error .*/.exec(String((error as { stderr?: string }).stderr)) ?? [String(error)])[0]}`;
  }
  return { project, node: join(project, "node_modules", ".bin", "node") };
}

/** What somebody's own test of a client looks like. */
const PEERS_TEST = `
import { playWithNock } from "gatetape/nock";
import { test } from "gatetape/vitest";

test("over a socket, in a session of its own", async ({ mock, expect }) => {
  const headers = { authorization: "Bearer x" };
  expect((await (await fetch(mock.baseUrl + "/models", { headers })).json()).object).toBe("list");
  expect(mock.journal().map((entry) => entry.operation)).toEqual(["models.list"]);
});

test("with a reply of its own", async ({ mock, expect }) => {
  const reply = mock.reply("mine", { when: { message: "hello" } });
  const headers = { authorization: "Bearer x", "content-type": "application/json" };
  const body = JSON.stringify({ model: "qwen3-coder", messages: [{ role: "user", content: "hello" }] });
  const answer = await fetch(mock.baseUrl + "/chat/completions", { method: "POST", headers, body });
  expect((await answer.json()).choices[0].message.content).toBe("mine");
  expect(mock).toHaveReceivedTimes(reply.used, { message: "hello" });
  mock.expectAllPlayed();
});

test("in process, with no port", async ({ expect }) => {
  const gateway = playWithNock("https://gateway.example", { speed: Infinity });
  expect((await fetch("https://gateway.example/health")).status).toBe(200);
  gateway.stop();
});
`;

async function firstLine(child: ChildProcess): Promise<string> {
  const [line] = (await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), "line")) as [
    string,
  ];
  return line;
}

describe("the tarball", () => {
  it("holds what is needed to run and to read, and nothing else", () => {
    const tops = new Set(packed.files.map(({ path }) => path.split("/")[0]));
    expect([...tops].toSorted()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "adapters",
      "cassettes",
      "ci",
      "compose.test.yml",
      "dist",
      "docs",
      "package.json",
      "spec",
    ]);
    expect(packed.files.filter(({ path }) => /\.test\.[jt]s|captures|\.tsbuildinfo/.test(path))).toEqual([]);
  });

  it("exports exactly the public names", async () => {
    const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      exports: Record<string, unknown>;
    };
    expect(Object.keys(exports)).toEqual([
      ".",
      "./vitest",
      "./nock",
      "./testcontainers",
      "./adapter-1.schema.json",
      "./cassette-1.schema.json",
      "./exchange-1.schema.json",
      "./world-1.schema.json",
      "./package.json",
    ]);
    const names = async (file: string): Promise<string[]> =>
      Object.keys((await import(join(root, "dist", file))) as object).toSorted();
    expect(await names("index.js")).toEqual([
      "CassetteError",
      "ControlTokenError",
      "DEFAULT_OGL_VERSION",
      "FaultError",
      "GatetapeError",
      "KeyNameError",
      "ListenError",
      "OGL_VERSIONS",
      "PlayedError",
      "RecordError",
      "ReplyError",
      "Skip",
      "SpecError",
      "SuiteError",
      "WorldError",
      "createMock",
      "defineConfig",
      "loadWorld",
      "runScenarios",
      "selectScenarios",
      "startMock",
      "startRecorder",
      "withCassette",
    ]);
    expect(await names("vitest.js")).toEqual(["cassetteTest", "mockTest", "test", "testScenarios"]);
    expect(await names("testcontainers.js")).toEqual([
      "GatetapeContainer",
      "StartedGatetapeContainer",
      "startOgl",
    ]);
    expect(await names("nock.js")).toEqual(["NockPlayError", "playWithNock", "withCassette"]);
  });
});

it("installs from a commit of git, as README says", () => {
  const clone = join(folder, "clone.git");
  const project = join(folder, "from-git");
  run("git", ["clone", "--quiet", "--bare", root, clone], folder);
  const commit = run("git", ["rev-parse", "HEAD"], clone).trim();
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }');
  const source = `git+file://${clone}#${commit}`;
  run("npm", ["install", "--no-audit", "--no-fund", "--save-dev", source], project);
  expect(run("npx", ["--no-install", "gatetape", "--version"], project)).toBe("0.1.0\n");
});

describe.each([22, 24])("installed under Node %d", (major) => {
  const installed = install(major);
  if (typeof installed === "string") console.log(`left out, Node ${major}: ${installed}`);
  const { project, node } = typeof installed === "string" ? { project: "", node: "" } : installed;

  it.skipIf(typeof installed === "string")("records and plays a cassette", () => {
    const program = `
      import { startMock, withCassette } from "gatetape";
      const gateway = await startMock();
      const ask = async ({ baseUrl }) => (await fetch(baseUrl + "/models", { headers: { authorization: "Bearer x-y-z" } })).text();
      const one = await withCassette("models", { upstream: gateway.url, mode: "all" }, ask);
      await gateway.close();
      const two = await withCassette("models", { mode: "none" }, ask);
      console.log(one === two && one.includes("list"));
    `;
    expect(run(node, ["--input-type=module", "-e", program], project)).toBe("true\n");
  });

  it.skipIf(typeof installed === "string")("runs as a command", async () => {
    expect(run(node, ["--version"], project)).toMatch(new RegExp(`^v${major}\\.`));
    const main = join(project, "node_modules", "gatetape", "dist", "cli", "main.js");
    expect(run(node, [main, "--version"], project)).toBe("0.1.0\n");
    expect(run("npx", ["--no-install", "gatetape", "--version"], project)).toBe("0.1.0\n");
    const child = spawn(node, [main, "mock", "--port", "0", "--json"], {
      cwd: project,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const { ready } = JSON.parse(await firstLine(child)) as { ready: { base: string } };
    const answer = await fetch(`${ready.base}/models`, { headers: { authorization: "Bearer x" } });
    expect(await answer.json()).toMatchObject({ object: "list" });
    child.kill();
    expect((await once(child, "close"))[0]).toBe(0);
  });

  it.skipIf(typeof installed === "string")("works as a library, without the optional peers", () => {
    writeFileSync(
      join(project, "use.mjs"),
      'import { startMock } from "gatetape"; const mock = await startMock({ speed: Infinity }); console.log((await fetch(`${mock.url}/health`)).status); await mock.close();',
    );
    expect(run(node, ["use.mjs"], project)).toBe("200\n");
  });

  it.skipIf(typeof installed === "string").each(["nodenext", "bundler"])(
    "has types that resolve with moduleResolution %s",
    (resolution) => {
      const source =
        'import { type AddedReply, type Call, type CallFilter, type ReplyRule, type RunningMock, defineConfig, startMock } from "gatetape";\n' +
        'export const mock: Promise<RunningMock> = startMock({ ogl: "0.4.1" });\n' +
        'export const rule: ReplyRule = { reply: { content: "x" }, when: { message: /x/ }, times: 1 };\n' +
        "export const added = async (): Promise<AddedReply> => (await mock).reply(rule.reply, rule);\n" +
        "export const calls = async (filter: CallFilter): Promise<Call[]> => (await mock).calls(filter);\n" +
        "export default defineConfig({ mock: { port: 1, replies: [rule] } });\n";
      writeFileSync(join(project, "use.mts"), source);
      const module = resolution === "bundler" ? "preserve" : "nodenext";
      const summary = run(
        node,
        [
          join(project, "node_modules", "typescript", "bin", "tsc"),
          "--noEmit",
          "--strict",
          "--skipLibCheck",
          "false",
          "--types",
          "node",
          "--target",
          "es2024",
          "--lib",
          "es2024,esnext.disposable,dom",
          "--module",
          module,
          "--moduleResolution",
          resolution,
          "use.mts",
        ],
        project,
      );
      expect(summary).toBe("");
    },
  );

  it.skipIf(typeof installed === "string")("works beside the optional peers, in a test of theirs", () => {
    run("npm", ["install", "--no-audit", "--no-fund", "vitest", "nock"], project);
    writeFileSync(join(project, "peers.test.mjs"), PEERS_TEST);
    const vitest = join(project, "node_modules", "vitest", "vitest.mjs");
    expect(run(node, [vitest, "run", "--root", project], project)).toMatch(/Tests\s+3 passed/);
  });
});
