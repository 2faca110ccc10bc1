import { constants } from "node:os";
import { ProcessGroup, whyNotStarted, within } from "../../util/index.ts";
import { type CommandEnd, SuiteError } from "../model/index.ts";

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

/** Helpers of a command that has ended, as bundlers have them, end soon after it: so long, in ms, they may take. */
const SETTLE_MS = 300;
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Starts a command as the leader of a process group of its own, which is ended with it.
 * @throws SuiteError if there is no such program
 */
export async function startCommand(options: CommandOptions): Promise<RunningCommand> {
  const { command, environment, inherited, cwd, onOutput, onErrorOutput } = options;
  const group = new ProcessGroup({
    command,
    stdio: [
      options.stdin ?? "inherit",
      onOutput ? "pipe" : options.outputToStderr ? 2 : "inherit",
      onErrorOutput ? "pipe" : "inherit",
    ],
    inherited,
    cwd,
    environment,
  });
  try {
    await group.started;
  } catch (error) {
    throw commandNotRunnable(command[0] ?? "", error as NodeJS.ErrnoException);
  }
  group.child.stdout?.on("data", (bytes: Buffer) => onOutput?.(bytes));
  group.child.stderr?.on("data", (bytes: Buffer) => onErrorOutput?.(bytes));
  return { ended: watch(group, options.deadlineMs), signal: (signal) => void group.signal(signal) };
}

async function watch(group: ProcessGroup, deadlineMs: number): Promise<EndedCommand> {
  const started = performance.now();
  const overdue = !(await within(group.exited, Math.min(deadlineMs, MAX_TIMER_MS)));
  const endedAt = performance.timeOrigin + performance.now();
  const ms = performance.now() - started;
  if (overdue) await group.terminate();
  const leftBehind = await group.sweep(SETTLE_MS);
  await group.drain();
  group.child.stdout?.destroy();
  group.child.stderr?.destroy();
  return { ...(await group.exited), ms, endedAt, overdue, leftBehind: leftBehind && !overdue };
}

/** What a shell says of a process that a signal has ended. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

function commandNotRunnable(program: string, error: NodeJS.ErrnoException): SuiteError {
  return new SuiteError(
    "command",
    {},
    whyNotStarted(program, error),
    "give a program and its arguments after --; for a line of shell: gatetape gate -- sh -c 'one && two'",
  );
}
