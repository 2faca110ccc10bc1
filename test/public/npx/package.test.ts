/** The command lines of README and docs, typed into the shells that people have, of the package as others install it. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../../src/mock/mock.ts";
import { HANG_MS } from "../../support/limits.ts";
import { temporaryFolder } from "../../support/tmp.ts";

const root = resolve(import.meta.dirname, "../../..");
const project = join(temporaryFolder("npx"), "project");
const isThere = (program: string): boolean => spawnSync(program, ["-c", "true"]).error === undefined;
const shells = ["dash", "bash"].filter(isThere);
for (const shell of ["dash", "bash"].filter((name) => !shells.includes(name)))
  console.log(`left out: the command lines of README and docs in ${shell} (there is none on this machine)`);
const hasCurl = spawnSync("curl", ["--version"]).status === 0;
if (!hasCurl)
  console.log("left out: the command lines of README and docs (there is no curl on this machine)");

/** README's two lines set up a checkout: `.ci/run` begins with them. */
const IN_CHECKOUT = /^npm ci && npm (start|test)\n$/;
const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith(".md"),
);
const recipes = pages.flatMap((page) => {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/^```sh\n([^]*?)^```$/gm)]
    .map(({ index, 1: code = "" }) => ({ at: `${page}:${text.slice(0, index).split("\n").length}`, code }))
    .filter(({ code }) => !IN_CHECKOUT.test(code));
});

let mock: RunningMock;
beforeAll(async () => {
  execFileSync("npm", ["run", "--silent", "build"], { cwd: root });
  mkdirSync(project);
  writeFileSync(
    join(project, "package.json"),
    '{ "private": true, "type": "module", "allowScripts": { "node": true } }',
  );
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", project], {
      cwd: root,
      encoding: "utf8",
    }),
  ) as [{ readonly filename: string }];
  execFileSync(
    "npm",
    ["install", "--no-audit", "--no-fund", `./${packed.filename}`, `node@${process.versions.node}`],
    {
      cwd: project,
      stdio: "ignore",
    },
  );
  for (const name of ["cassettes", "adapters"]) symlinkSync(join(root, name), join(project, name));
  mock = await startMock();
}, 10 * HANG_MS);
afterAll(() => mock.close());

interface Typed {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Types lines into a shell. It resolves when all that the lines started has ended, in the background too. */
async function typed(shell: string, lines: string, cwd: string): Promise<Typed> {
  const PATH = `${join(project, "node_modules/.bin")}:${String(process.env["PATH"])}`;
  const environment = Object.entries(process.env).filter(([name]) => !name.startsWith("npm_"));
  const child = spawn(shell, ["-c", lines], {
    cwd,
    env: { ...Object.fromEntries(environment), PATH, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (bytes: Buffer) => stdout.push(bytes));
  child.stderr.on("data", (bytes: Buffer) => stderr.push(bytes));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

const asked = (port: number): string =>
  `curl -sf --retry 300 --retry-delay 1 --retry-connrefused -o /dev/null http://127.0.0.1:${port}/v1/models -H 'Authorization: Bearer sk-anything'`;

/** Ways to end what runs in the background. `dash` has jobs at a terminal alone. */
const ENDS: readonly (readonly [how: string, before: string, kill: string])[] = [
  ["kill of its process id", "", "kill $!"],
  ["SIGHUP to its process id", "", "kill -HUP $!"],
  ["kill of its job", "set -m", "kill %1"],
  ["SIGINT to its job, as Ctrl-C sends it", "set -m", "kill -INT %1"],
];
const endsIn = (shell: string): typeof ENDS => ENDS.filter(([, before]) => shell === "bash" || before === "");

describe.runIf(hasCurl).each(shells)("in %s", (shell) => {
  it.each(recipes.map(({ at, code }) => [at, code]))(
    "the command line of %s works as typed",
    async (_, code) => {
      const lines = code.replaceAll(":4010", `:${mock.port}`).replaceAll("4011", String(await freePort()));
      const { stderr, code: exit } = await typed(shell, lines, project);
      expect(stderr).not.toMatch(/error|not found|fix:/i);
      expect(exit).toBe(0);
    },
    3 * HANG_MS,
  );

  it.each(endsIn(shell))(
    "a recording in the background ends by %s, and the cassette is there",
    async (_, before, kill) => {
      const port = await freePort();
      const out = join(project, `recordings-${port}`, "hello.cassette.json");
      const lines = [
        before,
        `npx --no-install gatetape record --upstream ${mock.url}/v1 --out ${out} --port ${port} &`,
        asked(port),
        kill,
        "wait $!",
      ];
      await typed(shell, lines.join("\n"), project);
      expect(existsSync(out)).toBe(true);
      expect(JSON.parse(readFileSync(out, "utf8"))).toMatchObject({
        interactions: [{ request: { target: "/v1/models" } }],
      });
    },
    3 * HANG_MS,
  );

  it.each(endsIn(shell))(
    "npm start ends by %s",
    async (_, before, kill) => {
      const port = await freePort();
      const lines = [before, `npm start -- --port ${port} &`, asked(port), kill, "wait $!"];
      expect((await typed(shell, lines.join("\n"), root)).stdout).toContain(`http://127.0.0.1:${port}`);
    },
    3 * HANG_MS,
  );
});

it("finds the command lines", () => {
  expect(recipes.length).toBeGreaterThan(15);
});
