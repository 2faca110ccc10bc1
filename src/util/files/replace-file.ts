import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a file so that at any moment it is the old one or the new one, whole, also after a power cut; it keeps its mode.
 * @param text the whole, or its parts in order
 * @param temporary a path in the same folder that nobody else writes
 * @throws the system's error if the file can't be written: nothing is left behind
 */
export function replaceFile(file: string, text: string | Iterable<string>, temporary = `${file}.tmp`): void {
  try {
    const mode = statSync(file, { throwIfNoEntry: false })?.mode;
    const fd = openSync(temporary, "w", mode);
    try {
      for (const part of typeof text === "string" ? [text] : text) writeFileSync(fd, part);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, file);
    syncFolder(dirname(file));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Makes the new name safe on disk. */
function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, "r");
    fsyncSync(fd);
    closeSync(fd);
  } catch {
    // not every file system lets a folder be synced
  }
}
