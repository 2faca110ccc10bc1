import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import type { Trace } from "../exchange/index.ts";
import type { Header } from "../http/index.ts";
import { GatetapeError } from "../util/index.ts";
import { TracePrinter } from "./ndjson.ts";

export interface JournalOptions {
  /** What the journal may hold in memory, in bytes. @default 1 MiB */
  readonly maxBytes?: number;
  /** What each of its two files may hold, in bytes. @default 8 MiB */
  readonly maxFileBytes?: number;
  /** What is printed of one body, in bytes. @default 16 KiB */
  readonly maxBody?: number;
  /** Appends each line to this file; when it is full it becomes `FILE.1` and a new one is begun. */
  readonly file?: string;
}

/** A trace in few objects: what lives on costs the garbage collector by the object, and each request makes one of these. */
interface Entry {
  readonly id: number;
  readonly size: number;
  readonly trace: Trace;
  /** The request's headers, name, value, name, value …; those of `trace` are left out. */
  readonly headers: readonly (string | null)[];
  /** A copy: what came from the network is a view of a larger buffer, which would be held as a whole. */
  readonly body: Uint8Array | undefined;
}

/** Some 500 exchanges; more would outlive the young generation of the heap, and cost each request a good part more. */
const DEFAULT_BYTES = 1024 * 1024;
const DEFAULT_FILE_BYTES = 8 * 1024 * 1024;
/** What an entry takes beside its body, about. */
const ENTRY_BYTES = 2048;

/**
 * The exchanges of a mock, the newest ones, bounded in bytes. Lines are made when somebody reads them, so that a journal
 * that nobody reads costs next to nothing.
 */
export class Journal {
  readonly #maxBytes: number;
  readonly #printer: TracePrinter;
  readonly #listeners = new Set<(line: string, trace: Trace) => void>();
  readonly #file: JournalFile | undefined;
  #entries: Entry[] = [];
  /** Entries before this one have been given up; the array is cut now and then, not each time. */
  #first = 0;
  #bytes = 0;
  #lastId = 0;

  /** @throws the system's error if the file can't be opened */
  constructor(options: JournalOptions = {}) {
    this.#maxBytes = options.maxBytes ?? DEFAULT_BYTES;
    this.#printer = new TracePrinter(options.maxBody);
    this.#file =
      options.file === undefined
        ? undefined
        : new JournalFile(options.file, options.maxFileBytes ?? DEFAULT_FILE_BYTES);
  }

  add(trace: Trace): void {
    const entry = journalEntry(trace, ++this.#lastId);
    this.#entries.push(entry);
    this.#bytes += entry.size;
    while (this.#bytes > this.#maxBytes && this.#first < this.#entries.length) {
      this.#bytes -= this.#entries[this.#first]?.size ?? 0;
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

  /** The lines of what is still held, oldest first: those after an id, of one session, as asked. */
  *lines(filter: { readonly after?: number; readonly session?: string } = {}): Generator<string> {
    for (const entry of this.#entries.slice(this.#first)) {
      if (entry.id <= (filter.after ?? 0)) continue;
      if (filter.session !== undefined && entry.trace.session !== filter.session) continue;
      yield this.#printer.print(entryTrace(entry), entry.id);
    }
  }

  /** Calls the listener with each line from now on; gives what ends that. */
  subscribe(listener: (line: string, trace: Trace) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets what is held in memory. */
  clear(): void {
    this.#entries = [];
    this.#first = 0;
    this.#bytes = 0;
  }

  close(): void {
    this.#file?.close();
  }
}

function journalEntry(trace: Trace, id: number): Entry {
  const { body, headers } = trace.request;
  const flat: (string | null)[] = [];
  for (const [name, value] of headers) flat.push(name, value);
  const size = ENTRY_BYTES + (body?.length ?? 0) + 8 * trace.delivery.at.length + 256 * trace.findings.length;
  const { method, target } = trace.request;
  return {
    id,
    size,
    headers: flat,
    body: body && Buffer.from(body),
    trace: { ...trace, request: { method, target, headers: NO_HEADERS } },
  };
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

/** Written line by line: after a crash all lines but the last are whole. */
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
