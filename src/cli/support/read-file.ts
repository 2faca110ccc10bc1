import { readFileSync } from "node:fs";
import { UsageError } from "./errors.ts";

/**
 * Reads a file that the user named.
 * @param fix advice for an unreadable file
 * @param option the option that named it, with its dashes
 * @throws UsageError `unreadable`
 */
export function readTextFile(file: string, fix: string, option?: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { message } = error as Error;
    const location = { file, ...(option === undefined ? {} : { option }) };
    throw new UsageError("unreadable", location, `can't be read: ${message}`, fix, { cause: error });
  }
}
