import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

const MAIN = new URL("../../src/cli/main.ts", import.meta.url).pathname;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as its own process. */
export function gatetape(args: readonly string[], options: { cwd?: string } = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"], ...options });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
    child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

export interface Served {
  readonly child: ChildProcess;
  /** Every line printed so far. */
  readonly lines: string[];
  /** Resolves with the first line for which the test is true, printed before or after. */
  line(test: (line: string) => boolean): Promise<string>;
  /** Ends the process and gives its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts a command that goes on until it is stopped. */
export function serve(args: readonly string[], options: { cwd?: string } = {}): Served {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    ...options,
  });
  const lines: string[] = [];
  const waiting: { test: (line: string) => boolean; resolve: (line: string) => void }[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    for (const { test, resolve } of waiting) if (test(line)) resolve(line);
  });
  const closed = new Promise<number | null>((resolve) => child.on("close", (code) => resolve(code)));
  return {
    child,
    lines,
    line: (test) =>
      new Promise((resolve, reject) => {
        const known = lines.find(test);
        if (known !== undefined) return resolve(known);
        waiting.push({ test, resolve });
        void closed.then(() =>
          reject(new Error(`ended before it printed that; printed: ${lines.join("\n")}`)),
        );
      }),
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
