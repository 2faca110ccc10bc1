import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { GatetapeError } from "../util/index.ts";

/** A journal's file can't be written, or its memory is not there. */
export class JournalError extends GatetapeError<"unwritable" | "too-large"> {
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
export class JournalFile {
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
