import { GatetapeError } from "../../util/index.ts";
import type { Outcome } from "./outcome.ts";

/** What a client may be able to do beyond calling; a scenario that needs one a client does not declare is skipped. */
export type Capability = "cancel" | "timeout" | "retries";

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

/** How a call is to be made beyond its parameters; what is absent is left to the client's defaults. */
export interface Control {
  /** The client's own limit for the whole call or for a silence in it, whichever it has. */
  readonly timeoutMs?: number;
  readonly maxRetries?: number;
  /** The consumer gives up: after that many events, or that many ms after the call. */
  readonly cancelAfter?: { readonly events: number } | { readonly ms: number };
}

/** One call that a client is asked to make. Neither the scenario's name nor what is expected is in it. */
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
  /** When the runner gives up waiting. */
  readonly deadlineMs: number;
}

/** What a client says of itself. */
export interface ClientHello {
  readonly client: ClientInfo;
  readonly operations: readonly ClientOperation[];
  readonly capabilities: readonly Capability[];
  /** `root` asks for base URLs without `/v1`. @default "v1" */
  readonly base?: "v1" | "root";
  /** How many runs it takes at once. @default 1 */
  readonly concurrency?: number;
}

/**
 * Calls one client library. In process it is a plain object around the client; over the adapter protocol it is a process
 * (`adapterDriver`).
 */
export interface Driver extends ClientHello {
  /**
   * Makes one call and gives what its user saw, errors included.
   * @param signal aborts when the runner no longer waits; a driver that declares `cancel` cancels the call
   * @throws Skip to leave the run out; any other error fails it
   */
  run(run: ClientRun, signal: AbortSignal): Promise<Outcome>;
  /** The session's client object is no longer needed. */
  closeSession?(session: string): void;
  /** The same client in a fresh process with these environment variables; absent where that can't be. */
  withEnvironment?(variables: Readonly<Record<string, string>>): Promise<Driver & AsyncDisposable>;
}

/** Thrown by a driver for a run that its client can't make. */
export class Skip extends Error {
  override readonly name = "Skip";
}

export type ClientFailureCode =
  /** It did not answer in time, nor to a cancel. */
  | "hang"
  /** It died in the middle of the run. */
  | "crash"
  /** It answered with what the protocol does not allow. */
  | "protocol"
  /** Another run's hang or crash took the process with it: this one is to be made again. */
  | "interrupted";

/** A run came to no outcome; what the client did is in the code. */
export class ClientFailure extends GatetapeError<ClientFailureCode> {
  override readonly name = "ClientFailure";
  /** Other runs are or were in the same process, so this one may not be the cause. */
  readonly shared: boolean;

  constructor(code: ClientFailureCode, reason: string, shared = false) {
    super(code, {}, reason);
    this.shared = shared;
  }
}
