import { parseJsonSource, printCompact, printSpaced } from "../../util/index.ts";
import type { BodyElement } from "./types.ts";

/** A write of a body as it was recorded. */
export interface TimedWrite {
  /** Milliseconds since the write before (or the head). */
  readonly wait: number;
  readonly bytes: Uint8Array;
  readonly flush?: boolean;
}

/** Spelling of the bytes of an element. */
type Spelling = Pick<BodyElement, "sse" | "json" | "text" | "hex" | "style">;

/** Reads a side file's bytes by its hash. */
export type ReadSideFile = (hash: string) => Uint8Array;

/** Deeper JSON stays text, well before the depth at which a cassette is refused. */
const MAX_SPELLED_DEPTH = 128;

/** Longest JSON of an answer that is spelled as such. Nobody reads a longer one, and as a tree it takes many times its size. */
const MAX_SPELLED_JSON = 4 * 1024 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Stands in where a cassette has no side files. @throws RangeError always */
export const noSideFiles: ReadSideFile = (hash) => {
  throw new RangeError(`no side file ${hash} here`);
};

/**
 * Encodes elements as writes.
 * @throws RangeError if an element has no spelling or several, or its hex is not hex
 */
export function encodeBody(
  elements: readonly BodyElement[],
  readSideFile: ReadSideFile = noSideFiles,
): TimedWrite[] {
  const writes: { wait: number; group: BodyElement[]; flush: boolean }[] = [];
  for (const element of elements) {
    const last = writes.at(-1);
    if (element.wait === undefined && last !== undefined) {
      last.group.push(element);
      last.flush ||= element.flush ?? false;
    } else writes.push({ wait: element.wait ?? 0, group: [element], flush: element.flush ?? false });
  }
  return writes.map(({ wait, group, flush }) => ({
    wait,
    bytes: encodeElements(group, readSideFile).bytes,
    ...(flush ? { flush } : {}),
  }));
}

/** The bytes of an element. */
export function encodeElement(element: BodyElement, readSideFile: ReadSideFile = noSideFiles): Uint8Array {
  const sent = sentByElement(element, readSideFile);
  return typeof sent === "string" ? Buffer.from(sent) : sent;
}

/** The bytes of elements, one after the other, and the offsets at which they begin. Texts are encoded in place: one may have megabytes. */
export function encodeElements(
  elements: readonly BodyElement[],
  readSideFile?: ReadSideFile,
): { readonly bytes: Uint8Array; readonly starts: readonly number[] } {
  const [only] = elements;
  if (only !== undefined && elements.length === 1)
    return { bytes: encodeElement(only, readSideFile), starts: [0] };
  const starts: number[] = [];
  let size = 0;
  const parts = elements.map((element) => {
    const sent = sentByElement(element, readSideFile);
    starts.push(size);
    size += typeof sent === "string" ? Buffer.byteLength(sent) : sent.length;
    return sent;
  });
  const bytes = Buffer.allocUnsafe(size);
  for (const [i, part] of parts.entries())
    if (typeof part === "string") bytes.write(part, starts[i] ?? 0);
    else bytes.set(part, starts[i]);
  return { bytes, starts };
}

/** The text of an element, or its bytes if it may be none. */
function sentByElement(element: BodyElement, readSideFile: ReadSideFile = noSideFiles): string | Uint8Array {
  const print = element.style === "spaced" ? printSpaced : printCompact;
  if (element.sse !== undefined) {
    const data = typeof element.sse === "string" ? element.sse : print(element.sse);
    return `data: ${data}\n\n`;
  }
  if (element.json !== undefined) return print(element.json);
  if (element.text !== undefined) return element.text;
  if (element.hex !== undefined) return decodeHex(element.hex);
  if (element.file !== undefined) return readSideFile(element.file);
  throw new RangeError("an element has none of sse, json, text, hex and file");
}

/**
 * Finds the most readable elements for exactly these writes: encoding them gives the same bytes with the same
 * boundaries, waits and flushes.
 */
export function decodeBody(writes: readonly TimedWrite[], kind: "sse" | "json" | "other"): BodyElement[] {
  return writes.flatMap(({ wait, bytes, flush }) => {
    const spellings =
      kind === "sse"
        ? spellStream(bytes)
        : spellWhole(bytes, kind === "json" && bytes.length <= MAX_SPELLED_JSON);
    return spellings.map((spelling, i): BodyElement =>
      i === 0 ? { wait, ...(flush ? { flush } : {}), ...spelling } : spelling,
    );
  });
}

/** Spells `data: …` events as `sse`, and the bytes between them as text. */
function spellStream(bytes: Uint8Array): Spelling[] {
  const text = strictUtf8(bytes);
  if (text === undefined) return spellWhole(bytes, false);
  const spellings: Spelling[] = [];
  let rest = 0;
  // Line by line: an event begins at the start of a line, never in the middle. A regular expression
  // would scan the rest of the text again at every `data: ` that is not an event.
  for (let at = 0; at < text.length;) {
    const lf = text.indexOf("\n", at);
    if (lf === -1) break;
    if (text[lf + 1] === "\n" && text.startsWith(DATA, at)) {
      if (at > rest) spellings.push({ text: text.slice(rest, at) });
      spellings.push(spellEvent(text.slice(at + DATA.length, lf)));
      rest = lf + 2;
      at = rest;
    } else at = lf + 1;
  }
  if (rest < text.length || spellings.length === 0) spellings.push({ text: text.slice(rest) });
  return spellings;
}

const DATA = "data: ";

function spellEvent(data: string): Spelling {
  if (!data.startsWith("{") || data.length > MAX_SPELLED_JSON) return { sse: data };
  const spelled = spellJson(data);
  return spelled === undefined
    ? { sse: data }
    : { sse: spelled.json, ...(spelled.style ? { style: spelled.style } : {}) };
}

function spellWhole(bytes: Uint8Array, tryJson: boolean): Spelling[] {
  const text = strictUtf8(bytes);
  if (text !== undefined) return [(tryJson ? spellJson(text) : undefined) ?? { text }];
  // A write that cuts characters: its ends as hex, the rest as text.
  const start = leadingContinuation(bytes);
  const end = bytes.length - trailingIncomplete(bytes);
  const middle = start < end ? strictUtf8(bytes.subarray(start, end)) : undefined;
  if (middle === undefined) return [{ hex: encodeHex(bytes) }];
  const spellings: Spelling[] = [];
  if (start > 0) spellings.push({ hex: encodeHex(bytes.subarray(0, start)) });
  spellings.push({ text: middle });
  if (end < bytes.length) spellings.push({ hex: encodeHex(bytes.subarray(end)) });
  return spellings;
}

/** The JSON of a text, if printing it in one of the known styles gives the same text again. */
export function spellJson(text: string): { json: unknown; style?: "spaced" } | undefined {
  try {
    const plain: unknown = JSON.parse(text);
    // Most JSON prints the same with plain numbers, which are read in a fraction of the time.
    if (JSON.stringify(plain) === text)
      return shallow(plain, MAX_SPELLED_DEPTH) ? { json: plain } : undefined;
    const json = parseJsonSource(text);
    if (!shallow(json, MAX_SPELLED_DEPTH)) return undefined;
    if (printCompact(json) === text) return { json };
    if (printSpaced(json) === text) return { json, style: "spaced" };
  } catch {
    // not JSON, or nested deeper than the stack allows: it stays text
  }
  return undefined;
}

function shallow(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => shallow(item, levels - 1));
}

function strictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function leadingContinuation(bytes: Uint8Array): number {
  let count = 0;
  while (count < 3 && count < bytes.length && ((bytes[count] as number) & 0xc0) === 0x80) count++;
  return count;
}

/** The number of bytes at the end that begin a character without completing it. */
function trailingIncomplete(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return size > back ? back : 0;
  }
  return 0;
}

function encodeHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function decodeHex(hex: string): Uint8Array {
  if (hex.length % 2 !== 0 || /[^0-9a-fA-F]/.test(hex))
    throw new RangeError("hex is not an even number of hexadecimal digits");
  return Buffer.from(hex, "hex");
}
