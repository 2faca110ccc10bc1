import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** Not by `recursive`: where a file system lets nobody make folders (/proc), Node tries that for ever. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}
