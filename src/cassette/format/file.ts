import { createHash } from "node:crypto";
import { isUtf8 } from "node:buffer";
import { readFileSync, type Stats, statSync } from "node:fs";
import { CassetteError } from "./cassette-error.ts";

/** A larger file is refused before it is read: parsing needs several times its size. */
export const MAX_CASSETTE_BYTES: number = 64 * 1024 * 1024;

/** Reads the text of a cassette file. @throws CassetteError if it is not a file, too large, unreadable or not UTF-8 */
export function readCassetteText(file: string): string {
  const stat = statOf(file);
  if (stat === undefined) throw notFound(file);
  // Checked before it is opened: opening a pipe waits for its other end.
  if (!stat.isFile())
    throw new CassetteError(
      "unreadable",
      { file },
      "is not a file",
      "name a cassette file, or a folder that holds some",
    );
  if (stat.size > MAX_CASSETTE_BYTES) {
    throw new CassetteError(
      "too-large",
      { file },
      `has ${inMib(stat.size)}, the limit is ${inMib(MAX_CASSETTE_BYTES)}`,
      "split it into several cassettes, or move large bodies to side files",
    );
  }
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new CassetteError(
      "unreadable",
      { file },
      `can't be read: ${(error as Error).message}`,
      "check its permissions",
    );
  }
  if (!isUtf8(bytes)) {
    throw new CassetteError(
      "not-utf8",
      { file, line: lineThatIsNotUtf8(bytes) },
      "is not UTF-8",
      "save it as UTF-8; spell other bytes as `hex`",
    );
  }
  const text = bytes.toString("utf8");
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/** The stat of a path, links followed; `undefined` if nothing is there, for a link to itself, or for an invalid path (a NUL byte). */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** The error for a path that does not exist. */
export function notFound(path: string): CassetteError {
  return new CassetteError(
    "not-found",
    { file: path },
    "no such file or folder",
    "check the path; relative paths start at the current folder",
  );
}

/** A size in bytes as text in whole MiB: `64 MiB`. */
export function inMib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}

/** The SHA-256 of a file's bytes, in hexadecimal. */
export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The first line, from 1, that is not UTF-8. No character spans a line break, so lines are tried one by one. */
function lineThatIsNotUtf8(bytes: Buffer): number {
  let line = 1;
  for (let from = 0; from < bytes.length; line++) {
    const lf = bytes.indexOf(10, from);
    const to = lf === -1 ? bytes.length : lf;
    if (!isUtf8(bytes.subarray(from, to))) break;
    from = to + 1;
  }
  return line;
}
