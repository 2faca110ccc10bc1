import { readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { LineTable } from "../../util/index.ts";
import { CassetteError } from "./cassette-error.ts";
import type { ReadSideFile } from "./codec.ts";
import { MAX_CASSETTE_BYTES, hashOf, inMib, statOf } from "./file.ts";

/**
 * Reads side files from the folder `files` beside the cassette, and from nowhere else.
 * @param text the cassette, in which errors find the line of a side file
 */
export function sideFileReader(file: string, text = ""): ReadSideFile {
  const folder = join(dirname(file), "files");
  const cache = new Map<string, Uint8Array>();
  return (hash) => {
    let bytes = cache.get(hash);
    if (bytes === undefined) {
      const fail = (reason: string, fix: string): never => {
        const offset = text.indexOf(hash);
        throw new CassetteError(
          "side-file",
          { file, ...(offset === -1 ? {} : { line: new LineTable(text).at(offset).line }) },
          `side file ${hash.slice(0, 12)}…: ${reason}`,
          fix,
        );
      };
      bytes = readFile(folder, hash, fail);
      cache.set(hash, bytes);
    }
    return bytes;
  };
}

/** Reads a side file. Before opening it, checks that it is a file of that folder and not too large. */
function readFile(folder: string, hash: string, fail: (reason: string, fix: string) => never): Uint8Array {
  if (!/^[0-9a-f]{64}$/.test(hash))
    return fail("the name is no SHA-256", "side files are named by the hash of their content");
  const path = realPath(join(folder, hash));
  const stat = path === undefined ? undefined : statOf(path);
  if (path === undefined || stat === undefined)
    return fail(
      `is not in ${join(basename(dirname(folder)), "files")}`,
      "put it there, or record the interaction again",
    );
  const root = join(realPath(dirname(folder)) ?? "", "files") + sep;
  if (!path.startsWith(root))
    return fail("leads out of the folder files beside the cassette", "replace the link by the file itself");
  if (!stat.isFile()) return fail("is not a file", "put the file itself there");
  if (stat.size > MAX_CASSETTE_BYTES)
    return fail(
      `has ${inMib(stat.size)}, the limit is ${inMib(MAX_CASSETTE_BYTES)}`,
      "leave the interaction out, or record a smaller body",
    );
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    return fail(`can't be read: ${(error as Error).message}`, "check its permissions");
  }
  if (hashOf(bytes) !== hash)
    return fail("its content has another hash", "restore it; content and name belong together");
  return bytes;
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
