import { type Stats, readFileSync, statSync } from "node:fs";
import { UsageError } from "./errors.ts";

/**
 * Reads a file that the user named, as UTF-8.
 * @param fix advice for an unreadable file
 * @param option the option that named it, with its dashes
 * @throws UsageError `unreadable`
 */
export function readTextFile(file: string, fix: string, option?: string): string {
  return readBytes(file, fix, option).toString("utf8");
}

/**
 * Finds out what is at a path that the user named.
 * @param option the option that named it, with its dashes
 * @returns `undefined` if nothing is there
 * @throws UsageError `unreadable` if the system does not say, as for links in a circle
 */
export function statNamed(file: string, option?: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    const location = { file, ...(option === undefined ? {} : { option }) };
    const reason = `can't be looked at: ${(error as Error).message}`;
    throw new UsageError("unreadable", location, reason, "check the path", { cause: error });
  }
}

/** Reads the bytes of a file that the user named; parameters and errors as those of `readTextFile`. */
export function readBytes(file: string, fix: string, option?: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { message } = error as Error;
    const location = { file, ...(option === undefined ? {} : { option }) };
    throw new UsageError("unreadable", location, `can't be read: ${message}`, fix, { cause: error });
  }
}
