import { constants } from "node:os";
import { ProcessGroup, whyNotStarted, within } from "../../util/index.ts";
import { type CommandEnd, SuiteError } from "../model/index.ts";

export interface CommandOptions {
  /** Program and arguments, run without a shell. */
  readonly command: readonly string[];
  /** All environment variables of the command. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Working folder. @default that of the process */
  readonly cwd?: string;
  /** `ignore`: an empty stdin; absent: gatetape's own stdin. */
  readonly stdin?: "ignore";
  /** Time limit (ms) after which the command is terminated. */
  readonly deadlineMs: number;
  /** Called with each read from stdout; absent: stdout is inherited. */
  readonly onOutput?: (bytes: Buffer) => void;
  /** Called with each read from stderr; absent: stderr is inherited. */
  readonly onErrorOutput?: (bytes: Buffer) => void;
  /** Send the command's stdout to gatetape's stderr, since gatetape's stdout carries the report. */
  readonly outputToStderr?: boolean;
}

export interface EndedCommand extends Omit<CommandEnd, "token"> {
  /** Time (ms since the epoch) at which the command ended or its time was over. */
  readonly endedAt: number;
}

export interface RunningCommand {
  readonly ended: Promise<EndedCommand>;
  /** Passes a signal on to the command's process group. */
  signal(signal: NodeJS.Signals): void;
}

/** Time (ms) that a command has to end after a signal that was passed on; then it gets SIGTERM, and soon SIGKILL. */
const INTERRUPTED_MS = 2000;
const INTERRUPTED_TERM_MS = 1000;
/** Time (ms) in which helper processes of an ended command, such as those of bundlers, may end by themselves. */
const SETTLE_MS = 300;
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Starts a command as the leader of its own process group; the group is terminated with it.
 * @throws SuiteError if the program cannot be started
 */
export async function startCommand(options: CommandOptions): Promise<RunningCommand> {
  const { command, variables, cwd, onOutput, onErrorOutput } = options;
  const group = new ProcessGroup({
    command,
    stdio: [
      options.stdin ?? "inherit",
      onOutput ? "pipe" : options.outputToStderr ? 2 : "inherit",
      onErrorOutput ? "pipe" : "inherit",
    ],
    inherited: variables,
    cwd,
  });
  try {
    await group.started;
  } catch (error) {
    throw commandNotRunnable(command[0] ?? "", error as NodeJS.ErrnoException);
  }
  group.child.stdout?.on("data", (bytes: Buffer) => onOutput?.(bytes));
  group.child.stderr?.on("data", (bytes: Buffer) => onErrorOutput?.(bytes));
  const interruption = new Interruption();
  return {
    ended: watch(group, options.deadlineMs, interruption),
    signal: (signal) => {
      group.signal(signal);
      interruption.begin();
    },
  };
}

/** A signal that was passed on, and the end of the time that it gives. */
class Interruption {
  readonly isOver: Promise<void>;
  #over: () => void = () => {};
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    this.isOver = new Promise((resolve) => (this.#over = resolve));
  }

  begin(): void {
    this.#timer ??= setTimeout(this.#over, INTERRUPTED_MS);
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}

async function watch(
  group: ProcessGroup,
  deadlineMs: number,
  interruption: Interruption,
): Promise<EndedCommand> {
  const started = performance.now();
  const ending = Promise.race([group.exited, interruption.isOver.then(() => STUBBORN)]);
  const overdue = !(await within(ending, Math.min(deadlineMs, MAX_TIMER_MS)));
  const endedAt = performance.timeOrigin + performance.now();
  const ms = performance.now() - started;
  if (overdue) await group.terminate();
  else if ((await ending) === STUBBORN) await group.terminate(INTERRUPTED_TERM_MS);
  interruption.cancel();
  const leftBehind = await group.sweep(SETTLE_MS);
  await group.drain();
  group.child.stdout?.destroy();
  group.child.stderr?.destroy();
  return { ...(await group.exited), ms, endedAt, overdue, leftBehind: leftBehind && !overdue };
}

/** Ending of a command that goes on in spite of a signal. */
const STUBBORN = Symbol("stubborn");

/** Exit code that a shell reports for a process ended by a signal: 128 + the signal's number. */
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
