import { readFileSync } from "node:fs";
import { UsageError } from "./errors.ts";

/**
 * The text of a file that the user named.
 * @param fix advice for a file that can't be read
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
