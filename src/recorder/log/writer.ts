import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import {
  type About,
  type BetterGeneration,
  type Interaction,
  KnownRequests,
  type LogEntry,
  type LogHead,
  type LogLock,
  MAX_CASSETTE_BYTES,
  type ProcessId,
  betterGeneration,
  checkFolded,
  contentHash,
  entryId,
  lineId,
  loadCassetteFile,
  lockLog,
  logFileOf,
  parseEntry,
  parseLog,
  printAgain,
  printCassette,
  printClosed,
  printEntry,
  printLogHead,
} from "../../cassette/index.ts";
import { LARGE_BYTES, collectAllGarbage, defined, makeFolder, replaceFile } from "../../util/index.ts";
import { LogFile } from "./file.ts";
import { foldLog } from "./fold.ts";

/** Number of different interactions that are recognised when they are repeated. */
const MAX_REMEMBERED = 100_000;

/** Limit (bytes) of lines that can't be written and are kept in memory to be tried again. */
const MAX_UNWRITTEN = 64 * 1024 * 1024;

/** Limit (bytes) of a recording. A larger cassette could not be loaded, and a log is smaller than its cassette. */
const MAX_RECORDED = MAX_CASSETTE_BYTES * 0.7;

export interface LogWriterOptions {
  readonly about: About;
  readonly plan: LogHead;
  /** The recorder for which the log is written. */
  readonly recorder: ProcessId;
  /** True to go on with the log of the same recorder, whose worker before this one has ended. */
  readonly resume: boolean;
}

/** The cassette that a log was folded into. */
export interface ClosedLog {
  readonly interactions: number;
  readonly better?: BetterGeneration;
}

/** Records into a cassette through its recording log. */
export class LogWriter {
  readonly file: string;
  readonly #log: string;
  readonly #lock: LogLock;
  readonly #head: string;
  /** Interactions of the cassette when the recording began. */
  readonly old: readonly Interaction[];
  readonly known: KnownRequests;
  readonly #out: LogFile;
  #unwritten: string[] = [];
  #unwrittenBytes = 0;
  #lost = 0;
  #entries = 0;
  /** Ids of entries that are in the log. */
  readonly #ids = new Set<number>();
  #notes: string[] = [];
  #removed = false;
  /** Id of the first entry by the hash of its sanitized interaction without times. */
  readonly #firstOf = new Map<string, number>();
  /** Approximate size of the cassette with the added entries, in bytes. */
  #recorded: number;

  /**
   * Opens a cassette for recording. A recording log that another recorder left is folded first.
   * @throws LogLockedError, CassetteError or the system's error
   */
  constructor(file: string, { about, plan, recorder, resume }: LogWriterOptions) {
    this.file = file;
    this.#log = logFileOf(file);
    this.#head = printLogHead(about, plan);
    this.#out = new LogFile(this.#log);
    makeFolder(dirname(file));
    this.#lock = lockLog(this.#log, recorder);
    try {
      if (resume) this.#resume();
      else foldLog(file);
      this.old = existsSync(file) ? loadCassetteFile(file).cassette.interactions : [];
    } catch (error) {
      this.#lock.release();
      throw error;
    }
    this.known = new KnownRequests(this.old);
    this.#recorded = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  get entries(): number {
    return this.#entries;
  }

  /** Interactions that never reached the disk. */
  get lost(): number {
    return this.#lost + this.#unwritten.filter((line) => lineId(line) !== undefined).length;
  }

  /** Ids of the entries on disk. */
  get written(): ReadonlySet<number> {
    return this.#ids;
  }

  /** The entries of a log that is resumed. */
  get resumed(): readonly LogEntry[] {
    return this.#out.isOpen ? (parseLog(this.#log, this.#out.text())?.entries ?? []) : [];
  }

  /** Returns what is to be said of the log, once. */
  takeNotes(): readonly string[] {
    const notes = this.#notes;
    this.#notes = [];
    return notes;
  }

  /** Appends an entry. @param printed its line. @returns the reason if it is not on disk yet */
  add(entry: LogEntry, printed: string): string | undefined {
    if (this.#ids.has(entry.id)) return undefined;
    const content = contentHash(entry.interaction);
    const first = this.#firstOf.get(content);
    // Clients ask for the models over and over: the answer is written once.
    const line = first === undefined ? printed : printAgain(entry.id, first);
    if (first === undefined && this.#firstOf.size < MAX_REMEMBERED) this.#firstOf.set(content, entry.id);
    this.#recorded += line.length;
    if (this.#recorded > MAX_RECORDED) {
      this.#lost++;
      return "the cassette has reached the size limit: record the rest into another --out";
    }
    this.#entries++;
    return this.#append(line);
  }

  /** Notes that the server closed the connection after an answer. */
  closed(id: number): void {
    if (this.#entries > 0) this.#append(printClosed(id));
  }

  /**
   * Changes interactions that are on disk already.
   * @param ids those of the log that may change
   * @param cassette true if those of the cassette may change
   * @param change returns `undefined` to remove an interaction, and the same object to keep it
   * @returns the number of changed and removed interactions
   */
  async rewrite(
    ids: ReadonlySet<number>,
    cassette: boolean,
    change: (interaction: Interaction) => Promise<Interaction | undefined>,
  ): Promise<number> {
    let changes = 0;
    const line = async (text: string): Promise<string> => {
      const entry = ids.has(entryId(text) ?? -1) ? parseEntry(text) : undefined;
      if (entry === undefined) return text;
      const interaction = await change(entry.interaction);
      if (interaction === entry.interaction) return text;
      changes++;
      return interaction === undefined ? "" : printEntry({ ...entry, interaction });
    };
    if (this.#out.isOpen) {
      const lines = this.#out.text().split(/(?<=\n)/);
      const text = (await Promise.all(lines.map(line))).join("");
      if (changes > 0) this.#out.replace(text);
    }
    this.#unwritten = await Promise.all(this.#unwritten.map(line));
    if (changes > 0) this.#firstOf.clear(); // some of them may be gone
    return changes + (cassette ? await this.#rewriteCassette(change) : 0);
  }

  async #rewriteCassette(
    change: (interaction: Interaction) => Promise<Interaction | undefined>,
  ): Promise<number> {
    if (!existsSync(this.file)) return 0;
    const { cassette } = checkFolded(this.file, readFileSync(this.file, "utf8"));
    const changed = await Promise.all(cassette.interactions.map(change));
    const count = changed.filter((one, i) => one !== cassette.interactions[i]).length;
    if (count > 0) {
      const interactions = changed.filter((one) => one !== undefined);
      replaceFile(this.file, printCassette({ ...cassette, interactions }));
    }
    return count;
  }

  /**
   * Folds the log into the cassette and releases the lock.
   * @param deviates true if the generation is looked for that the answers are of
   * @throws CassetteError if the log can't be folded; it stays
   */
  close(deviates: boolean): ClosedLog {
    this.#append("");
    this.#out.close();
    try {
      const folded = foldLog(this.file);
      if (folded === undefined) return { interactions: this.old.length };
      const { cassette, readSideFile } = folded;
      if (this.#recorded > LARGE_BYTES) collectAllGarbage();
      const better = deviates ? betterGeneration(cassette, readSideFile) : undefined;
      return { interactions: cassette.interactions.length, ...defined({ better }) };
    } finally {
      this.#lock.release();
    }
  }

  #resume(): void {
    if (!existsSync(this.#log)) return;
    this.#out.resume();
    for (const { id } of this.resumed) this.#ids.add(id);
    this.#entries = this.#ids.size;
    this.#recorded += this.#out.text().length;
  }

  #append(line: string): string | undefined {
    if (line !== "") this.#unwritten.push(line);
    try {
      this.#noticeRemoval();
      if (this.#unwritten.length === 0) return undefined;
      if (!this.#out.isOpen) this.#create();
      for (let next = this.#unwritten[0]; next !== undefined; next = this.#unwritten[0]) {
        this.#out.write(next);
        const id = lineId(next);
        if (id !== undefined) this.#ids.add(id);
        this.#unwritten.shift();
      }
      this.#unwrittenBytes = 0;
      if (this.#removed)
        this.#notes.push(`${this.#log} was removed while it was written; it was written again`);
      this.#removed = false;
      return undefined;
    } catch (error) {
      this.#unwrittenBytes += line.length;
      if (this.#unwrittenBytes > MAX_UNWRITTEN) {
        this.#unwritten.pop();
        this.#lost++;
      }
      return (error as Error).message;
    }
  }

  /** Takes back the content of a log that was removed meanwhile, to write it again. */
  #noticeRemoval(): void {
    if (!this.#out.isRemoved()) return;
    const [, ...lines] = this.#out.text().split(/(?<=\n)/);
    this.#out.close();
    this.#ids.clear();
    this.#unwritten = [...lines.filter((line) => line !== ""), ...this.#unwritten];
    this.#removed = true;
  }

  #create(): void {
    // The lock was removed too, if the whole folder was.
    if (this.#removed) this.#lock.renew();
    this.#out.create(this.#head);
  }
}
