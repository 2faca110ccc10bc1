import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

/** An adapter of the repository: a line of adapters/adapters.json. */
export interface ListedAdapter {
  readonly name: string;
  /** The toolchain that it needs. */
  readonly needs: string;
  /** How many scenarios may run at once: 1 for a client that a burst of chunks keeps busy while others wait for it. */
  readonly jobs?: number;
  /** To be run in the root of the repository. */
  readonly command: readonly [string, ...string[]];
}

export const ROOT: string = resolve(import.meta.dirname, "../..");

export function listedAdapters(): readonly ListedAdapter[] {
  return JSON.parse(readFileSync(`${ROOT}/adapters/adapters.json`, "utf8")) as readonly ListedAdapter[];
}

/** The program is there, and for one in Node its dependencies are. */
export function isInstalled({ command: [program, script = ""] }: ListedAdapter): boolean {
  if (program === "node") return existsSync(resolve(ROOT, script, "../node_modules"));
  try {
    accessSync(resolve(ROOT, program), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
