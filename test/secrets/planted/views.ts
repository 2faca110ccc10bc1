/** All that a reader can get out of a text: JSON strings, decoded base64 and hex, unpacked archives, joined streams. */
import { isUtf8 } from "node:buffer";
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from "node:zlib";

const MAX_DEPTH = 5;

/** A text, or bytes, and all that is hidden in them. */
export function views(source: string | Buffer): string[] {
  const seen = new Set<string>();
  if (typeof source === "string") look(source, 0, seen);
  else if (isUtf8(source)) look(source.toString(), 0, seen);
  else lookInBytes(source, 0, seen);
  return [...seen];
}

function look(text: string, depth: number, seen: Set<string>): void {
  if (text.length < 8 || depth > MAX_DEPTH || seen.has(text)) return;
  seen.add(text);
  const json = jsonOf(text);
  if (json !== undefined) lookInJson(json, depth, seen);
  for (const data of eventsOf(text)) look(data, depth + 1, seen);
  if (/%[0-9a-f]{2}/i.test(text)) look(percentDecoded(text), depth + 1, seen);
  if (/\\u[0-9a-f]{4}/i.test(text)) look(unescaped(text), depth + 1, seen);
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{16,}(?:\r?\n[A-Za-z0-9+/_-]{2,})*={0,2}/g)) {
    lookInBytes(Buffer.from(run, "base64"), depth, seen);
    const unbroken = run.split(/\r?\n/);
    if (unbroken.length > 1)
      for (const line of unbroken) lookInBytes(Buffer.from(line, "base64"), depth, seen);
  }
  for (const [run] of text.matchAll(/(?:[0-9a-f]{2}){8,}/gi))
    lookInBytes(Buffer.from(run, "hex"), depth, seen);
}

/** Bytes: as text if they look like it, and unpacked. */
function lookInBytes(bytes: Buffer, depth: number, seen: Set<string>): void {
  for (const unpacked of unpackings(bytes)) look(unpacked.toString(), depth + 1, seen);
  if (isText(bytes)) look(bytes.toString(), depth + 1, seen);
  // As the program `strings` does it.
  else
    for (const [run] of bytes.toString("latin1").matchAll(/[\x20-\x7e\r\n\t]{8,}/g))
      look(run, depth + 1, seen);
}

const isText = (bytes: Buffer): boolean =>
  bytes.length > 7 && bytes.every((byte) => byte > 8 && byte !== 127);

/** Contents of an archive, by its first bytes; without a known beginning what brotli makes of them. */
function unpackings(bytes: Buffer): Buffer[] {
  const attempts: (() => Buffer)[] = [];
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) attempts.push(() => gunzipSync(bytes));
  else if (bytes[0] === 0x78) attempts.push(() => inflateSync(bytes));
  else if (bytes.length > 8 && bytes.readUInt32LE(0) === 0xfd2fb528)
    attempts.push(() => zstdDecompressSync(bytes));
  else if (bytes.length > 60 && !isText(bytes)) attempts.push(() => brotliDecompressSync(bytes));
  const at = bytes.indexOf("PK\x03\x04");
  if (at >= 0)
    attempts.push(() => {
      const start = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
      return inflateRawSync(bytes.subarray(start, start + bytes.readUInt32LE(at + 18)));
    });
  const gzip = bytes.indexOf("\x1f\x8b\x08", 1, "latin1");
  if (gzip > 0) attempts.push(() => inflateRawSync(bytes.subarray(gzip + 10)));
  return attempts.flatMap((attempt) => {
    try {
      return [attempt()];
    } catch {
      return [];
    }
  });
}

function jsonOf(text: string): unknown {
  if (!/^\s*[[{"]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The data of events, and their deltas joined. */
function eventsOf(text: string): string[] {
  const data = [...text.matchAll(/^data: ?(.*)$/gm)].map(([, one = ""]) => one);
  return data.length < 2 ? [] : [data.join(""), `[${data.filter((one) => one.startsWith("{")).join(",")}]`];
}

function lookInJson(value: unknown, depth: number, seen: Set<string>): void {
  for (const text of stringsOf(value)) look(text, depth + 1, seen);
}

/** Strings of a JSON value, and strings that follow each other under one path, joined: deltas, tokens, bytes, writes. */
export function stringsOf(value: unknown): string[] {
  const strings: string[] = [];
  const joined = new Map<string, string>();
  const join = (path: string, text: string): void => void joined.set(path, (joined.get(path) ?? "") + text);
  const walk = (one: unknown, path: string): void => {
    if (typeof one === "string") {
      join(path, one);
      strings.push(one);
    } else if (Array.isArray(one)) {
      if (isBytes(one)) join(`${path}/bytes`, Buffer.from(one).toString());
      else for (const item of one) walk(item, path);
    } else if (typeof one === "object" && one !== null) {
      const choice = "index" in one && typeof one.index === "number" ? `#${one.index}` : "";
      for (const [key, member] of Object.entries(one)) {
        strings.push(key);
        walk(member, `${path}${choice}/${key}`);
      }
    }
  };
  walk(value, "");
  return [...strings, ...joined.values()];
}

const isBytes = (list: readonly unknown[]): list is number[] =>
  list.length > 0 && list.every((byte) => typeof byte === "number" && byte >= 0 && byte < 256);

const percentDecoded = (text: string): string =>
  text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString());
const unescaped = (text: string): string =>
  text.replaceAll(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
