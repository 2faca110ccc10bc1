import type { Header } from "../http/index.ts";

/** Texts of which each may be absent. */
export type Texts = readonly (string | null | undefined)[];

/** A block of texts, as texts or encoded: their number, their size in UTF-8, the length of each, and all of them in one piece. */
export type TextBlock = Texts | Uint8Array;

const COUNT = 0;
const SIZE = 4;
const LENGTHS = 8;
/** Length of an absent text. */
const ABSENT = 0xffffffff;
/** A UTF-16 code unit takes up to three bytes. */
const BYTES_OF_UNIT = 3;

/** Size of an encoded block in bytes at most. */
export function largestBlock(block: TextBlock): number {
  if (isEncoded(block)) return block.length;
  let units = 0;
  for (const text of block) if (text) units += text.length;
  return LENGTHS + 4 * block.length + BYTES_OF_UNIT * units;
}

/** Size of an encoded block in bytes. */
export function exactBlock(block: TextBlock): number {
  return isEncoded(block) ? block.length : LENGTHS + 4 * block.length + Buffer.byteLength(block.join(""));
}

/** Encodes a block. @param view of the buffer. @returns the offset after it */
export function writeBlock(block: TextBlock, buffer: Buffer, view: DataView, offset: number): number {
  if (isEncoded(block)) {
    buffer.set(block, offset);
    return offset + block.length;
  }
  let text = "";
  let at = offset + LENGTHS;
  for (const part of block) {
    view.setUint32(at, part?.length ?? ABSENT);
    if (part) text += part;
    at += 4;
  }
  const size = text === "" ? 0 : buffer.write(text, at);
  view.setUint32(offset + COUNT, block.length);
  view.setUint32(offset + SIZE, size);
  return at + size;
}

/** Reads a block. @returns its texts, and the offset after it */
export function readBlock(
  buffer: Buffer,
  view: DataView,
  offset: number,
): { readonly texts: (string | undefined)[]; readonly end: number } {
  const count = view.getUint32(offset + COUNT);
  const from = offset + LENGTHS + 4 * count;
  const end = from + view.getUint32(offset + SIZE);
  const text = buffer.toString("utf8", from, end);
  let at = 0;
  const texts = Array.from({ length: count }, (_, i) => {
    const length = view.getUint32(offset + LENGTHS + 4 * i);
    if (length === ABSENT) return undefined;
    at += length;
    return text.slice(at - length, at);
  });
  return { texts, end };
}

/** Reads the first text of a block alone. */
export function readFirstText(buffer: Buffer, view: DataView, offset: number): string | undefined {
  const length = view.getUint32(offset + LENGTHS);
  if (length === 0) return "";
  return length === ABSENT ? undefined : readBlock(buffer, view, offset).texts[0];
}

/** Blocks of headers that came again, by the list itself: a connection keeps that while its client sends the same head. */
const encoded = new WeakMap<readonly Header[], Uint8Array>();

/** The last lists that came once, in turn; as many as there may be connections in a usual load. */
const once: (readonly Header[])[] = Array.from({ length: 128 }, () => []);
let next = 0;

/** The block of headers: name, value, name, value. It is encoded beforehand for a list that came again. */
export function headersBlock(headers: readonly Header[]): TextBlock {
  const known = encoded.get(headers);
  if (known !== undefined) return known;
  const texts = textsOfHeaders(headers);
  if (once.includes(headers)) encoded.set(headers, encodedBlock(texts));
  else {
    once[next] = headers;
    next = (next + 1) % once.length;
  }
  return texts;
}

function textsOfHeaders(headers: readonly Header[]): Texts {
  const texts: (string | null)[] = [];
  for (const [name, value] of headers) texts.push(name, value);
  return texts;
}

/** The headers of a block. */
export function headersOfBlock(texts: readonly (string | undefined)[]): Header[] {
  const headers: Header[] = [];
  for (let i = 0; i < texts.length; i += 2) headers.push([texts[i] ?? "", texts[i + 1] ?? null]);
  return headers;
}

function encodedBlock(block: Texts): Uint8Array {
  const buffer = Buffer.alloc(exactBlock(block));
  writeBlock(block, buffer, new DataView(buffer.buffer, buffer.byteOffset, buffer.length), 0);
  return buffer;
}

function isEncoded(block: TextBlock): block is Uint8Array {
  return block instanceof Uint8Array;
}
