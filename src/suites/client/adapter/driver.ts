import type { ClientHello, ClientRun, Driver, Lease, Outcome } from "../../model/index.ts";
import { type AdapterOptions, AdapterProcess } from "./process.ts";

export interface AdapterDriver extends Driver, AsyncDisposable {
  /** Protocol violations of the adapter that no run could be blamed for. */
  readonly problems: readonly string[];
  /** Number of processes started again after a hang or a crash. */
  readonly restarts: number;
  reserve(): Promise<Lease>;
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
  const { process, hello } = AdapterProcess.start(options);
  return new Pool(options, await hello, process);
}

/** Process of the pool, also while it starts. */
interface Host {
  readonly process: AdapterProcess;
  /** Resolves when the process can take runs. */
  readonly ready: Promise<unknown>;
  leases: number;
}

class Pool implements AdapterDriver {
  readonly #options: AdapterDriverOptions;
  readonly #hello: ClientHello;
  readonly #each: number;
  readonly #processes: number;
  #hosts: Host[];
  #restarts = 0;
  readonly #ended: AdapterProcess[] = [];

  constructor(options: AdapterDriverOptions, hello: ClientHello, first: AdapterProcess) {
    this.#options = options;
    this.#hello = hello;
    this.#each = hello.concurrency ?? 1;
    this.#processes = Math.max(1, Math.ceil((options.jobs ?? this.#each) / this.#each));
    this.#hosts = [{ process: first, ready: Promise.resolve(), leases: 0 }];
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
    const lease = await this.reserve();
    try {
      return await lease.run(run, signal);
    } finally {
      lease.release();
    }
  }

  async reserve(): Promise<Lease> {
    const host = this.#free();
    host.leases++;
    const { process } = host;
    await host.ready;
    return {
      get gone() {
        return process.gone;
      },
      run: (run, signal) => process.run(run, signal),
      closeSession: (session) => process.closeSession(session),
      release: () => void host.leases--,
      cpuUse: () => process.cpuUse(),
    };
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

  get #live(): AdapterProcess[] {
    return this.#hosts.map(({ process }) => process);
  }

  /** The host with the fewest leases among those with room; a new one if all are full. */
  #free(): Host {
    this.#ended.push(...this.#live.filter(({ gone }) => gone));
    this.#hosts = this.#hosts.filter(({ process }) => !process.gone);
    const [best] = this.#hosts.toSorted((a, b) => a.leases - b.leases);
    const full = best === undefined || best.leases >= this.#each;
    if (best !== undefined && (!full || this.#hosts.length >= this.#processes)) return best;
    if (this.#ended.length > this.#restarts) this.#restarts++;
    return this.#start();
  }

  #start(): Host {
    const { process, hello } = AdapterProcess.start(this.#options);
    const host = { process, ready: hello, leases: 0 };
    this.#hosts.push(host);
    return host;
  }
}
