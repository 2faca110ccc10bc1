import { isUtf8 } from "node:buffer";
import { decompressed } from "../../http/index.ts";
import { fflate } from "../../util/index.ts";
import { type Budget, pdfContents, wideText } from "./documents.ts";

/** Contents of compressed bytes. */
export interface Archive {
  /** Files and their names, at any depth, without their compression. */
  readonly contents: readonly Uint8Array[];
  /** The reason for which not all of it could be opened. */
  readonly problem?: string;
}

/** Most bytes of all contents together. */
const MAX_CONTENTS = 32 << 20;
/** Archives in archives are opened so many levels deep. */
const MAX_LEVELS = 4;
const ZIP = "PK\x03\x04";

/** Codings by their first bytes. */
const MAGIC: readonly (readonly [start: string, coding: string])[] = [
  ["\x1f\x8b\x08", "gzip"],
  ["\x28\xb5\x2f\xfd", "zstd"],
];

/**
 * Opens gzip, zstd, zlib, brotli and zip, within bounds, and reads the texts of PDF and of UTF-16; `undefined` for bytes that are none of
 * these.
 */
export function openArchive(bytes: Uint8Array): Archive | undefined {
  const contents: Uint8Array[] = [];
  const problems: string[] = [];
  const budget: Budget = { left: MAX_CONTENTS };
  let level: readonly Uint8Array[] = [bytes];
  for (let depth = 0; level.length > 0; depth++) {
    const opened = level.map((one) => contentsOf(one, budget)).filter((inner) => inner !== undefined);
    if (depth === 0 && opened.length === 0) return undefined;
    if (depth === MAX_LEVELS && opened.length > 0) {
      problems.push(`archives are nested more than ${MAX_LEVELS} levels deep`);
      break;
    }
    level = opened.flatMap((inner) => (typeof inner === "string" ? [] : inner));
    problems.push(...opened.filter((inner) => typeof inner === "string"));
    contents.push(...level);
  }
  const [problem] = problems;
  return { contents, ...(problem === undefined ? {} : { problem }) };
}

/** The contents of one level, or the reason for which there are none; `undefined` if the bytes are not compressed. */
function contentsOf(bytes: Uint8Array, budget: Budget): readonly Uint8Array[] | string | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const head = view.toString("latin1", 0, 4);
  const coding = MAGIC.find(([start]) => head.startsWith(start))?.[1];
  if (coding !== undefined) return inflated(bytes, coding, budget);
  const document = pdfContents(view, budget);
  if (document !== undefined) return document;
  // Not at the start alone: programs that unpack themselves, and bodies of several parts.
  const zip = view.indexOf(ZIP, 0, "latin1");
  if (zip !== -1) return zipContents(bytes.subarray(zip), budget);
  if (bytes.length < MIN_UNMARKED || isUtf8(bytes)) return undefined;
  const wide = wideText(view);
  if (wide !== undefined) return [wide];
  // Bytes that begin so by chance do not decode to their end.
  const zlib = (view.readUInt8(0) & 0x0f) === 8 && view.readUInt16BE(0) % 31 === 0;
  const unmarked = inflated(bytes, zlib ? "deflate" : "br", budget);
  return typeof unmarked === "string" || !unmarked.every((inner) => inner.length > 0 && isUtf8(inner))
    ? undefined
    : unmarked;
}

/** Shorter bytes decode as brotli by chance. */
const MIN_UNMARKED = 16;

function inflated(bytes: Uint8Array, coding: string, budget: Budget): readonly Uint8Array[] | string {
  const result = decompressed(bytes, [coding]);
  if ("problem" in result) return result.problem;
  budget.left -= result.content.length;
  return budget.left < 0 ? TOO_LARGE : [result.content];
}

const TOO_LARGE = `its contents are larger than ${MAX_CONTENTS >> 20} MB`;

function zipContents(bytes: Uint8Array, budget: Budget): readonly Uint8Array[] | string {
  try {
    const files = fflate().unzipSync(bytes, {
      filter: ({ originalSize }) => {
        budget.left -= originalSize;
        if (budget.left < 0) throw new RangeError(TOO_LARGE);
        return true;
      },
    });
    return Object.entries(files).flatMap(([name, content]) => [Buffer.from(name), content]);
  } catch (error) {
    return error instanceof RangeError ? TOO_LARGE : "it does not decode as zip";
  }
}
