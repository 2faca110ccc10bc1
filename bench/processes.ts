import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

/** A server that runs as a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  /** When it was spawned, on the clock of `performance.now()`. */
  readonly spawnedAt: number;
}

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 300_000;
/** The unit of times in /proc/PID/stat: USER_HZ, 100 on every Linux. */
const MS_PER_TICK = 10;

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

/**
 * Starts Node with these arguments and waits for the line `{"ready":{"port":…}}` on its stdout.
 * @throws Error with its stderr if it ends before, or says nothing in time
 */
export async function startServer(name: string, args: readonly string[]): Promise<ServerProcess> {
  const spawnedAt = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  child.once("exit", () => running.delete(child));
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const port = await new Promise<number>((resolve, reject) => {
    const fail = (what: string): void => {
      clearTimeout(timer);
      child.kill("SIGKILL"); // else it would keep the bench alive
      reject(new Error(`${name} ${what}: ${errors.trim() || "nothing on stderr"}`));
    };
    const timer = setTimeout(() => fail(`was not ready in ${READY_TIMEOUT_MS} ms`), READY_TIMEOUT_MS);
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code) => fail(`ended with code ${code} before it was ready`));
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      const line = out.split("\n", 1)[0] as string;
      if (line.length === out.length) return;
      clearTimeout(timer);
      child.stdout.removeAllListeners("data").resume();
      resolve((JSON.parse(line) as { ready: { port: number } }).ready.port);
    });
  });
  return { pid: child.pid as number, port, spawnedAt, [Symbol.asyncDispose]: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}

/** User and system time of a process so far, in ms; NaN where there is no /proc. */
export function cpuMs(pid: number): number {
  const stat = readProc(pid, "stat");
  // The command's name, in parentheses, may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

/** The resident memory of a process in MiB; NaN where there is no /proc. */
export function rssMib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readProc(pid, "status"))?.[1]) / 1024;
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
