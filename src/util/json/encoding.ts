/**
 * Decodes a JSON body as Python's `json.loads` does: the first bytes give the encoding, and lone surrogates pass.
 *
 * @returns `undefined` if the bytes are no text in that encoding
 */
export function decodeJsonText(bytes: Uint8Array): string | undefined {
  const encoding = detectEncoding(bytes);
  switch (encoding.name) {
    case "utf-16":
      return decodeUtf16(bytes.subarray(encoding.skip), encoding.littleEndian);
    case "utf-32":
      return decodeUtf32(bytes.subarray(encoding.skip), encoding.littleEndian);
    case "utf-8":
      return decodeUtf8(bytes.subarray(encoding.skip));
  }
}

interface Encoding {
  readonly name: "utf-8" | "utf-16" | "utf-32";
  readonly littleEndian: boolean;
  /** Length of the byte order mark in bytes. */
  readonly skip: number;
}

/** The rules of CPython's `json.detect_encoding`. */
function detectEncoding(bytes: Uint8Array): Encoding {
  const starts = (...mark: number[]): boolean => mark.every((byte, i) => bytes[i] === byte);
  const found = (name: Encoding["name"], littleEndian: boolean, skip: number): Encoding => ({
    name,
    littleEndian,
    skip,
  });
  if (starts(0, 0, 0xfe, 0xff)) return found("utf-32", false, 4);
  if (starts(0xff, 0xfe, 0, 0)) return found("utf-32", true, 4);
  if (starts(0xfe, 0xff)) return found("utf-16", false, 2);
  if (starts(0xff, 0xfe)) return found("utf-16", true, 2);
  if (starts(0xef, 0xbb, 0xbf)) return found("utf-8", false, 3);
  if (bytes.length >= 4) {
    if (bytes[0] === 0) return found(bytes[1] === 0 ? "utf-32" : "utf-16", false, 0);
    if (bytes[1] === 0) return found(bytes[2] === 0 && bytes[3] === 0 ? "utf-32" : "utf-16", true, 0);
  } else if (bytes.length === 2) {
    if (bytes[0] === 0) return found("utf-16", false, 0);
    if (bytes[1] === 0) return found("utf-16", true, 0);
  }
  return found("utf-8", false, 0);
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return decodeWithSurrogates(bytes);
  }
}

/**
 * Decodes UTF-8 in which surrogates may be encoded like characters (`surrogatepass`); `undefined` for any other bytes. Each
 * surrogate becomes a low one, since in Python two of them side by side are no pair. Their values never show, since a text
 * with a surrogate can't be sent.
 */
function decodeWithSurrogates(bytes: Uint8Array): string | undefined {
  const parts: string[] = [];
  let from = 0;
  for (let at = bytes.indexOf(0xed); at !== -1; at = bytes.indexOf(0xed, at + 1)) {
    const second = bytes[at + 1] ?? 0;
    const third = bytes[at + 2] ?? 0;
    if (second < 0xa0 || second > 0xbf || third < 0x80 || third > 0xbf) continue;
    const before = decodeStrictly(bytes.subarray(from, at));
    if (before === undefined) return undefined;
    parts.push(before, "\udc00");
    from = at + 3;
  }
  const rest = decodeStrictly(bytes.subarray(from));
  return rest === undefined ? undefined : parts.join("") + rest;
}

function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function decodeUtf16(bytes: Uint8Array, littleEndian: boolean): string | undefined {
  if (bytes.length % 2 !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return joinedCodes(bytes.length / 2, (i) => view.getUint16(i * 2, littleEndian));
}

function decodeUtf32(bytes: Uint8Array, littleEndian: boolean): string | undefined {
  if (bytes.length % 4 !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < bytes.length; i += 4) if (view.getUint32(i, littleEndian) > 0x10ffff) return undefined;
  return joinedCodes(bytes.length / 4, (i) => view.getUint32(i * 4, littleEndian));
}

/** A string of many code points, made by calls of at most 8192 arguments each. */
function joinedCodes(length: number, codePoint: (i: number) => number): string {
  const parts: string[] = [];
  for (let from = 0; from < length; from += 8192) {
    const count = Math.min(8192, length - from);
    parts.push(String.fromCodePoint(...Array.from({ length: count }, (_, i) => codePoint(from + i))));
  }
  return parts.join("");
}
