/**
 * The command lines of README and docs, typed at terminals, of the package as others install it; and every way to end what
 * npx and npm have started.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type RunningMock, startMock } from "../../../src/mock/mock.ts";
import { freePort } from "../../support/free-port.ts";
import { installInProject, userEnvironment } from "../../support/installed.ts";
import { HANG_MS } from "../../support/limits.ts";
import { type Recipe, isOfServer, outputPattern, recipes, root } from "../../support/recipes.ts";
import { CTRL_C, HAS_TERMINALS, type Terminal, openTerminal } from "../../support/terminal.ts";
import { temporaryFolder } from "../../support/tmp.ts";

const isThere = (program: string): boolean => spawnSync(program, ["-c", "true"]).error === undefined;
const shells = ["dash", "bash"].filter(isThere);
for (const shell of ["dash", "bash"].filter((name) => !shells.includes(name)))
  console.log(`left out: the command lines of README and docs in ${shell} (there is none on this machine)`);
const canType = HAS_TERMINALS && spawnSync("curl", ["--version"]).status === 0;
if (!canType)
  console.log("left out: the command lines of README and docs (they need curl, and script of util-linux)");

const typed = recipes.filter(({ leftOut }) => leftOut === undefined);
for (const { at, code, leftOut } of recipes)
  if (leftOut !== undefined) console.log(`left out: ${at}: ${code.split("\n")[0]} (${leftOut})`);
console.log(
  `${recipes.length} command lines, of which ${typed.length} are typed; shells: ${shells.join(", ")}`,
);

const folder = temporaryFolder("npx");
/** A project for each shell. */
const projects = new Map<string, string>();
let installing: string[] = [];
let mock: RunningMock;
beforeAll(async () => {
  const { project, lines } = installInProject(folder);
  installing = lines;
  for (const shell of shells) {
    projects.set(shell, join(folder, shell));
    cpSync(project, join(folder, shell), { recursive: true, verbatimSymlinks: true });
  }
  mock = await startMock();
}, 10 * HANG_MS);
afterAll(() => mock.close());

const projectOf = (shell: string): string => projects.get(shell) ?? "";
const open = (shell: string, cwd = projectOf(shell), env: NodeJS.ProcessEnv = {}): Promise<Terminal> =>
  openTerminal(shell, { cwd, env: { ...userEnvironment(projectOf(shell)), ...env } });

/** Resolves when nobody listens on the port any more. Hooks call it, too, where `expect.poll` is not to be had. */
async function isFree(port: number): Promise<void> {
  await vi.waitFor(
    () =>
      new Promise<void>((resolve, reject) => {
        const socket = connect(port, "127.0.0.1");
        socket.once("connect", () => {
          socket.destroy();
          reject(new Error(`port ${port} is in use`));
        });
        socket.once("error", () => resolve());
      }),
    { timeout: HANG_MS },
  );
}

/** A server that a page has told to start, at a terminal of its own. */
interface Server {
  readonly terminal: Terminal;
  readonly port: number;
}

async function startServer(shell: string, { code }: Recipe): Promise<Server> {
  const port = await freePort();
  const terminal = await open(shell);
  const line = code.trim().replace(/ --port 0\b/, "");
  await terminal.start(`${line} --port ${port}`, /Ctrl-C|"ready".*\n/);
  return { terminal, port };
}

async function stopServer(server: Server | undefined): Promise<void> {
  if (server === undefined) return;
  await server.terminal.press(CTRL_C);
  await isFree(server.port);
  await server.terminal.hangUp();
}

describe.runIf(canType).each(shells)("at a terminal of %s", (shell) => {
  describe.each([...new Set(typed.map(({ file }) => file))])("%s", (page) => {
    let inProject: Terminal;
    let inCheckout: Terminal;
    let server: Server | undefined;
    beforeAll(async () => {
      inProject = await open(shell);
      inCheckout = await open(shell, root);
    });
    afterAll(async () => {
      await stopServer(server);
      await inProject.hangUp();
      await inCheckout.hangUp();
    });

    /** Types a recipe, each line at the prompt after the last one. @returns what the lines have put on the screen */
    async function type(recipe: Recipe): Promise<string> {
      const recorder = await freePort();
      const terminal = recipe.inCheckout ? inCheckout : inProject;
      let shown = "";
      for (const line of recipe.code.trimEnd().split("\n")) {
        const here = line
          .replaceAll(":4010", `:${server?.port ?? mock.port}`)
          .replaceAll("4011", String(recorder));
        const { text, status } = await terminal.run(here);
        expect([line, status, text]).toEqual([line, 0, text]);
        shown += text;
      }
      return shown;
    }

    it.each(typed.filter(({ file }) => file === page).map((recipe) => [recipe.at, recipe]))(
      "%s works as typed",
      async (_, recipe) => {
        for (const [name, text] of Object.entries(recipe.files))
          writeFileSync(join(projectOf(shell), name), text);
        if (recipe.isServer) {
          await stopServer(server);
          server = await startServer(shell, recipe);
        }
        const shown = recipe.isServer ? "" : await type(recipe);
        expect(recipe.outputs.length > 0 ? "" : shown).not.toMatch(/^gatetape: |error:|not found$|fix:/im);
        const ofServer = recipe.outputs.filter((output) => isOfServer(recipe, output));
        const ofLines = recipe.outputs.filter((output) => !ofServer.includes(output));
        expect(ofLines.filter(({ code }) => !outputPattern(code).test(shown))).toEqual([]);
        // A line of the mock's log is printed when the connection has all of the answer.
        for (const { code } of ofServer) await server?.terminal.shows(outputPattern(code));
      },
      3 * HANG_MS,
    );
  });
});

const asked = (port: number): string =>
  `curl -sf --retry 300 --retry-delay 1 --retry-connrefused -o /dev/null http://127.0.0.1:${port}/v1/models -H 'Authorization: Bearer sk-anything'`;

/** Asks beside the terminals. Not synchronously: the upstream is in this process. */
async function ask(port: number): Promise<void> {
  const [status] = (await once(spawn("sh", ["-c", asked(port)], { stdio: "ignore" }), "close")) as [number];
  expect(status).toBe(0);
}

/** A cassette with the one answer that was asked for, and nothing of the recorder beside it. */
async function isRecorded(out: string): Promise<void> {
  await expect
    .poll(() => (existsSync(dirname(out)) ? readdirSync(dirname(out)) : []), { timeout: HANG_MS })
    .toEqual([basename(out)]);
  expect(JSON.parse(readFileSync(out, "utf8"))).toMatchObject({
    interactions: [{ request: { target: "/v1/models" } }],
  });
}

/** Ways to end what is in the background of a terminal, by a line that is typed there. */
const KILLS = ["kill $!", "kill -HUP $!", "kill -KILL $!", "kill %1", "kill -INT %1", "kill -HUP %1"];

describe.runIf(canType).each(shells)("what %s has started ends", (shell) => {
  let out: string;
  let port: number;
  const record = async (): Promise<string> => {
    port = await freePort();
    out = join(projectOf(shell), `recordings-${port}`, "hello.cassette.json");
    return `npx --no-install gatetape record --upstream ${mock.url}/v1 --out ${out} --port ${port}`;
  };

  it.each(KILLS)(
    "a recording in the background: %s",
    async (kill) => {
      const terminal = await open(shell);
      await terminal.run(`${await record()} &`);
      expect(await terminal.run(asked(port))).toMatchObject({ status: 0 });
      await terminal.run(kill);
      await terminal.run("wait");
      await isFree(port);
      await isRecorded(out);
      await terminal.hangUp();
    },
    3 * HANG_MS,
  );

  it.each([
    ["npm's shell is the system's", {}],
    // bash gives its place to the command: Ctrl-C reaches the command twice, from the terminal and from npm.
    ["npm's shell is bash", { npm_config_script_shell: "bash" }],
  ])(
    "a recording in the foreground: Ctrl-C, %s",
    async (_, env) => {
      const terminal = await open(shell, projectOf(shell), env);
      await terminal.start(await record(), /Ctrl-C/);
      await ask(port);
      const { text } = await terminal.press(CTRL_C);
      expect(text).toMatch(/1 interaction/);
      await isFree(port);
      await isRecorded(out);
      await terminal.hangUp();
    },
    3 * HANG_MS,
  );

  it.each(shell === "bash" ? ["foreground", "background"] : ["foreground"])(
    "a recording in the %s: its terminal is closed",
    async (where) => {
      const terminal = await open(shell);
      await terminal.start(`${await record()}${where === "background" ? " &" : ""}`, /Ctrl-C/);
      await ask(port);
      await terminal.hangUp();
      await isFree(port);
      await isRecorded(out);
      expect(existsSync(out)).toBe(true);
    },
    3 * HANG_MS,
  );

  it.each(["kill $!", "kill -HUP $!", "kill -KILL $!"])(
    "a recording of a script of the shell: %s",
    async (kill) => {
      const lines = [`${await record()} &`, asked(port), kill, "wait $!"].join("\n");
      const child = spawn(shell, ["-c", lines], {
        cwd: projectOf(shell),
        env: userEnvironment(projectOf(shell)),
        stdio: "ignore",
      });
      await once(child, "close");
      await isFree(port);
      await isRecorded(out);
      expect(existsSync(out)).toBe(true);
    },
    3 * HANG_MS,
  );

  it.each([...KILLS, "kill -INT $!"])(
    "npm start in the background: %s",
    async (kill) => {
      const terminal = await open(shell, root);
      port = await freePort();
      await terminal.run(`npm start -- --port ${port} &`);
      expect(await terminal.run(asked(port))).toMatchObject({ status: 0 });
      await terminal.run(kill);
      await terminal.run("wait");
      await isFree(port);
      await terminal.hangUp();
    },
    3 * HANG_MS,
  );

  it("npm start in the foreground: Ctrl-C", async () => {
    const terminal = await open(shell, root);
    port = await freePort();
    await terminal.start(`npm start -- --port ${port}`, /Ctrl-C/);
    expect(await terminal.press(CTRL_C)).toMatchObject({ status: 0 });
    await isFree(port);
    await terminal.hangUp();
  });
});

it("was installed as README says", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  for (const line of installing) expect(readme).toContain(`\`${line}\``);
  expect(typed.length).toBeGreaterThan(25);
});
