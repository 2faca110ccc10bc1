import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Texts that were found to be in order, remembered by their hashes from run to run. */
export interface KnownTexts {
  has(text: string): boolean;
  add(text: string): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Remembered texts above which all are forgotten: they are of projects and versions of long ago. */
const MAX_KNOWN = 20_000;

/**
 * Opens the memory of texts in the user's cache folder. Each is an empty file there, made at once or not at all, so that many
 * processes may use it. Where it can't be read or written, no text is known.
 *
 * @param checks all that decides, beside a text, whether it is in order: what is remembered holds for it alone
 */
export function knownTexts(checks: string, env: Environment = process.env): KnownTexts {
  const folder = join(cacheFolder(env), "validated");
  const fileOfText = (text: string): string =>
    join(folder, createHash("sha256").update(checks).update("\0").update(text).digest("hex"));
  return {
    has: (text) => isUsersAlone(folder) && existsSync(fileOfText(text)),
    add(text) {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        if (!isUsersAlone(folder)) return;
        if (readdirSync(folder).length >= MAX_KNOWN) rmSync(folder, { recursive: true, force: true });
        else writeFileSync(fileOfText(text), "", { mode: 0o600 });
      } catch {
        // a file system that is full or read-only: the text is checked again the next time
      }
    },
  };
}

/** `$XDG_CACHE_HOME/gatetape`, else a folder of the user's own among the temporary ones. */
function cacheFolder({ XDG_CACHE_HOME: home }: Environment): string {
  if (home !== undefined && isAbsolute(home)) return join(home, "gatetape");
  return join(tmpdir(), `gatetape-${process.getuid?.() ?? "cache"}`);
}

/** Whether a folder is the user's alone: among the temporary ones another user might have made it. */
function isUsersAlone(folder: string): boolean {
  try {
    const stat = lstatSync(folder);
    const uid = process.getuid?.();
    return stat.isDirectory() && (uid === undefined || (stat.uid === uid && (stat.mode & 0o077) === 0));
  } catch {
    return false; // it is not there, or can't be looked at
  }
}
