import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { PassThrough, Readable, Writable } from "node:stream";
import { run } from "../../src/cli/cli.ts";

import { MAIN } from "./main.ts";

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** @default the folder of the tests' process */
  readonly cwd?: string;
  /** Variables beside those of the tests' process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Text on stdin. @default empty */
  readonly stdin?: string;
}

/** Runs a command line in this process. */
export async function gatetape(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const [stdout, stderr] = [new Collected(), new Collected()];
  const code = await runHere(args, options, stdout, stderr, new AbortController().signal);
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** Runs a command line as its own process. */
export function gatetapeProcess(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], spawnOptions(options, "pipe"));
    let stdout = "";
    let stderr = "";
    child.stdout?.on("data", (text: Buffer) => (stdout += text.toString()));
    child.stderr?.on("data", (text: Buffer) => (stderr += text.toString()));
    child.stdin?.end(options.stdin);
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

export interface Served {
  /** Every line printed so far. */
  readonly lines: string[];
  /** Resolves with the first line for which the test is true, printed before or after. */
  line(test: (line: string) => boolean): Promise<string>;
  /** Ends the command and gives its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface ServedProcess extends Served {
  readonly child: ChildProcess;
}

/** Starts a command in this process that goes on until it is stopped. */
export function serve(args: readonly string[], options: RunOptions = {}): Served {
  const stdout = new PassThrough();
  const stderr = new Writable({
    write: (bytes: Buffer, _, done) => void process.stderr.write(bytes, () => done()),
  });
  const controller = new AbortController();
  const closed = runHere(args, options, stdout, stderr, controller.signal).finally(async () => {
    stdout.end();
    await printed.closed;
  });
  const printed = linesOf(stdout, closed);
  return {
    lines: printed.lines,
    line: printed.line,
    stop: (signal = "SIGTERM") => {
      controller.abort(signal);
      return closed;
    },
  };
}

/** Starts a command as its own process that goes on until it is stopped. */
export function serveProcess(args: readonly string[], options: RunOptions = {}): ServedProcess {
  const child = spawn(process.execPath, [MAIN, ...args], spawnOptions(options, "inherit"));
  // A test that failed before it stopped the command would keep the run from its end.
  process.on("exit", () => child.kill("SIGKILL"));
  const closed = new Promise<number | null>((resolve) => child.on("close", (code) => resolve(code)));
  child.stdin?.end(options.stdin);
  const printed = linesOf(child.stdout as Readable, closed);
  return {
    child,
    lines: printed.lines,
    line: printed.line,
    stop: (signal = "SIGTERM") => {
      child.kill(signal);
      return closed;
    },
  };
}

export interface Ready {
  readonly url: string;
  readonly base: string;
  readonly host: string;
  readonly port: number;
  readonly ogl: string;
  readonly interactions: number;
  readonly operations: Record<string, number>;
  readonly origins: Record<string, number>;
}

/** The ready line of `gatetape mock --json`. */
export async function ready(served: Served): Promise<Ready> {
  const line = await served.line((text) => text.startsWith('{"ready"'));
  return (JSON.parse(line) as { ready: Ready }).ready;
}

function runHere(
  args: readonly string[],
  { cwd = process.cwd(), env = {}, stdin = "" }: RunOptions,
  stdout: Writable,
  stderr: Writable,
  signal: AbortSignal,
): Promise<number> {
  return run([process.execPath, MAIN, ...args], {
    stdin: Readable.from(stdin === "" ? [] : [Buffer.from(stdin)]),
    stdout,
    stderr,
    env: { ...process.env, ...env },
    cwd,
    signal,
  });
}

/** A stream that keeps all that is written to it. */
class Collected extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}

function spawnOptions(
  { cwd, env, stdin }: RunOptions,
  stderr: "pipe" | "inherit",
): {
  readonly stdio: ["pipe" | "ignore", "pipe", "pipe" | "inherit"];
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
} {
  return {
    stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", stderr],
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
  };
}

interface Printed extends Pick<Served, "lines"> {
  readonly line: Served["line"];
  /** Resolves after the last line. */
  readonly closed: Promise<unknown>;
}

function linesOf(stdout: Readable, ended: Promise<unknown>): Printed {
  const lines: string[] = [];
  const waiting: { test: (line: string) => boolean; resolve: (line: string) => void }[] = [];
  const reader = createInterface({ input: stdout });
  const closed = new Promise<void>((resolve) => reader.once("close", resolve));
  reader.on("line", (line) => {
    lines.push(line);
    for (const { test, resolve } of waiting) if (test(line)) resolve(line);
  });
  return {
    lines,
    closed,
    line: (test) =>
      new Promise((resolve, reject) => {
        const known = lines.find(test);
        if (known !== undefined) return resolve(known);
        waiting.push({ test, resolve });
        void ended.then(() =>
          reject(new Error(`ended before it printed that; printed: ${lines.join("\n")}`)),
        );
      }),
  };
}
