import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a file so that at any moment it is the old one or the new one, whole, also after a power cut; it keeps its mode.
 * @param temporary a path in the same folder that nobody else writes
 * @throws the system's error if the file can't be written: nothing is left behind
 */
export function replaceFile(file: string, text: string, temporary = `${file}.tmp`): void {
  try {
    const mode = statSync(file, { throwIfNoEntry: false })?.mode;
    writeFileSync(temporary, text, { flush: true, ...(mode === undefined ? {} : { mode }) });
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
