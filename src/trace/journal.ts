import type { AnsweredBy, Trace } from "../exchange/index.ts";
import { RecentMap } from "../util/index.ts";
import type { EntryReference } from "./entry-layout.ts";
import { EntryRing } from "./entry-ring.ts";
import type { ExchangeLine } from "./exchange-line.ts";
import { JournalError, JournalFile } from "./journal-file.ts";
import type { BodySizes } from "./line-of.ts";
import { TracePrinter } from "./ndjson.ts";
import { type EntryTrace, readEntry, sessionOfEntry } from "./read-entry.ts";
import { draftEntry, exactSize, largestSize, writeEntry } from "./write-entry.ts";

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

/** The file of interactions that were added at run time, as `AnsweredBy` has it. */
const ADDED = "control API";

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

const DEFAULT_BYTES = 1024 * 1024;
const DEFAULT_FILE_BYTES = 8 * 1024 * 1024;

/**
 * The newest exchanges of a mock, in a ring of bytes. Lines are printed when they are read, so that an unread journal costs next
 * to nothing.
 */
export class Journal {
  readonly #printer: TracePrinter;
  /** Bytes of a body that are kept. */
  readonly #kept: number;
  readonly #listeners = new Set<(line: string, trace: Trace) => void>();
  readonly #file: JournalFile | undefined;
  readonly #ring: EntryRing<EntryReference>;
  /** The interactions of the library that were played unchanged. */
  readonly #played = new WeakMap<AnsweredBy, EntryReference>();
  /** Numbers of exchanges that made room for others, by session. */
  readonly #dropped = new RecentMap<string, DroppedCount>();
  /** The count of the last dropped exchange's session: mostly the next one's too. */
  #lastDropped: DroppedCount | undefined;

  /** @throws JournalError if the file can't be opened, or there is not as much memory */
  constructor(options: JournalOptions = {}) {
    const { maxBytes = DEFAULT_BYTES, maxBody, file, maxFileBytes = DEFAULT_FILE_BYTES } = options;
    this.#printer = new TracePrinter(maxBody);
    this.#kept = this.#printer.readBytes;
    this.#ring = newRing(maxBytes, (session) => this.#countDropped(session));
    this.#file = file === undefined ? undefined : new JournalFile(file, maxFileBytes);
  }

  add(trace: Trace): void {
    this.#keep(trace, this.#referenceTo(trace.answer));
    if (this.#file === undefined && this.#listeners.size === 0) return;
    const line = this.#printer.print(trace, this.#ring.last);
    this.#file?.append(line);
    for (const listener of this.#listeners) listener(line, trace);
  }

  /** The lines of the exchanges still in memory, oldest first, optionally after an id or of one session. */
  *lines(filter: JournalFilter = {}): Generator<string> {
    for (const { id, trace, bytes } of this.#chosen(filter)) yield this.#printer.print(trace, id, bytes);
  }

  /** The exchanges still in memory, oldest first, with their lines, whose bodies are as long as they are kept. */
  *exchanges(filter: JournalFilter = {}): Generator<JournalExchange> {
    for (const { id, trace, bytes } of this.#chosen(filter)) {
      yield {
        trace,
        isWhole: bytes.request === (trace.request.body?.length ?? 0),
        line: () => this.#printer.line(trace, id, bytes, this.#kept),
      };
    }
  }

  /** Number of exchanges that made room for others since the journal was cleared. */
  dropped(session?: string): number {
    if (session !== undefined) return this.#dropped.get(session)?.count ?? 0;
    return [...this.#dropped.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** Calls the listener with each line from now on. @returns unsubscribe */
  subscribe(listener: (line: string, trace: Trace) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Drops the exchanges in memory. */
  clear(): void {
    this.#ring.clear();
    this.#dropped.clear();
    this.#lastDropped = undefined;
  }

  /** Copies the answers that are held by reference: a library that was replaced does not stay in memory for its journal. */
  copyAnswers(): void {
    const entries = [...this.#chosen({})];
    const [oldest] = entries;
    if (oldest === undefined) return;
    this.#ring.clear(oldest.id);
    for (const { trace, bytes } of entries) this.#keep(trace, authorOnly(trace.answer.by), bytes);
  }

  close(): void {
    this.#file?.close();
  }

  /** @param bytes sizes of the bodies, if the trace lacks parts of them */
  #keep(trace: Trace, reference: EntryReference | undefined, bytes?: BodySizes): void {
    const ring = this.#ring;
    if (ring.bytes.length === 0) {
      ring.add(1, undefined);
      this.#countDropped(trace.session);
      return;
    }
    const draft = draftEntry(trace, { most: this.#kept, reference, bytes });
    const most = largestSize(draft);
    const offset = ring.add(most <= ring.bytes.length ? most : exactSize(draft), reference);
    if (offset === undefined) this.#countDropped(trace.session);
    else ring.trim(writeEntry(draft, ring.bytes, ring.view, offset));
  }

  /** A script that the library plays as it is lives as long as the library. All others are copied. */
  #referenceTo({ by, script, faults }: Trace["answer"]): EntryReference | undefined {
    if (by.kind !== "cassette") return undefined;
    const known = this.#played.get(by);
    if (known?.script === script) return known;
    if (known !== undefined || faults !== undefined || by.file === ADDED) return { by, script: undefined };
    const reference = { by, script };
    this.#played.set(by, reference);
    return reference;
  }

  #countDropped(session: string): void {
    if (this.#lastDropped?.session !== session)
      this.#lastDropped = this.#dropped.getOrMake(session, () => ({ session, count: 0 }));
    this.#lastDropped.count++;
  }

  /** Entries are read one by one. Those that make room for new ones meanwhile are left out. */
  *#chosen({ after = 0, session }: JournalFilter): Generator<EntryTrace & { readonly id: number }> {
    const ring = this.#ring;
    const { last } = ring;
    for (let id = Math.max(ring.first, after + 1); id <= last; id = Math.max(ring.first, id + 1)) {
      const offset = ring.offsetOf(id);
      if (session !== undefined && sessionOfEntry(ring.bytes, ring.view, offset) !== session) continue;
      yield { id, ...readEntry(ring.bytes, ring.view, offset, ring.referenceOf(id)) };
    }
  }
}

const authorOnly = (by: AnsweredBy): EntryReference | undefined =>
  by.kind === "cassette" ? { by, script: undefined } : undefined;

/** @throws JournalError if there is not as much memory */
function newRing(size: number, dropped: (session: string) => void): EntryRing<EntryReference> {
  try {
    const ring: EntryRing<EntryReference> = new EntryRing(size, (offset) =>
      dropped(sessionOfEntry(ring.bytes, ring.view, offset)),
    );
    return ring;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new JournalError(
      "too-large",
      { option: "--journal-memory" },
      `there is no memory for a journal of ${size} bytes`,
      "give the journal less memory, or write it to a file (--journal)",
      { cause: error },
    );
  }
}
