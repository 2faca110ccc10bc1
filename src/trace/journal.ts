import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import type { Trace } from "../exchange/index.ts";
import type { Header, Op } from "../http/index.ts";
import { GatetapeError, RecentMap } from "../util/index.ts";
import type { ExchangeLine } from "./exchange-line.ts";
import { type BodySizes, oneRound, sizeOfOps } from "./line-of.ts";
import { TracePrinter } from "./ndjson.ts";

export interface JournalOptions {
  /** Limit of the journal in memory, in bytes. @default 1 MiB */
  readonly maxBytes?: number;
  /** Limit of each of its two files, in bytes. @default 8 MiB */
  readonly maxFileBytes?: number;
  /** Limit of a printed body, in bytes. @default 16 KiB */
  readonly maxBody?: number;
  /** File to which each line is appended; a full file is renamed to `FILE.1` and a new one begun. */
  readonly file?: string;
}

/** Number of exchanges of a session that made room for others. */
interface DroppedCount {
  readonly session: string;
  count: number;
}

/** Choice of exchanges: those after an id, or of one session. */
export interface JournalFilter {
  readonly after?: number;
  readonly session?: string;
}

/** An exchange of the journal. */
export interface JournalExchange {
  /** With as much of the bodies as is kept. */
  readonly trace: Trace;
  /** True if all of the request's body is kept. */
  readonly isWhole: boolean;
  /** The exchange without its secrets. */
  readonly line: () => ExchangeLine;
}

/** A trace in few objects, since every request makes an entry and each surviving object costs the garbage collector. */
interface Entry {
  readonly id: number;
  readonly size: number;
  /** Without the parts of bodies that are not printed, whose sizes are in `bytes`. */
  readonly trace: Trace;
  /** The request's headers as name, value, name, value …; `trace` is without them. */
  readonly headers: readonly (string | null)[];
  /** A copy of the body: bytes from the network are views of a larger buffer, which would be kept alive as a whole. */
  readonly body: Uint8Array | undefined;
  readonly bytes: BodySizes;
}

/** Some 300 exchanges. More of them would outlive the young generation of the heap, which makes each request slower. */
const DEFAULT_BYTES = 1024 * 1024;
const DEFAULT_FILE_BYTES = 8 * 1024 * 1024;
/** Approximate size of an entry without its body, in bytes. */
const ENTRY_BYTES = 2048;

/**
 * The newest exchanges of a mock, bounded in bytes. Lines are printed when they are read, so that an unread journal
 * costs next to nothing.
 */
export class Journal {
  readonly #maxBytes: number;
  readonly #printer: TracePrinter;
  /** Bytes of a body that are kept. */
  readonly #kept: number;
  readonly #listeners = new Set<(line: string, trace: Trace) => void>();
  readonly #file: JournalFile | undefined;
  #entries: Entry[] = [];
  /** Index of the first live entry. Dropped entries before it are cut off the array now and then. */
  #first = 0;
  #bytes = 0;
  #lastId = 0;
  /** Numbers of exchanges that made room for others, by session. */
  readonly #dropped = new RecentMap<string, DroppedCount>();
  /** The count of the last dropped exchange's session: mostly the next one's too. */
  #lastDropped: DroppedCount | undefined;

  /** @throws the system's error if the file can't be opened */
  constructor(options: JournalOptions = {}) {
    this.#maxBytes = options.maxBytes ?? DEFAULT_BYTES;
    this.#printer = new TracePrinter(options.maxBody);
    this.#kept = this.#printer.readBytes;
    this.#file =
      options.file === undefined
        ? undefined
        : new JournalFile(options.file, options.maxFileBytes ?? DEFAULT_FILE_BYTES);
  }

  add(trace: Trace): void {
    const entry = journalEntry(trace, ++this.#lastId, this.#kept);
    this.#entries.push(entry);
    this.#bytes += entry.size;
    while (this.#bytes > this.#maxBytes && this.#first < this.#entries.length) {
      const oldest = this.#entries[this.#first];
      this.#bytes -= oldest?.size ?? 0;
      if (oldest !== undefined) this.#countDropped(oldest.trace.session);
      this.#first++;
    }
    if (this.#first > 64 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
    if (this.#file === undefined && this.#listeners.size === 0) return;
    const line = this.#printer.print(trace, entry.id);
    this.#file?.append(line);
    for (const listener of this.#listeners) listener(line, trace);
  }

  /** The lines of the exchanges still in memory, oldest first, optionally after an id or of one session. */
  *lines(filter: JournalFilter = {}): Generator<string> {
    for (const entry of this.#chosen(filter))
      yield this.#printer.print(entryTrace(entry), entry.id, entry.bytes);
  }

  /** The exchanges still in memory, oldest first, with their lines, whose bodies are as long as they are kept. */
  *exchanges(filter: JournalFilter = {}): Generator<JournalExchange> {
    for (const entry of this.#chosen(filter)) {
      const trace = entryTrace(entry);
      const whole = entry.bytes.request === (entry.body?.length ?? 0);
      yield {
        trace,
        isWhole: whole,
        line: () => this.#printer.line(trace, entry.id, entry.bytes, this.#kept),
      };
    }
  }

  /** Number of exchanges that made room for others since the journal was cleared. */
  dropped(session?: string): number {
    if (session !== undefined) return this.#dropped.get(session)?.count ?? 0;
    return [...this.#dropped.values()].reduce((sum, { count }) => sum + count, 0);
  }

  #countDropped(session: string): void {
    if (this.#lastDropped?.session !== session)
      this.#lastDropped = this.#dropped.getOrMake(session, () => ({ session, count: 0 }));
    this.#lastDropped.count++;
  }

  *#chosen({ after = 0, session }: JournalFilter): Generator<Entry> {
    for (const entry of this.#entries.slice(this.#first))
      if (entry.id > after && (session === undefined || entry.trace.session === session)) yield entry;
  }

  /** Calls the listener with each line from now on. @returns unsubscribe */
  subscribe(listener: (line: string, trace: Trace) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Drops the exchanges in memory. */
  clear(): void {
    this.#entries = [];
    this.#first = 0;
    this.#bytes = 0;
    this.#dropped.clear();
    this.#lastDropped = undefined;
  }

  close(): void {
    this.#file?.close();
  }
}

/** @param most bytes of a body that are kept */
function journalEntry(trace: Trace, id: number, most: number): Entry {
  const { method, target, body, headers } = trace.request;
  const { script, by, faults } = trace.answer;
  const flat: (string | null)[] = [];
  let size = ENTRY_BYTES + 2 * target.length + 8 * trace.delivery.at.length + 256 * trace.findings.length;
  for (const [name, value] of headers) {
    flat.push(name, value);
    size += name.length + (value?.length ?? 0);
  }
  const request = body && Buffer.from(body.length > most ? body.subarray(0, most) : body);
  const answer = sizeOfOps(script.ops);
  const ops = answer > most ? [firstWrite(script.ops, most)] : script.ops;
  return {
    id,
    size: size + (request?.length ?? 0) + Math.min(answer, most) + OP_BYTES * ops.length,
    headers: flat,
    body: request,
    bytes: { request: body?.length ?? 0, answer },
    // Without `delivered`, which may hold more than the answer.
    trace: {
      ...trace,
      answer: { script: ops === script.ops ? script : { ...script, ops }, by, ...(faults && { faults }) },
      request: { method, target, headers: NO_HEADERS },
    },
  };
}

/** Approximate size of an op without its bytes. */
const OP_BYTES = 100;

/** The first bytes of a script, in a copy: a write may be a view of a larger buffer. */
function firstWrite(ops: readonly Op[], most: number): Op {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const part of oneRound(ops)) {
    parts.push(part);
    size += part.length;
    if (size >= most) break;
  }
  return { op: "write", bytes: Buffer.concat(parts, most) };
}

function entryTrace({ trace, headers, body }: Entry): Trace {
  const pairs: Header[] = [];
  for (let i = 0; i < headers.length; i += 2) pairs.push([headers[i] as string, headers[i + 1] ?? null]);
  return { ...trace, request: { ...trace.request, headers: pairs, ...(body ? { body } : {}) } };
}

const NO_HEADERS: readonly Header[] = [];

/** A journal's file can't be written. */
class JournalError extends GatetapeError<"unwritable", { readonly file: string }> {
  override readonly name = "JournalError";
}

function openToAppend(file: string): number {
  try {
    return openSync(file, "a");
  } catch (error) {
    const reason = `can't be written: ${(error as Error).message}`;
    const fix = "check the path and its permissions";
    throw new JournalError("unwritable", { file }, reason, fix, { cause: error });
  }
}

/** File that is written line by line: after a crash all lines but the last are whole. */
class JournalFile {
  readonly #path: string;
  readonly #maxBytes: number;
  #fd: number;
  #bytes: number;

  constructor(path: string, maxBytes: number) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#fd = openToAppend(path);
    this.#bytes = fstatSync(this.#fd).size;
  }

  append(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    if (this.#bytes > 0 && this.#bytes + bytes.length > this.#maxBytes) {
      closeSync(this.#fd);
      renameSync(this.#path, `${this.#path}.1`);
      this.#fd = openSync(this.#path, "a");
      this.#bytes = 0;
    }
    writeSync(this.#fd, bytes);
    this.#bytes += bytes.length;
  }

  close(): void {
    closeSync(this.#fd);
  }
}
