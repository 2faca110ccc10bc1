/** What a command does when the programs around it end: npm and npx, a script, nohup, the reader of its output. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import type { Ready } from "../support/cli.ts";
import { HANG_MS } from "../support/limits.ts";
import { temporaryFolder } from "../support/tmp.ts";
import { MAIN } from "../support/main.ts";

const MOCK = "gatetape mock --port 0 --json --quiet --cassettes none";
const project = temporaryFolder("started-by");
mkdirSync(join(project, "node_modules/.bin"), { recursive: true });
program("node_modules/.bin/gatetape", `exec '${process.execPath}' '${MAIN}' "$@"`);
// Ends when the mock is ready, as a script does that prepares something for others.
program("prepare.sh", `${MOCK} >ready & until grep -q ready ready; do sleep 0.05; done; cat ready`);
writeFileSync(
  join(project, "package.json"),
  JSON.stringify({
    private: true,
    scripts: {
      mock: MOCK,
      "in-a-subshell": `(cd . && ${MOCK})`,
      "left-by-job": `${MOCK} >ready-2 & until grep -q ready ready-2; do sleep 0.05; done; cat ready-2`,
      "left-by-program": "sh ./prepare.sh",
    },
  }),
);

function program(file: string, text: string): void {
  writeFileSync(join(project, file), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

interface Started {
  readonly child: ChildProcess;
  readonly ready: Ready & { readonly pid: number };
}

/** Starts a command, as at the shell of a user. Resolves when the mock that it starts is ready. */
async function start(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Started> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("npm_"));
  const child = spawn(command, args, {
    cwd: project,
    env: { ...Object.fromEntries(own), npm_config_update_notifier: "false", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines)
    if (line.startsWith('{"ready"')) return { child, ...(JSON.parse(line) as { ready: Started["ready"] }) };
  throw new Error(`${command} ${args.join(" ")} has started no mock`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The exit code or the signal by which a child process of ours ends, or has ended. */
async function ended(child: ChildProcess): Promise<number | string | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode ?? child.signalCode;
}

async function ends({ ready }: Started): Promise<void> {
  await expect.poll(() => isAlive(ready.pid), { timeout: HANG_MS }).toBe(false);
}

describe("a command that npm waits for", () => {
  const npx = ["--no-install", ...MOCK.split(" ")];
  it.each([
    ["npx", npx, "SIGTERM"],
    ["npx", npx, "SIGHUP"],
    ["npx", npx, "SIGKILL"],
    ["npm", ["run", "--silent", "mock"], "SIGTERM"],
    ["npm", ["run", "--silent", "mock"], "SIGKILL"],
    ["npm", ["run", "--silent", "in-a-subshell"], "SIGKILL"],
  ] as const)("ends with %s %j after %s", async (command, args, signal) => {
    const started = await start(command, args);
    started.child.kill(signal);
    await ends(started);
    expect(await ended(started.child)).toBe(signal);
  });

  it("ends if npx has ended before it began", async () => {
    // A shell that starts the command only when the npx between is gone; its own end leaves the command to init.
    program(
      "late.sh",
      `(while kill -0 $$ 2>&-; do sleep 0.05; done; exec ${join(project, "node_modules/.bin")}/${MOCK}) &`,
    );
    const started = await start("sh", ["./late.sh"], {
      npm_lifecycle_event: "npx",
      npm_lifecycle_script: "'gatetape'",
    });
    await ends(started);
    expect(isAlive(started.ready.pid)).toBe(false);
  });
});

describe("a command that is left behind on purpose", () => {
  it.each([["left-by-job"], ["left-by-program"]])("goes on after the script %s of npm", async (script) => {
    const { child, ready } = await start("npm", ["run", "--silent", script]);
    const exit = await ended(child);
    const answer = await fetch(`${ready.url}/health`);
    expect([exit, answer.status]).toEqual([0, 200]);
    process.kill(ready.pid);
    await ends({ child, ready });
  });

  it("goes on after SIGHUP under nohup", async () => {
    // `_` is what bash and zsh say they run; Node has undone what nohup does.
    const [name, ...args] = MOCK.split(" ");
    const bin = join(project, "node_modules/.bin", name ?? "");
    const { child, ready } = await start("nohup", [bin, ...args], { _: "/usr/bin/nohup" });
    child.kill("SIGHUP");
    const answer = await fetch(`${ready.url}/health`);
    expect(answer.status).toBe(200);
    child.kill();
    expect(await ended(child)).toBe(0);
  });
});

describe("a command whose output nobody reads", () => {
  const direct = ["mock", "--port", "0", "--json", "--cassettes", "none"];

  it("goes on when its reader has gone", async () => {
    const { child, ready } = await start(process.execPath, [MAIN, ...direct]);
    child.stdout?.destroy();
    for (let i = 0; i < 5; i++) expect((await fetch(`${ready.url}/health`)).status).toBe(200);
    child.kill();
    expect(await ended(child)).toBe(0);
  });

  it("ends by SIGTERM when the pipe is full", async () => {
    const { child, ready } = await start(process.execPath, [MAIN, ...direct]);
    child.stdout?.pause();
    for (let i = 0; i < 1000; i++) await (await fetch(`${ready.url}/health`)).text();
    child.kill();
    expect(await ended(child)).toBe(0);
  });
});
