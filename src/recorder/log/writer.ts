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

/** The disk is asked this often, in ms, to have what was written; a killed process loses nothing in between. */
const SYNC_MS = 250;

/** So many different interactions are known again. */
const MAX_REMEMBERED = 100_000;

/** What can't be written is kept in memory up to this many bytes, and tried again. */
const MAX_UNWRITTEN = 64 * 1024 * 1024;

/** A cassette beyond its limit could not be loaded any more, and a tape takes less room than its cassette. */
const MAX_RECORDED = MAX_CASSETTE_BYTES * 0.7;

/** One cassette that is being recorded into, by its tape. */
export class LogWriter {
  readonly file: string;
  readonly #log: string;
  readonly #lock: LogLock;
  readonly #head: string;
  /** What the cassette had when the recording began. */
  readonly old: readonly Interaction[];
  readonly known: KnownRequests;
  #fd: number | undefined;
  /** The size of the tape as far as it is whole. */
  #size = 0;
  #unwritten: string[] = [];
  #unwrittenBytes = 0;
  #syncing: NodeJS.Timeout | undefined;
  #lost = 0;
  #entries = 0;
  /** By the hash of an interaction without its times: the first take of it. Of what is sanitized, so not of a secret. */
  readonly #firstOf = new Map<string, number>();
  /** The size of the cassette and of what was added, about. */
  #recorded: number;

  /**
   * Opens a cassette for recording; what another recorder left in its tape is folded in first.
   * @throws TapeLockedError, CassetteError or the system's error
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

  /** Appends a take. Gives why it is not on disk yet, if it is not. */
  add(entry: LogEntry): string | undefined {
    const content = createHash("sha256").update(contentKey(entry.interaction)).digest("base64");
    const first = this.#firstOf.get(content);
    // Clients ask for the models over and over: the answer is written once.
    const line = first === undefined ? printEntry(entry) : printAgain(entry.id, first);
    if (first === undefined && this.#firstOf.size < MAX_REMEMBERED) this.#firstOf.set(content, entry.id);
    this.#recorded += line.length;
    if (this.#recorded > MAX_RECORDED) {
      this.#lost++;
      return "the cassette is as large as one may be: record the rest into another --out";
    }
    this.#entries++;
    return this.#append(line);
  }

  /** Notes that the server closed the connection after an answer. */
  closed(id: number): void {
    if (this.#entries > 0) this.#append(printClosed(id));
  }

  /**
   * Changes what is on disk already, in the tape and in the cassette.
   * @param change gives nothing for what has to go, and the very same object for what stays
   * @returns how many interactions were changed or are gone
   */
  async rewrite(change: (interaction: Interaction) => Promise<Interaction | undefined>): Promise<number> {
    let changes = 0;
    const line = async (text: string): Promise<string> => {
      const entry = parseEntry(text);
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
    return changes + (await this.#rewriteCassette(change));
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
   * Puts all into the cassette and lets it go. What can't be put there stays in the tape.
   * @returns how many interactions the cassette has now
   * @throws CassetteError if it stays in the tape
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

  /** After another file has taken the place of the tape. */
  #reopen(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = openSync(this.#log, "a");
    this.#size = statSync(this.#log).size;
  }

  /** A line that did not fit is taken out again: the tape holds whole lines. */
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
        // a line that is cut off is left out when the tape is read
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
