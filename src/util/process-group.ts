import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { type CpuUse, groupCpuUse } from "./cpu-use.ts";
import {
  type Run,
  endRun,
  guardRun,
  isGoneWithin,
  markedBy,
  newMark,
  signalGroup,
  signalRun,
} from "./process/index.ts";
import { within } from "./within.ts";

export interface ProcessGroupOptions {
  /** Program and arguments; no shell is between. */
  readonly command: readonly string[];
  readonly stdio: StdioOptions;
  readonly cwd?: string | undefined;
  /** Variables that it inherits. @default process.env */
  readonly inherited?: Readonly<Record<string, string | undefined>> | undefined;
  /** Added to what it inherits. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** End of a process; both members are `null` if it could not be started. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Time (ms) that processes have to end after SIGTERM, before SIGKILL. */
export const TERM_MS = 2000;
/** Time (ms) for reading what a dead process has printed: it is in the pipe, unless another process holds that open. */
const DRAIN_MS = 500;

/**
 * A child process that leads a process group of its own, and is ended with all that it has started: with the group, and on
 * Linux with what has left it. If gatetape ends first, a watchdog ends them.
 */
export class ProcessGroup {
  readonly child: ChildProcess;
  /** Resolves when the program runs; rejects with the system's error if it can't be run. */
  readonly started: Promise<void>;
  /**
   * Resolves when the leader has exited, or could not be started. By its `exit`, not `close`: children that it has forked
   * may hold its pipes open for ever.
   */
  readonly exited: Promise<ProcessEnd>;
  readonly #printed: Promise<void>;
  readonly #mark = newMark();
  /** `undefined` if the program could not be started. */
  readonly #run: Run | undefined;
  readonly #release: () => void;

  constructor({ command, stdio, cwd, inherited = process.env, environment }: ProcessGroupOptions) {
    const [program = "", ...args] = command;
    this.child = spawn(program, args, {
      stdio,
      detached: true,
      cwd,
      env: { ...inherited, ...environment, ...markedBy(this.#mark, inherited) },
    });
    const { pid } = this.child;
    this.#run = pid === undefined ? undefined : { group: pid, mark: this.#mark };
    this.#release = this.#run === undefined ? () => {} : guardRun(this.#run);
    this.started = new Promise((resolve, reject) => {
      this.child.once("spawn", resolve);
      this.child.once("error", reject);
    });
    this.started.catch(() => {}); // for a user who only waits for the end
    this.exited = new Promise((resolve) => {
      this.child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
      this.child.once("error", () => resolve({ exitCode: null, signal: null }));
    });
    const { stdout } = this.child;
    this.#printed = new Promise((resolve) => (stdout === null ? resolve() : stdout.once("close", resolve)));
  }

  /** Signals the group, as a terminal does: what has left it is not told. */
  signal(signal: NodeJS.Signals): void {
    if (this.#run !== undefined) signalGroup(this.#run, signal);
  }

  /** Kills the leader and all that it has started. */
  kill(): void {
    if (this.#run !== undefined) signalRun(this.#run, "SIGKILL");
    this.#release();
  }

  /** Share that the group's processes have had of the processors; `undefined` without a Linux `/proc`. */
  cpuUse(): CpuUse | undefined {
    const { pid } = this.child;
    return pid === undefined ? undefined : groupCpuUse(pid);
  }

  /** Waits, for a short time, until all that the dead leader printed has been read. */
  async drain(): Promise<void> {
    await within(this.#printed, DRAIN_MS);
  }

  /**
   * Ends the leader: by SIGTERM, and by SIGKILL with all that it has started if it takes longer.
   * @param termMs time (ms) to end after SIGTERM
   */
  async terminate(termMs: number = TERM_MS): Promise<void> {
    this.signal("SIGTERM");
    if (!(await within(this.exited, termMs)) && this.#run !== undefined) signalRun(this.#run, "SIGKILL");
    await this.exited;
  }

  /**
   * Ends what the leader has left behind.
   * @param settleMs time (ms) that the rest has to end of its own accord
   * @returns true if there was something that did not
   */
  async sweep(settleMs: number): Promise<boolean> {
    const left = this.#run !== undefined && !(await isGoneWithin(this.#run, settleMs));
    if (left && this.#run !== undefined) await endRun(this.#run, TERM_MS);
    this.#release();
    return left;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such program",
  EACCES: "it is no program, or may not be executed",
};

/** The reason why a program could not be started, as a sentence. */
export function whyNotStarted(program: string, { code, message }: NodeJS.ErrnoException): string {
  return `can't run ${program}: ${REASONS[code ?? ""] ?? message}`;
}
