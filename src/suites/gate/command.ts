import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { within } from "../adapter/within.ts";
import { SuiteError } from "../suite-error.ts";
import type { CommandEnd } from "./traffic.ts";

export interface CommandOptions {
  /** Program and arguments; no shell is between. */
  readonly command: readonly string[];
  /** Variables that it inherits. @default process.env */
  readonly inherited?: Readonly<Record<string, string | undefined>>;
  /** Folder that it runs in. @default that of the process */
  readonly cwd?: string;
  /** `ignore`: its stdin is empty; absent: it reads where we read. */
  readonly stdin?: "ignore";
  readonly environment: Readonly<Record<string, string>>;
  /** When it is ended if it has not ended by itself, in ms. */
  readonly deadlineMs: number;
  /** Told of all that it writes to stdout; absent: it writes to where we write. */
  readonly onOutput?: (bytes: Buffer) => void;
  /** Told of all that it writes to stderr; absent: it writes to where we write. */
  readonly onErrorOutput?: (bytes: Buffer) => void;
  /** Its stdout goes to our stderr: ours has a meaning of its own. */
  readonly outputToStderr?: boolean;
}

export interface EndedCommand extends Omit<CommandEnd, "token"> {
  /** When it had ended, or its time was over, in ms since the epoch. */
  readonly endedAt: number;
}

export interface RunningCommand {
  readonly ended: Promise<EndedCommand>;
  /** Passes a signal on to the command and all that it has started. */
  signal(signal: NodeJS.Signals): void;
}

/** After SIGTERM, what is left of the group has so long, in ms, until SIGKILL. */
const TERM_MS = 2000;
/** Helpers of a command that has ended, as bundlers have them, end soon after it: so long, in ms, they may take. */
const SETTLE_MS = 300;
/** Nobody tells of the end of what is no child of ours. */
const POLL_MS = 20;
const MAX_TIMER_MS = 2 ** 31 - 1;
/** What a dead process has printed is read at once, unless another holds its pipe. */
const DRAIN_MS = 500;

/**
 * Starts a command as the leader of a process group of its own, which is ended with it.
 * @throws SuiteError if there is no such program
 */
export async function startCommand(options: CommandOptions): Promise<RunningCommand> {
  const [program = "", ...args] = options.command;
  const piped = options.onOutput !== undefined;
  const child = spawn(program, args, {
    stdio: [
      options.stdin ?? "inherit",
      piped ? "pipe" : options.outputToStderr ? 2 : "inherit",
      options.onErrorOutput === undefined ? "inherit" : "pipe",
    ],
    detached: true, // a group of its own
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...(options.inherited ?? process.env), ...options.environment },
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error: NodeJS.ErrnoException) => reject(notRunnable(program, error)));
  });
  child.stdout?.on("data", (bytes: Buffer) => options.onOutput?.(bytes));
  child.stderr?.on("data", (bytes: Buffer) => options.onErrorOutput?.(bytes));
  return { ended: watch(child, options), signal: (signal) => void signalGroup(child, signal) };
}

async function watch(child: ChildProcess, options: CommandOptions): Promise<EndedCommand> {
  const started = performance.now();
  const end: { exitCode: number | null; signal: NodeJS.Signals | null } = { exitCode: null, signal: null };
  const pipes = [child.stdout, child.stderr].filter((pipe) => pipe !== null);
  const drained = Promise.all(pipes.map((pipe) => new Promise<void>((closed) => pipe.once("close", closed))));
  // 'exit', not 'close': children that it has forked may hold its pipes open for ever.
  const exited = new Promise<void>((resolve) => {
    child.once("exit", (exitCode, signal) => {
      Object.assign(end, { exitCode, signal });
      resolve();
    });
  });
  const overdue = !(await within(exited, Math.min(options.deadlineMs, MAX_TIMER_MS)));
  const endedAt = performance.timeOrigin + performance.now();
  const ms = performance.now() - started;
  if (overdue) {
    signalGroup(child, "SIGTERM");
    if (!(await within(exited, TERM_MS))) signalGroup(child, "SIGKILL");
    await exited;
  }
  const leftBehind = await endGroup(child);
  await within(drained, DRAIN_MS);
  for (const pipe of pipes) pipe.destroy();
  return { ...end, ms, endedAt, overdue, leftBehind: leftBehind && !overdue };
}

/** Ends what is left of the group. True if there was something that did not end of its own accord. */
async function endGroup(child: ChildProcess): Promise<boolean> {
  if (await groupGone(child, SETTLE_MS)) return false;
  signalGroup(child, "SIGTERM");
  if (!(await groupGone(child, TERM_MS))) signalGroup(child, "SIGKILL");
  return true;
}

/** True if the group has no process any more within that many ms. */
async function groupGone(child: ChildProcess, ms: number): Promise<boolean> {
  const until = performance.now() + ms;
  while (signalGroup(child, 0)) {
    if (performance.now() >= until) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}

/** False if there is no such group any more. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ESRCH" || code === "EPERM") return false; // EPERM: only zombies are left, as macOS tells it
    throw error;
  }
}

/** What a shell says of a process that a signal has ended. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

function notRunnable(program: string, { code, message }: NodeJS.ErrnoException): SuiteError {
  const why = code === "ENOENT" ? "there is no such program" : message;
  return new SuiteError(
    "command",
    `can't run ${program}: ${why}`,
    "give a program and its arguments after --; for a line of shell: gatetape gate -- sh -c 'one && two'",
  );
}
