import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** A file to write, named below the bundle's folder. */
export interface BuiltFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** Names of chunks of earlier builds, which are no part of the package. */
const STALE_LIST = ".npmignore";
const CHUNKS = "chunks";
/** Time (ms) for which a chunk that no build has any more is kept for the programs that run and may still load it. */
const KEPT_MS = 24 * 60 * 60 * 1000;

/**
 * Writes a bundle into its folder, in which programs of an earlier one may run: chunks first, then the entries that need them, each
 * at once or not at all. Other files of the folder stay.
 */
export function writeFiles(folder: string, files: readonly BuiltFile[]): void {
  const isChunk = ({ name }: BuiltFile): boolean => name.startsWith(`${CHUNKS}/`);
  mkdirSync(join(folder, CHUNKS), { recursive: true });
  const chunks = files.filter(isChunk);
  for (const chunk of chunks)
    if (!isThere(folder, chunk)) writeWhole(join(folder, chunk.name), chunk.content);
  for (const file of files) if (!isChunk(file)) writeWhole(join(folder, file.name), file.content);
  forgetOld(folder, new Set(chunks.map(({ name }) => name)));
}

/** A chunk's name has a hash of its content: one of this name and size is the same. */
function isThere(folder: string, { name, content }: BuiltFile): boolean {
  const there = statSync(join(folder, name), { throwIfNoEntry: false });
  return there?.size === Buffer.byteLength(content);
}

/** Writes a file at once or not at all: whoever reads it meanwhile, another build or npm, finds all of it. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, content);
  renameSync(fresh, path);
}

/** Removes chunks that no build had for a day, and lists the others, so that npm leaves them out of the package. */
function forgetOld(folder: string, current: ReadonlySet<string>): void {
  const list = join(folder, STALE_LIST);
  const known = new Set(existsSync(list) ? readFileSync(list, "utf8").split("\n") : []);
  const now = Date.now();
  const stale = readdirSync(join(folder, CHUNKS))
    .map((file) => `${CHUNKS}/${file}`)
    .filter((name) => !current.has(name));
  const kept = stale.filter((name) => {
    const path = join(folder, name);
    if (!known.has(name)) {
      utimesSync(path, now / 1000, now / 1000);
      return true;
    }
    if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > now - KEPT_MS) return true;
    rmSync(path, { force: true });
    return false;
  });
  writeWhole(list, `${kept.join("\n")}\n`);
}
