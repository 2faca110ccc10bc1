/** Speaks the adapter protocol, version 1, on stdin and stdout for a client library that runs in Node. */
import type { Control, Incoming, Outcome, OutcomeError, Params, Run } from "./protocol.ts";

/** One call of the client, and where to put what it surfaces. */
export interface Call {
  readonly params: Params;
  readonly control: Control;
  /** Aborts when the run is to be cancelled from outside: after `cancelAfter.ms`, or by the runner's `cancel`. */
  readonly signal: AbortSignal;
  /** Filled as things are surfaced, so that an error later leaves what came before it. */
  readonly outcome: Outcome;
  /** Counts one event of a stream. True when the consumer is to stop here, by `break`. */
  readonly event: () => boolean;
}

/** What the client raised. Whatever else is thrown in an adapter is a fault of the adapter. */
export class Raised extends Error {
  override readonly name = "Raised";

  constructor(cause: unknown) {
    super("raised by the client", { cause });
  }
}

/** Calls the client: what it raises is its user's error. All of an adapter's calls go through here, or through `each`. */
export async function ask<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Raised(error);
  }
}

/** The values of a stream of the client: what it raises is its user's error. Leaving the loop leaves the client's. */
export async function* each<T>(stream: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  const values = stream[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await ask(() => values.next());
      ended = done === true;
      if (ended) return;
      yield value as T;
    }
  } catch (error) {
    ended = true;
    throw error;
  } finally {
    if (!ended) await ask(() => values.return?.());
  }
}

export interface Adapter<Client> {
  readonly client: { readonly name: string; readonly version: string };
  /** `n`, `tools` and `streamOptions`: the client has a word for these parameters. */
  readonly capabilities: readonly ("cancel" | "timeout" | "retries" | "n" | "tools" | "streamOptions")[];
  /** `root` asks for a base URL without `/v1`. */
  readonly base?: "v1" | "root";
  /** A client object: one for each session, or one for each run that has none. */
  readonly connect: (run: Run) => Client;
  readonly operations: Readonly<Record<string, (client: Client, call: Call) => Promise<void>>>;
  /** What the client raised, in the outcome's words. */
  readonly error: (error: unknown) => OutcomeError;
  /** What the client keeps of an error's body beside its message. */
  readonly errorBody?: (error: unknown) => unknown;
}

/** Answers the runner until it says goodbye. */
export async function serve<Client>(adapter: Adapter<Client>): Promise<void> {
  const sessions = new Map<string, Client>();
  const running = new Map<string, AbortController>();
  for await (const line of lines()) {
    const { hello, run, cancel, close, bye } = JSON.parse(line) as Incoming;
    if (hello !== undefined) say({ hello: describe(adapter) });
    if (run !== undefined) void answer(adapter, run, sessions, running);
    if (cancel !== undefined) running.get(cancel.id)?.abort();
    if (close !== undefined) sessions.delete(close.session);
    if (bye !== undefined) break;
  }
  // A request that hangs, or a connection that is kept, must not keep the process.
  // oxlint-disable-next-line unicorn/no-process-exit
  process.exit();
}

function describe<Client>({ client, operations, capabilities, base }: Adapter<Client>): object {
  return {
    protocol: 1,
    client: { ...client, language: "typescript", runtime: `node ${process.versions.node}` },
    operations: Object.keys(operations),
    capabilities,
    base: base ?? "v1",
    concurrency: 4,
  };
}

async function answer<Client>(
  adapter: Adapter<Client>,
  run: Run,
  sessions: Map<string, Client>,
  running: Map<string, AbortController>,
): Promise<void> {
  const { id, params, control = {} } = run;
  const operation = adapter.operations[run.operation];
  if (operation === undefined) {
    say({ skipped: { id, reason: `${run.operation} is not offered` } });
    return;
  }
  const abort = new AbortController();
  running.set(id, abort);
  const { events: lastEvent = Number.POSITIVE_INFINITY, ms } = control.cancelAfter ?? {};
  const timer = ms === undefined ? undefined : setTimeout(() => abort.abort(), ms);
  const outcome: Outcome = blank();
  const started = performance.now();
  const event = (): boolean => {
    outcome.events = (outcome.events ?? 0) + 1;
    (outcome.eventsAtMs ??= []).push(Math.round(performance.now() - started));
    return outcome.events >= lastEvent;
  };
  const surfaceRaised = (error: unknown): void => {
    if (!(error instanceof Raised)) throw error;
    outcome.error = adapter.error(error.cause);
    const body = adapter.errorBody?.(error.cause);
    if (body !== undefined) outcome.extra["errorBody"] = body;
  };
  const work = async (): Promise<void> => {
    const client = sessions.get(run.session ?? "") ?? (await ask(() => adapter.connect(run)));
    if (run.session !== undefined) sessions.set(run.session, client);
    await operation(client, { params, control, signal: abort.signal, outcome, event });
  };
  try {
    await work().catch(surfaceRaised);
    say({ result: { id, outcome } });
  } catch (error) {
    say({ failed: { id, message: error instanceof Error ? (error.stack ?? error.message) : String(error) } });
  } finally {
    clearTimeout(timer);
    running.delete(id);
  }
}

function blank(): Outcome {
  return {
    final: null,
    events: null,
    models: null,
    model: null,
    embeddings: null,
    extra: {},
    error: null,
    truncated: null,
  };
}

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** The lines of stdin. Node's readline would take U+2028 inside a JSON string for a line end. */
async function* lines(): AsyncGenerator<string> {
  process.stdin.setEncoding("utf8");
  let rest = "";
  for await (const chunk of process.stdin as AsyncIterable<string>) {
    const parts = chunk.split("\n");
    parts[0] = rest + parts[0];
    rest = parts.pop() ?? "";
    yield* parts;
  }
}

/** What an error of `fetch` or of the runtime is, by the names and codes along its causes. */
export function kindOf(error: unknown): OutcomeError["kind"] {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = "code" in at ? String(at.code) : "";
    if (at.name === "AbortError") return "abort";
    if (at.name === "TimeoutError" || /TIMEOUT|TIMEDOUT/.test(code)) return "timeout";
    if (at instanceof SyntaxError) return "decode";
    if (/^E[A-Z]+$|^UND_ERR_|^HPE_/.test(code)) return "connection";
    if (at instanceof TypeError && /^(?:fetch failed|terminated)$/.test(at.message)) return "connection";
  }
  return "other";
}

/** The message of whatever was raised. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
