import {
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { replaceFile } from "../../util/index.ts";

/** Time (ms) between syncs to the disk. Only a crash of the system loses writes in between, not a killed process. */
const SYNC_MS = 250;

/** The file of a recording log: whole lines, or none of a line that did not fit. */
export class LogFile {
  readonly #path: string;
  #fd: number | undefined;
  /** Size of the whole lines, in bytes. */
  #size = 0;
  #syncing: NodeJS.Timeout | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  get isOpen(): boolean {
    return this.#fd !== undefined;
  }

  /** Begins the file anew. @throws the system's error */
  create(firstLine: string): void {
    rmSync(this.#path, { force: true });
    this.#fd = openSync(this.#path, "a+");
    this.#size = 0;
    this.write(firstLine);
  }

  /** Goes on with the file that is there, without a last line that was cut. @throws the system's error */
  resume(): void {
    this.#fd = openSync(this.#path, "a+");
    this.#size = fstatSync(this.#fd).size;
    this.#size = Buffer.byteLength(this.text());
    ftruncateSync(this.#fd, this.#size);
  }

  /** Appends a line, or nothing if not all of it fits. @throws the system's error */
  write(line: string): void {
    const bytes = Buffer.from(line);
    const fd = this.#fd as number;
    try {
      let at = 0;
      while (at < bytes.length) at += writeSync(fd, bytes, at);
      this.#size += bytes.length;
      this.#syncSoon();
    } catch (error) {
      try {
        ftruncateSync(fd, this.#size);
      } catch {
        // the reader of the log ignores a cut last line
      }
      if (this.#size === 0) this.close();
      throw error;
    }
  }

  /** True if the file was removed, or another one is in its place: what is written reaches nobody. */
  isRemoved(): boolean {
    if (this.#fd === undefined) return false;
    const own = fstatSync(this.#fd);
    const there = statSync(this.#path, { throwIfNoEntry: false });
    return there?.ino !== own.ino || there.dev !== own.dev;
  }

  /** The whole lines of the file, also of one that was removed. */
  text(): string {
    if (this.#fd === undefined) return "";
    const bytes = Buffer.alloc(this.#size);
    let read = 0;
    for (let more = 1; more > 0 && read < bytes.length; read += more)
      more = readSync(this.#fd, bytes, read, bytes.length - read, read);
    const text = bytes.toString("utf8", 0, read);
    return text.slice(0, text.lastIndexOf("\n") + 1);
  }

  /** Replaces the content, whole or not at all. @throws the system's error */
  replace(text: string): void {
    replaceFile(this.#path, text);
    this.close();
    this.#fd = openSync(this.#path, "a+");
    this.#size = fstatSync(this.#fd).size;
  }

  close(): void {
    clearTimeout(this.#syncing);
    this.#syncing = undefined;
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #syncSoon(): void {
    this.#syncing ??= setTimeout(() => {
      this.#syncing = undefined;
      if (this.#fd !== undefined) fdatasync(this.#fd, () => {});
    }, SYNC_MS);
  }
}
