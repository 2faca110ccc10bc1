import type { Worker } from "node:worker_threads";
import { type Library, type TableMatch, jsonOf, matchTableOf } from "../../cassette/index.ts";
import type { Answer, ExchangeRequest, RequestHead } from "../../exchange/index.ts";
import { readPdf } from "../../ogl/index.ts";
import type { Spec } from "../../openapi/index.ts";
import { exchangeOf } from "../../server/index.ts";
import { type AddedInteractions, readAdded } from "../replies/index.ts";
import type { Json, SynthesisWork } from "../synthesizer/index.ts";
import type { FromThread, MakeJob, ReadResult, ToThread } from "./messages.ts";

/** Size (bytes) from which a body is read in the thread: less is read in a few milliseconds. */
const LARGE_BODY = 64 * 1024;

/** Time (ms) without work after which the thread ends. */
const IDLE_MS = 10_000;

interface Job {
  readonly resolve: (message: FromThread) => void;
  readonly reject: (error: Error) => void;
}

/** A large request, read in the thread. */
export interface ReadElsewhere {
  readonly exchange: ExchangeRequest;
  /** The matches in each of the searched libraries. */
  readonly matches: ReadonlyMap<Library, readonly TableMatch[]>;
}

/**
 * Thread for requests that take long. It is started for the first of them. Where no thread can be started, such as in a program
 * bundled into one file, these requests are worked on like all others.
 */
export class Offload {
  readonly #spec: Spec;
  #thread: Worker | undefined;
  #ready = false;
  #impossible = false;
  #lastId = 0;
  #lastTable = 0;
  readonly #jobs = new Map<number, Job>();
  /** Numbers under which the thread knows libraries. */
  #tables = new WeakMap<Library, number>();
  /** Ids of the requests whose body the thread still has. */
  readonly #reads = new WeakMap<object, number>();
  readonly #idle: NodeJS.Timeout;

  constructor(spec: Spec) {
    this.#spec = spec;
    this.#idle = setTimeout(() => this.#rest(), IDLE_MS).unref();
  }

  /**
   * Reads a large request.
   *
   * @param libraries searched for recordings of it
   * @returns `undefined` for a small one
   */
  read(
    head: RequestHead,
    body: Uint8Array,
    libraries: readonly Library[],
  ): Promise<ReadElsewhere> | undefined {
    if (body.length < LARGE_BODY || this.#impossible) return undefined;
    return this.#read(head, body, libraries).catch(async (error: unknown) => {
      if (!this.#impossible) throw error;
      return { exchange: await exchangeOf(this.#spec, head, body), matches: new Map() };
    });
  }

  async #read(head: RequestHead, body: Uint8Array, libraries: readonly Library[]): Promise<ReadElsewhere> {
    const own = new Uint8Array(body); // the journal keeps the other
    const tables = libraries.map((library) => this.#tableOf(library));
    const id = ++this.#lastId;
    const read = { ogl: this.#spec.version, head, body: own, tables };
    const reply = await this.#ask({ kind: "read", id, read }, [own.buffer]);
    // Whoever wants an answer asks for it at once, before this is due.
    setImmediate(() => this.#thread?.postMessage({ kind: "forget", read: id } satisfies ToThread));
    if (reply.kind !== "read") throw new Error(`${reply.kind} is no answer to a request that was to be read`);
    const exchange = largeExchange(this.#spec, head, body, reply.result);
    this.#reads.set(reply.result.insight, id);
    const matches = new Map(libraries.map((library, i) => [library, reply.result.matches[i] ?? []]));
    return { exchange, matches };
  }

  /** Makes an answer; `undefined` if that has to be done here. */
  make(work: SynthesisWork, exchange: ExchangeRequest): Promise<Answer> | undefined {
    if (this.#impossible) return undefined;
    const read = exchange.insight && this.#reads.get(exchange.insight);
    try {
      return this.#make({ work, of: read === undefined ? { body: exchange.json as Json } : { read } });
    } catch (error) {
      // A reply of the config's may hold something that can't be sent to a thread, such as a function.
      if (error instanceof DOMException) return undefined;
      throw error;
    }
  }

  #make(make: MakeJob): Promise<Answer> {
    const id = ++this.#lastId;
    return this.#ask({ kind: "make", id, make }).then((reply) => {
      if (reply.kind !== "made") throw new Error(`${reply.kind} is no answer`);
      return reply.answer;
    });
  }

  /** Validates the text of interactions that a test adds. */
  readInteractions(text: string): AddedInteractions | Promise<AddedInteractions> {
    const { version: ogl } = this.#spec;
    if (text.length < LARGE_BODY || this.#impossible) return readAdded(ogl, text);
    return this.#ask({ kind: "check", id: ++this.#lastId, ogl, text }).then(
      (reply) => {
        if (reply.kind !== "checked") throw new Error(`${reply.kind} is no answer to a check`);
        return reply.added;
      },
      (error: unknown) => {
        if (!this.#impossible) throw error;
        return readAdded(ogl, text);
      },
    );
  }

  /** Reads the text of a PDF; `undefined` if it can't be read. */
  readPdf(content: Uint8Array): Promise<string | undefined> {
    if (this.#impossible) return readPdf(content);
    const own = Uint8Array.from(content); // the journal keeps the other
    return this.#ask({ kind: "pdf", id: ++this.#lastId, content: own }, [own.buffer]).then(
      (reply) => {
        if (reply.kind !== "text") throw new Error(`${reply.kind} is no text of a PDF`);
        return reply.text;
      },
      (error: unknown) => {
        if (!this.#impossible) throw error;
        return readPdf(content);
      },
    );
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#forget();
    this.#fail(new Error("the mock is closed"));
    await thread?.terminate();
  }

  #tableOf(library: Library): number {
    let table = this.#tables.get(library);
    if (table === undefined) {
      table = ++this.#lastTable;
      this.#tables.set(library, table);
      this.#post({ kind: "table", table, items: matchTableOf(library) });
    }
    return table;
  }

  #ask(message: ToThread & { readonly id: number }, buffers: ArrayBuffer[] = []): Promise<FromThread> {
    this.#post(message, buffers);
    this.#thread?.ref(); // a process may have nothing else to wait for
    return new Promise((resolve, reject) => this.#jobs.set(message.id, { resolve, reject }));
  }

  #post(message: ToThread, buffers: ArrayBuffer[] = []): void {
    this.#started().postMessage(message, buffers);
  }

  #started(): Worker {
    if (this.#thread !== undefined) return this.#thread;
    // Loaded with the thread: most mocks never start one.
    const threads = process.getBuiltinModule("node:worker_threads");
    const thread = new threads.Worker(new URL("./thread.ts", import.meta.url));
    thread.unref();
    const own = (): boolean => this.#thread === thread;
    thread.on("message", (message: FromThread) => own() && this.#take(message));
    thread.on("error", (error: Error) => own() && this.#lost(error));
    thread.on("exit", () => own() && this.#lost(new Error("the thread has ended")));
    this.#thread = thread;
    return thread;
  }

  #take(message: FromThread): void {
    if (message.kind === "ready") {
      this.#ready = true;
      return;
    }
    const job = this.#jobs.get(message.id);
    this.#jobs.delete(message.id);
    if (this.#jobs.size === 0) {
      this.#idle.refresh();
      this.#thread?.unref();
    }
    if (message.kind === "failed") job?.reject(new Error(message.error));
    else job?.resolve(message);
  }

  /** Ends a thread without work: it may hold gigabytes of what it worked on. */
  #rest(): void {
    if (this.#jobs.size > 0) return;
    void this.#thread?.terminate();
    this.#forget();
  }

  #forget(): void {
    this.#thread = undefined;
    this.#ready = false;
    this.#tables = new WeakMap();
  }

  /** Fails all jobs; the next one starts another thread. */
  #lost(error: Error): void {
    if (!this.#ready) this.#impossible = true;
    this.#forget();
    this.#fail(error);
  }

  #fail(error: Error): void {
    const jobs = [...this.#jobs.values()];
    this.#jobs.clear();
    for (const { reject } of jobs) reject(error);
  }
}

/** A request that the thread has read. The value of its body is parsed here only if it is asked for. */
function largeExchange(
  spec: Spec,
  head: RequestHead,
  body: Uint8Array,
  { streams, findings, insight }: ReadResult,
): ExchangeRequest {
  const found = spec.operationOf(head.method, head.path, { stream: streams });
  let json: { readonly value: unknown } | undefined;
  return {
    ...head,
    body,
    get json() {
      json ??= { value: insight.isJson ? jsonOf(head.headers, body) : undefined };
      return json.value;
    },
    form: undefined,
    operation: found?.operation,
    params: found?.params ?? {},
    findings,
    insight,
  };
}
