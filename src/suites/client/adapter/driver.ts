import {
  ClientFailure,
  type ClientHello,
  type ClientRun,
  type Driver,
  type Outcome,
} from "../../model/index.ts";
import { type AdapterOptions, AdapterProcess } from "./process.ts";

export interface AdapterDriver extends Driver, AsyncDisposable {
  /** Protocol violations of the adapter that no run could be blamed for. */
  readonly problems: readonly string[];
  /** Number of processes started again after a hang or a crash. */
  readonly restarts: number;
  /** Kills all processes at once, for an aborted run. */
  kill(): void;
}

export interface AdapterDriverOptions extends AdapterOptions {
  /** Number of concurrent runs; determines the number of processes. @default one process */
  readonly jobs?: number;
}

/**
 * Makes a driver for a client behind the adapter protocol. It starts the command, and again after each hang and crash.
 * @throws AdapterError if the command is not an adapter
 */
export async function adapterDriver(options: AdapterDriverOptions): Promise<AdapterDriver> {
  const { process: first, hello } = await AdapterProcess.start(options);
  return new Pool(options, hello, first);
}

class Pool implements AdapterDriver {
  readonly #options: AdapterDriverOptions;
  readonly #hello: ClientHello;
  readonly #each: number;
  readonly #processes: number;
  #live: AdapterProcess[];
  #starting = 0;
  #restarts = 0;
  readonly #sessions = new Map<string, AdapterProcess>();
  readonly #ended: AdapterProcess[] = [];

  constructor(options: AdapterDriverOptions, hello: ClientHello, first: AdapterProcess) {
    this.#options = options;
    this.#hello = hello;
    this.#each = hello.concurrency ?? 1;
    this.#processes = Math.max(1, Math.ceil((options.jobs ?? this.#each) / this.#each));
    this.#live = [first];
  }

  get client(): ClientHello["client"] {
    return this.#hello.client;
  }
  get operations(): ClientHello["operations"] {
    return this.#hello.operations;
  }
  get capabilities(): ClientHello["capabilities"] {
    return this.#hello.capabilities;
  }
  get base(): "v1" | "root" {
    return this.#hello.base ?? "v1";
  }
  get concurrency(): number {
    return this.#each * this.#processes;
  }
  get problems(): string[] {
    return [...this.#ended, ...this.#live].flatMap(({ problems }) => problems);
  }
  get restarts(): number {
    return this.#restarts;
  }

  async run(run: ClientRun, signal: AbortSignal): Promise<Outcome> {
    const process = await this.#processFor(run.session);
    return process.run(run, signal);
  }

  closeSession(session: string): void {
    this.#sessions.get(session)?.closeSession(session);
    this.#sessions.delete(session);
  }

  withEnvironment(variables: Readonly<Record<string, string>>): Promise<Driver & AsyncDisposable> {
    const environment = { ...this.#options.environment, ...variables };
    return adapterDriver({ ...this.#options, environment, jobs: 1 });
  }

  kill(): void {
    for (const process of this.#live) process.kill("the run was given up");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#live, ...this.#ended].map((process) => process.stop()));
  }

  async #processFor(session: string | undefined): Promise<AdapterProcess> {
    const bound = session === undefined ? undefined : this.#sessions.get(session);
    if (bound?.gone) throw new ClientFailure("interrupted", "the process of the session has ended");
    const process = bound ?? (await this.#free());
    if (session !== undefined) this.#sessions.set(session, process);
    return process;
  }

  /** The process with the fewest runs; a new process if all are full. */
  async #free(): Promise<AdapterProcess> {
    this.#ended.push(...this.#live.filter(({ gone }) => gone));
    this.#live = this.#live.filter(({ gone }) => !gone);
    const [best] = this.#live.toSorted((a, b) => a.load - b.load);
    const full = best === undefined || best.load >= this.#each;
    if (best !== undefined && (!full || this.#live.length + this.#starting >= this.#processes)) return best;
    this.#starting++;
    if (this.#ended.length > this.#restarts) this.#restarts++;
    try {
      const { process } = await AdapterProcess.start(this.#options);
      this.#live.push(process);
      return process;
    } finally {
      this.#starting--;
    }
  }
}
