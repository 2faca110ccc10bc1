import { GatetapeError, type CpuUse } from "../../util/index.ts";
import type { Outcome } from "./outcome.ts";

/** Optional abilities of a client. A scenario that needs an undeclared capability is skipped. */
export type Capability = "cancel" | "timeout" | "retries" | "n" | "tools" | "streamOptions";

/** The operations that scenarios call. */
export type ClientOperation =
  | "models.list"
  | "models.get"
  | "embeddings.create"
  | "chat.create"
  | "chat.stream";

export interface ClientInfo {
  readonly name: string;
  readonly version: string;
  readonly language?: string;
  readonly runtime?: string;
}

/** Settings of a call beyond its parameters. Absent members keep the client's defaults. */
export interface Control {
  /** The client's own limit (ms), for the whole call or for a silence in it, whichever it offers. */
  readonly timeoutMs?: number;
  readonly maxRetries?: number;
  /** The consumer stops reading after that many events, or that many ms after the call. */
  readonly cancelAfter?: { readonly events: number } | { readonly ms: number };
}

/** Request to make one call. It holds neither the scenario's name nor its expectations. */
export interface ClientRun {
  readonly id: string;
  /** Runs of one session use one client object and one base URL, until the session is closed. */
  readonly session?: string;
  readonly operation: ClientOperation;
  readonly baseUrl: string;
  readonly apiKey: string;
  /** The wire body without `stream`; `{model}` for `models.get`, `{}` for `models.list`. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly control: Control;
  /** Time (ms) after which the runner stops waiting. */
  readonly deadlineMs: number;
}

/** Self-description of a client. */
export interface ClientHello {
  readonly client: ClientInfo;
  readonly operations: readonly ClientOperation[];
  readonly capabilities: readonly Capability[];
  /** `root`: base URLs without `/v1`. @default "v1" */
  readonly base?: "v1" | "root";
  /** Maximum number of concurrent runs. @default 1 */
  readonly concurrency?: number;
}

/**
 * Calls one client library. In process it is a plain object around the client; over the adapter protocol it is a process
 * (`adapterDriver`).
 */
export interface Driver extends ClientHello {
  /**
   * Makes one call and returns what its user saw, errors included.
   * @param signal aborts when the runner no longer waits; a driver that declares `cancel` cancels the call
   * @throws Skip to leave the run out; any other error fails it
   */
  run(run: ClientRun, signal: AbortSignal): Promise<Outcome>;
  /** Called when the session's client object is no longer needed. */
  closeSession?(session: string): void;
  /**
   * Reserves a place for one run at a time; resolves once the client behind it can take a run. Absent for a driver that
   * always can. The runner reserves before a scenario's time runs.
   */
  reserve?(): Promise<Lease>;
  /** Starts the same client in a fresh process with these environment variables; absent if it cannot. */
  withEnvironment?(variables: Readonly<Record<string, string>>): Promise<Driver & AsyncDisposable>;
}

/** Reserved place of a driver, for one run at a time. */
export interface Lease {
  /** The client behind it has ended: another lease is needed. */
  readonly gone: boolean;
  run(run: ClientRun, signal: AbortSignal): Promise<Outcome>;
  closeSession(session: string): void;
  release(): void;
  /** Share that the client's processes have had of the processors so far; `undefined` if the system does not say. */
  cpuUse(): CpuUse | undefined;
}

/** Thrown by a driver for a run that its client can't make. */
export class Skip extends Error {
  override readonly name = "Skip";
}

export type ClientFailureCode =
  /** The client neither answered in time nor reacted to a cancel. */
  | "hang"
  /** The client's process ended during the run. */
  | "crash"
  /** The client sent a message that the protocol does not allow. */
  | "protocol"
  /** Another run's hang or crash ended the process: this run is repeated. */
  | "interrupted";

/** Error for a run without an outcome; `code` has the client's misbehaviour. */
export class ClientFailure extends GatetapeError<ClientFailureCode> {
  override readonly name = "ClientFailure";
  /** Other runs used the same process, so this run may not be the cause. */
  readonly shared: boolean;

  constructor(code: ClientFailureCode, reason: string, shared = false) {
    super(code, {}, reason);
    this.shared = shared;
  }
}
