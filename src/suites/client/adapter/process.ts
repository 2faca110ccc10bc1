import { Lines, ProcessGroup, TERM_MS, within, type CpuUse } from "../../../util/index.ts";
import { ClientFailure, type ClientHello, type ClientRun, type Outcome, Skip } from "../../model/index.ts";
import { AdapterError, noHello, notRunnable } from "./adapter-error.ts";
import {
  type FromAdapter,
  type FromRunner,
  MessageError,
  PROTOCOL,
  parseMessage,
  printMessage,
} from "./messages.ts";

export interface AdapterOptions {
  /** Program and arguments, run without a shell. */
  readonly command: readonly string[];
  readonly cwd?: string;
  /** Environment variables that the process inherits. @default process.env */
  readonly inherited?: Readonly<Record<string, string | undefined>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Name and version of the runner, sent in its hello. */
  readonly runner: string;
  /** Time limit (ms) for a start, until the hello. @default 120_000 */
  readonly startMs?: number;
  /** Called with each line on stdout that is not a message, and with everything from stderr. */
  readonly onLog?: (text: string) => void;
}

/** Time limit (ms) for the hello: Python with its packages on a cold disk, or a JVM on a busy machine, starts slowly. */
const START_MS = 120_000;
/** Time (ms) in which a cancelled run must end; later the process counts as hung. */
const CANCEL_MS = 1000;
/** Time (ms) between `bye` and SIGTERM. */
const BYE_MS = 3000;
const STDERR_KEPT = 2000;

interface Running {
  resolve(outcome: Outcome): void;
  reject(error: Error): void;
}

/** Adapter process that speaks the protocol. It leads its own process group, which is terminated with it. */
export class AdapterProcess {
  readonly #group: ProcessGroup;
  readonly #options: AdapterOptions;
  readonly #running = new Map<string, Running>();
  readonly #answered = new Set<string>();
  readonly #exited: Promise<void>;
  #hello: ((message: FromAdapter["hello"]) => void) | undefined;
  #failHello: (error: Error) => void = () => {};
  #stderr = "";
  /** Reason of the runner for killing the process, if it did. */
  #ending: string | undefined;
  #cpuAtKill: CpuUse | undefined;
  /** The process takes no more runs. */
  gone = false;
  /** Protocol violations that no run could be blamed for. */
  readonly problems: string[] = [];

  private constructor(options: AdapterOptions) {
    this.#options = options;
    const { command, cwd, inherited, environment } = options;
    this.#group = new ProcessGroup({ command, stdio: ["pipe", "pipe", "pipe"], cwd, inherited, environment });
    const { stdin, stdout, stderr } = this.#group.child;
    stdin?.on("error", () => {}); // the exit follows and has the reason
    const lines = new Lines(
      (line) => this.#line(line),
      () => this.#broke(new MessageError("a line is longer than 16 MiB")),
    );
    stdout?.on("data", (bytes: Buffer) => lines.push(bytes));
    stderr?.on("data", (bytes: Buffer) => {
      const text = bytes.toString("utf8");
      this.#stderr = (this.#stderr + text).slice(-STDERR_KEPT);
      options.onLog?.(text);
    });
    this.#exited = this.#watch(command[0] ?? "", lines);
  }

  async #watch(program: string, lines: Lines): Promise<void> {
    try {
      await this.#group.started;
    } catch (error) {
      this.#failHello(notRunnable(program, error as NodeJS.ErrnoException));
      this.#gone((error as Error).message);
      return;
    }
    const { exitCode, signal } = await this.#group.exited;
    await this.#group.drain(); // output already in the pipe still counts
    lines.end();
    this.#gone(`ended ${signal === null ? `with exit code ${exitCode}` : `by ${signal}`}`);
  }

  /** Starts a process. Its hello rejects with an AdapterError if the command is not an adapter. */
  static start(options: AdapterOptions): { process: AdapterProcess; hello: Promise<ClientHello> } {
    const process = new AdapterProcess(options);
    return { process, hello: process.#begin() };
  }

  async #begin(): Promise<ClientHello> {
    try {
      return await this.#introduce();
    } catch (error) {
      this.kill("the adapter sent no hello");
      throw error;
    }
  }

  /** The processors' time of the process and its group; of a killed one as it was before that. */
  cpuUse(): CpuUse | undefined {
    return this.#cpuAtKill ?? this.#group.cpuUse();
  }

  run(run: ClientRun, signal: AbortSignal): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const cancel = (): void => {
        this.#send({ cancel: { id: run.id } });
        timer = setTimeout(() => this.#hung(run), CANCEL_MS);
      };
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", cancel);
        this.#running.delete(run.id);
        this.#answered.add(run.id);
      };
      this.#running.set(run.id, {
        resolve: (outcome) => {
          settle();
          resolve(outcome);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      if (this.gone) {
        this.#running.get(run.id)?.reject(new ClientFailure("interrupted", "the process has ended"));
        return;
      }
      signal.addEventListener("abort", cancel, { once: true });
      this.#send({ run });
    });
  }

  closeSession(session: string): void {
    if (!this.gone) this.#send({ close: { session } });
  }

  /** Ends the process with `bye`, then SIGTERM, then SIGKILL for its whole group. */
  async stop(): Promise<void> {
    if (!this.gone) {
      this.#send({ bye: {} });
      this.#group.child.stdin?.end();
    }
    this.gone = true;
    if (!(await within(this.#exited, BYE_MS))) {
      this.#group.signal("SIGTERM");
      await within(this.#exited, TERM_MS);
    }
    this.kill("the run is over");
    await this.#exited;
  }

  /** Kills the process group at once. */
  kill(reason: string): void {
    this.#ending ??= reason;
    if (!this.gone) this.#cpuAtKill = this.#group.cpuUse();
    this.#group.kill();
    this.#gone(reason);
  }

  async #introduce(): Promise<ClientHello> {
    const waiting = new Promise<FromAdapter["hello"]>((resolve, reject) => {
      this.#hello = resolve;
      this.#failHello = reject;
    });
    const { startMs = START_MS } = this.#options;
    const timer = setTimeout(
      () => this.#failHello(noHello(`no hello within ${startMs / 1000} s`, this.#stderr)),
      startMs,
    );
    this.#send({ hello: { protocol: PROTOCOL, runner: this.#options.runner } });
    try {
      const hello = await waiting;
      if (hello === undefined) throw noHello("the first message is not a hello", this.#stderr);
      const { protocol, capabilities = [], ...rest } = hello;
      if (protocol !== PROTOCOL)
        throw new AdapterError(
          "hello",
          {},
          `the adapter speaks protocol ${protocol}, this gatetape speaks ${PROTOCOL}`,
          "use a gatetape and an adapter of the same protocol",
        );
      return { ...rest, capabilities };
    } finally {
      clearTimeout(timer);
      this.#hello = undefined;
      this.#failHello = () => {};
    }
  }

  #line(line: string): void {
    if (!line.startsWith("{")) {
      if (line !== "") this.#options.onLog?.(`${line}\n`);
      return;
    }
    let message: FromAdapter;
    try {
      message = parseMessage(line);
    } catch (error) {
      this.#broke(error as MessageError);
      return;
    }
    if (this.#hello !== undefined) {
      this.#hello(message.hello);
      return;
    }
    const { result, skipped, failed } = message;
    const id = (result ?? skipped ?? failed)?.id;
    const running = id === undefined ? undefined : this.#running.get(id);
    if (running === undefined) {
      this.#broke(new MessageError(`a result for an unknown or finished run: ${line.slice(0, 200)}`, id));
      return;
    }
    if (result) running.resolve(result.outcome);
    else if (skipped) running.reject(new Skip(skipped.reason));
    else if (failed) running.reject(new Error(`the adapter failed: ${failed.message}`));
  }

  /** Kills an adapter that broke the protocol, since its output can no longer be trusted. Fails the run at fault, if known. */
  #broke({ message, id }: MessageError): void {
    if (this.gone) return;
    const text = `the adapter broke the protocol: ${message}`;
    this.#failHello(noHello(message, this.#stderr));
    const named = id === undefined ? undefined : this.#running.get(id);
    const all = [...this.#running.values()];
    if (named !== undefined) named.reject(new ClientFailure("protocol", text));
    else if ((id !== undefined && this.#answered.has(id)) || all.length === 0) this.problems.push(text);
    else if (all.length === 1) all[0]?.reject(new ClientFailure("protocol", text));
    else for (const running of all) running.reject(new ClientFailure("crash", text, true));
    this.kill(text);
  }

  #hung(run: ClientRun): void {
    const message = `no result within ${run.deadlineMs} ms, and none within ${CANCEL_MS} ms of a cancel${this.#endOfStderr}`;
    this.#running.get(run.id)?.reject(new ClientFailure("hang", message));
    this.kill("the adapter hung");
  }

  get #endOfStderr(): string {
    const text = this.#stderr.trim();
    return text === "" ? "" : `; the end of its stderr: ${text}`;
  }

  #gone(how: string): void {
    if (this.gone && this.#running.size === 0) return;
    this.gone = true;
    this.#failHello(noHello(`the process ${how}`, this.#stderr));
    // After earlier results the process may have been ending before this run began.
    const shared = this.#running.size > 1 || this.#answered.size > 0;
    for (const running of this.#running.values()) {
      running.reject(
        this.#ending === undefined
          ? new ClientFailure(
              "crash",
              `the adapter's process ${how} in the middle of the run${this.#endOfStderr}`,
              shared,
            )
          : new ClientFailure("interrupted", this.#ending),
      );
    }
    this.#group.kill(); // kills forked processes
  }

  #send(message: FromRunner): void {
    if (!this.gone) this.#group.child.stdin?.write(printMessage(message));
  }
}
