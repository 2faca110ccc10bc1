import {
  closeSync,
  existsSync,
  fdatasync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import {
  type About,
  type Interaction,
  KnownRequests,
  MAX_CASSETTE_BYTES,
  type LogEntry,
  type LogLock,
  type LogHead,
  checkFolded,
  contentKey,
  loadCassetteFile,
  lockLog,
  entryId,
  parseEntry,
  printAgain,
  printCassette,
  printClosed,
  printEntry,
  printLogHead,
  logFileOf,
} from "../../cassette/index.ts";
import { makeFolder, replaceFile } from "../../util/index.ts";
import { foldLog } from "./fold.ts";

/** Time (ms) between syncs to the disk. Only a crash of the system loses writes in between, not a killed process. */
const SYNC_MS = 250;

/** Number of different interactions that are recognised when they are repeated. */
const MAX_REMEMBERED = 100_000;

/** Limit (bytes) of lines that can't be written and are kept in memory to be tried again. */
const MAX_UNWRITTEN = 64 * 1024 * 1024;

/** Limit (bytes) of a recording. A larger cassette could not be loaded, and a log is smaller than its cassette. */
const MAX_RECORDED = MAX_CASSETTE_BYTES * 0.7;

/** Records into a cassette through its recording log. */
export class LogWriter {
  readonly file: string;
  readonly #log: string;
  readonly #lock: LogLock;
  readonly #head: string;
  /** Interactions of the cassette when the recording began. */
  readonly old: readonly Interaction[];
  readonly known: KnownRequests;
  #fd: number | undefined;
  /** Size of the whole lines of the log, in bytes. */
  #size = 0;
  #unwritten: string[] = [];
  #unwrittenBytes = 0;
  #syncing: NodeJS.Timeout | undefined;
  #lost = 0;
  #entries = 0;
  /** Id of the first entry by the hash of its sanitized interaction without times. */
  readonly #firstOf = new Map<string, number>();
  /** Approximate size of the cassette with the added entries, in bytes. */
  #recorded: number;

  /**
   * Opens a cassette for recording. A recording log that another recorder left is folded first.
   * @throws LogLockedError, CassetteError or the system's error
   */
  constructor(file: string, about: About, plan: LogHead) {
    this.file = file;
    this.#log = logFileOf(file);
    this.#head = printLogHead(about, plan);
    makeFolder(dirname(file));
    this.#lock = lockLog(this.#log);
    try {
      foldLog(file, checkFolded);
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
    return this.#lost + this.#unwritten.length;
  }

  /** Appends an entry. @returns the reason if it is not on disk yet */
  add(entry: LogEntry): string | undefined {
    const content = createHash("sha256").update(contentKey(entry.interaction)).digest("base64");
    const first = this.#firstOf.get(content);
    // Clients ask for the models over and over: the answer is written once.
    const line = first === undefined ? printEntry(entry) : printAgain(entry.id, first);
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
    if (this.#fd !== undefined) {
      const lines = this.#logText().split(/(?<=\n)/);
      const text = (await Promise.all(lines.map(line))).join("");
      if (changes > 0) {
        replaceFile(this.#log, text);
        this.#reopen();
      }
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
   * @returns the number of interactions in the cassette
   * @throws CassetteError if the log can't be folded; it stays
   */
  close(): number {
    this.#append("");
    clearTimeout(this.#syncing);
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    try {
      const merged = foldLog(this.file, checkFolded);
      return (merged?.interactions ?? this.old).length;
    } finally {
      this.#lock.release();
    }
  }

  #logText(): string {
    return existsSync(this.#log) ? readFileSync(this.#log, "utf8") : "";
  }

  #append(line: string): string | undefined {
    if (line !== "") this.#unwritten.push(line);
    if (this.#unwritten.length === 0) return undefined;
    try {
      this.#open();
      while (this.#unwritten[0] !== undefined) {
        this.#write(this.#unwritten[0]);
        this.#unwritten.shift();
      }
      this.#unwrittenBytes = 0;
      this.#syncSoon();
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

  #open(): void {
    if (this.#fd !== undefined) return;
    rmSync(this.#log, { force: true });
    this.#fd = openSync(this.#log, "a");
    this.#size = 0;
    this.#write(this.#head);
  }

  /** Opens the log again after it was replaced by another file. */
  #reopen(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = openSync(this.#log, "a");
    this.#size = statSync(this.#log).size;
  }

  /** Writes a line. A line that did not fit is removed again, so that the log has whole lines. */
  #write(line: string): void {
    const bytes = Buffer.from(line);
    const fd = this.#fd as number;
    try {
      let at = 0;
      while (at < bytes.length) at += writeSync(fd, bytes, at);
      this.#size += bytes.length;
    } catch (error) {
      try {
        ftruncateSync(fd, this.#size);
      } catch {
        // the reader of the log ignores a cut last line
      }
      if (this.#size === 0) {
        closeSync(fd);
        this.#fd = undefined;
      }
      throw error;
    }
  }

  #syncSoon(): void {
    this.#syncing ??= setTimeout(() => {
      this.#syncing = undefined;
      if (this.#fd !== undefined) fdatasync(this.#fd, () => {});
    }, SYNC_MS);
  }
}
