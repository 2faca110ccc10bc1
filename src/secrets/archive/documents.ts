import { isUtf8 } from "node:buffer";
import { decompressed } from "../../http/index.ts";

/** Bytes that may still be taken out of what is opened. */
export interface Budget {
  left: number;
}

const PDF = "%PDF-";
/** A PDF may begin with a few other bytes. */
const HEAD = 1024;
/** Streams of a PDF that are looked into. */
const MAX_STREAMS = 20_000;

/**
 * The texts of a PDF: each stream that is compressed with zlib, and the sentences that the strings of a page spell. `undefined` for
 * other bytes. A stream that does not decode is a picture or encrypted; it has no text to find.
 */
export function pdfContents(bytes: Buffer, budget: Budget): readonly Uint8Array[] | undefined {
  if (bytes.subarray(0, HEAD).indexOf(PDF) === -1) return undefined;
  const contents: Uint8Array[] = [Buffer.from(spokenText(bytes.toString("latin1")), "latin1")];
  for (const stream of streamsOf(bytes)) {
    const result = decompressed(stream, ["deflate"]);
    if ("problem" in result) continue;
    budget.left -= result.content.length;
    if (budget.left < 0) break;
    // Fonts and pictures are no text.
    if (isUtf8(result.content)) contents.push(result.content);
    const spoken = spokenText(Buffer.from(result.content).toString("latin1"));
    if (spoken !== "") contents.push(Buffer.from(spoken, "latin1"));
  }
  return contents;
}

function* streamsOf(bytes: Buffer): Generator<Buffer> {
  let at = 0;
  for (let count = 0; count < MAX_STREAMS; count++) {
    const word = bytes.indexOf("stream", at);
    if (word === -1) return;
    const end = bytes.indexOf("endstream", word);
    if (end === -1) return;
    let start = word + "stream".length;
    while (bytes[start] === 0x0d || bytes[start] === 0x0a) start++;
    yield bytes.subarray(start, end);
    at = end + "endstream".length;
  }
}

/** The strings of a page, and the operators after which the next one begins elsewhere. */
const SPOKEN = /\(((?:[^()\\]|\\[\s\S])*)\)|\b(?:Tj|TJ|T[dDm*]|ET)\b/g;

/** The words that the strings of a page spell: those of one operator belong together, letters may be set one by one. */
function spokenText(page: string): string {
  if (!/\bT[jJ]\b/.test(page)) return "";
  let text = "";
  for (const [all, string] of page.matchAll(SPOKEN))
    text += all.startsWith("(") ? (string ?? "").replaceAll(/\\([\s\S])/g, "$1") : "\n";
  return text.replaceAll(/\n{2,}/g, "\n");
}

const MIN_WIDE = 16;
/** Bytes by which the coding of a text is told. */
const SAMPLE = 4096;

/** The UTF-8 of a text in UTF-16, as Windows writes tables and notes; `undefined` for other bytes. */
export function wideText(bytes: Buffer): Buffer | undefined {
  if (bytes.length < MIN_WIDE || bytes.length % 2 !== 0) return undefined;
  const order = byteOrder(bytes);
  if (order === undefined) return undefined;
  const text = (order === "big" ? Buffer.from(bytes).swap16() : bytes).toString("utf16le");
  return Buffer.from(text.replace(/^\ufeff/, ""));
}

/** By the mark at the beginning, or as every other byte is zero in most of its letters. */
function byteOrder(bytes: Buffer): "little" | "big" | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "little";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "big";
  const sample = bytes.subarray(0, SAMPLE);
  const zeros = [0, 0];
  for (const [i, byte] of sample.entries()) if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const most = sample.length * 0.4;
  if (odd > most && even === 0) return "little";
  return even > most && odd === 0 ? "big" : undefined;
}
