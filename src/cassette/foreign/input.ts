import { isUtf8 } from "node:buffer";
import { lstatSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { decompressed } from "../../http/index.ts";
import { fflate } from "../../util/index.ts";
import { CassetteError } from "../format/index.ts";
import type { ReadAttached } from "../har/index.ts";

/** Most bytes of a text that comes out of an archive. */
const MAX_TEXT_BYTES = 64 << 20;
/** Most bytes of one body that stands in a file of its own; a larger one is refused as a body is. */
const MAX_ATTACHED_BYTES = 17 << 20;
/** Most bytes of all such bodies of one import: an archive may name the same content a thousand times. */
const MAX_ALL_ATTACHED_BYTES = 256 << 20;

/** True for the bytes of a gzip file. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** True for the bytes of a zip archive. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** The bytes of a file without gzip around them. @throws CassetteError if they are damaged or too large */
export function gunzippedFile(file: string, bytes: Uint8Array): Uint8Array {
  if (!isGzip(bytes)) return bytes;
  const result = decompressed(bytes, ["gzip"]);
  if ("content" in result) return result.content;
  throw new CassetteError(
    "import",
    { file },
    `gzip: ${result.problem}`,
    "decompress it, and split it if it is large",
  );
}

/**
 * The text of a file in UTF-8 or UTF-16, without its byte order mark.
 * @throws CassetteError if it is neither
 */
export function decodedFile(file: string, bytes: Uint8Array): string {
  const encoding = utf16Of(bytes);
  try {
    if (encoding !== undefined) return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw notText(file, encoding ?? "");
  }
  if (!isUtf8(bytes)) throw notText(file, "UTF-8");
  return new TextDecoder().decode(bytes);
}

function notText(file: string, encoding: string): CassetteError {
  return new CassetteError("import", { file }, `is not ${encoding} text`, "save it as UTF-8");
}

/** UTF-16 by its byte order mark, or by the zero bytes around the first two characters, which are ASCII in all formats. */
function utf16Of([a, b, c, d]: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (a === 0xff && b === 0xfe) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  if (a !== 0 && b === 0 && c !== 0 && d === 0) return "utf-16le";
  return a === 0 && b !== 0 && c === 0 && d !== 0 ? "utf-16be" : undefined;
}

/** Reads bodies from files beside a file; only from its folder, and within bounds. */
export function attachedBeside(file: string): ReadAttached {
  const allowed = budget();
  return (name) => {
    try {
      const folder = realpathSync(dirname(file));
      const path = realpathSync(join(folder, name));
      const { size } = lstatSync(path);
      if (!path.startsWith(folder.endsWith(sep) ? folder : folder + sep) || !lstatSync(path).isFile())
        return undefined;
      return allowed(size) ? readFileSync(path) : undefined;
    } catch {
      return undefined;
    }
  };
}

/** Names of the files in a zip archive. @throws CassetteError if it is damaged */
export function namesInZip(file: string, bytes: Uint8Array): string[] {
  const names: string[] = [];
  unzipped(file, bytes, ({ name }) => {
    names.push(name);
    return false;
  });
  return names;
}

/** Reads a file of a zip archive. @throws CassetteError if it is damaged or larger than the limit */
export function textInZip(file: string, bytes: Uint8Array, name: string): Uint8Array {
  const found = oneOfZip(file, bytes, name, MAX_TEXT_BYTES);
  if (found !== undefined) return found;
  throw new CassetteError(
    "import",
    { file },
    `its file ${JSON.stringify(name)} is larger than ${MAX_TEXT_BYTES >> 20} MiB`,
    "unpack the archive, and split the file",
  );
}

/** Reads bodies from the archive that the HAR is in, within bounds. */
export function attachedInZip(file: string, bytes: Uint8Array): ReadAttached {
  const allowed = budget();
  return (name) => {
    const found =
      oneOfZip(file, bytes, name, MAX_ATTACHED_BYTES) ??
      oneOfZip(file, bytes, `resources/${name}`, MAX_ATTACHED_BYTES);
    return found !== undefined && allowed(found.length) ? found : undefined;
  };
}

function oneOfZip(file: string, bytes: Uint8Array, wanted: string, limit: number): Uint8Array | undefined {
  let taken = false;
  const found = unzipped(file, bytes, ({ name, originalSize }) => {
    const take = !taken && name === wanted && originalSize <= limit;
    taken ||= take;
    return take;
  });
  return found[wanted];
}

function unzipped(
  file: string,
  bytes: Uint8Array,
  filter: (entry: { readonly name: string; readonly originalSize: number }) => boolean,
): Readonly<Record<string, Uint8Array>> {
  try {
    return fflate().unzipSync(bytes, { filter });
  } catch (error) {
    const reason = `is a damaged zip archive: ${(error as Error).message}`;
    throw new CassetteError("import", { file }, reason, "save it again, or unpack it");
  }
}

/** A function that says whether that many bytes more may be read. */
function budget(): (size: number) => boolean {
  let left = MAX_ALL_ATTACHED_BYTES;
  return (size) => {
    if (size > MAX_ATTACHED_BYTES || size > left) return false;
    left -= size;
    return true;
  };
}
