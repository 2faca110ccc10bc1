import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { groupCpuMs } from "./group-cpu.ts";
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
/** Nobody reports the end of a process that is no child of ours: the group is polled this often (ms). */
const POLL_MS = 20;

/** A child process that leads a process group of its own, so that it can be ended with all that it has started. */
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

  constructor({ command, stdio, cwd, inherited = process.env, environment }: ProcessGroupOptions) {
    const [program = "", ...args] = command;
    this.child = spawn(program, args, {
      stdio,
      detached: true,
      cwd,
      env: { ...inherited, ...environment },
    });
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

  /** Signals the whole group; 0 only asks. @returns false if there is no such group any more */
  signal(signal: NodeJS.Signals | 0): boolean {
    const { pid } = this.child;
    if (pid === undefined) return false;
    try {
      process.kill(-pid, signal);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ESRCH" || code === "EPERM") return false; // EPERM: only zombies are left, as macOS reports it
      throw error;
    }
  }

  /** CPU time (ms) that the group's processes and their ended children have used; `undefined` without a Linux `/proc`. */
  cpuMs(): number | undefined {
    const { pid } = this.child;
    return pid === undefined ? undefined : groupCpuMs(pid);
  }

  /** Waits, for a short time, until all that the dead leader printed has been read. */
  async drain(): Promise<void> {
    await within(this.#printed, DRAIN_MS);
  }

  /** Ends the leader: by SIGTERM, and by SIGKILL if it takes longer than `TERM_MS`. */
  async terminate(): Promise<void> {
    this.signal("SIGTERM");
    if (!(await within(this.exited, TERM_MS))) this.signal("SIGKILL");
    await this.exited;
  }

  /**
   * Ends what is left of the group after its leader.
   * @param settleMs time (ms) that the rest has to end of its own accord
   * @returns true if there was something that did not
   */
  async sweep(settleMs: number): Promise<boolean> {
    if (await this.#goneWithin(settleMs)) return false;
    this.signal("SIGTERM");
    if (!(await this.#goneWithin(TERM_MS))) this.signal("SIGKILL");
    return true;
  }

  /** Resolves to whether the group had no process any more within `ms`. */
  async #goneWithin(ms: number): Promise<boolean> {
    const until = performance.now() + ms;
    while (this.signal(0)) {
      if (performance.now() >= until) return false;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return true;
  }
}

/** The reason why a program could not be started, as a sentence. */
export function whyNotStarted(program: string, { code, message }: NodeJS.ErrnoException): string {
  return `can't run ${program}: ${code === "ENOENT" ? "there is no such program" : message}`;
}
