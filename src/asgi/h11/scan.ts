/**
 * Fast reading of plain heads, which most requests have. It goes byte by byte and without a copy, since every request pays
 * for it; `head.ts` reads any other head.
 */
import { isBlank, TOKEN_CHAR, trimBlanks } from "../../http/index.ts";
import type { H11Head } from "./head.ts";

const LF = 10;
const CR = 13;
const BLANK = 32;
const COLON = 58;

const TOKEN_ONLY = new RegExp(`^${TOKEN_CHAR}$`);
const TOKEN = table((code) => TOKEN_ONLY.test(String.fromCharCode(code)));
const TARGET = table((code) => code > BLANK && code < 127 && code !== 35 /* # */);
const VALUE = table((code) => code === 9 || (code >= BLANK && code !== 127));

const GET = Buffer.from("GET /");
const POST = Buffer.from("POST /");
const VERSION = Buffer.from(" HTTP/1.1\r\n");
/** Digits of a length above which the slower reader takes the request. */
const MAX_LENGTH_DIGITS = 15;

/**
 * Length (bytes) of a plain head, the blank line included. A plain head is a GET or POST of an absolute path by HTTP/1.1 with
 * one Host, at most one Content-Length, no header that changes how a connection or a body is read, no folded line, and only
 * CR LF at the ends of its lines.
 *
 * @returns -1 if the head is not plain or incomplete
 */
export function plainHeadLength(bytes: Uint8Array): number {
  let at = startsWith(bytes, 0, GET) ? GET.length : startsWith(bytes, 0, POST) ? POST.length : -1;
  if (at === -1) return -1;
  while (TARGET[bytes[at] as number] === 1) at++;
  if (!startsWith(bytes, at, VERSION)) return -1;
  at += VERSION.length;
  let hosts = 0;
  let length = -1;
  while (bytes[at] !== CR) {
    const start = at;
    while (TOKEN[bytes[at] as number] === 1) at++;
    if (at === start || bytes[at] !== COLON) return -1;
    const colon = at;
    do at++;
    while (VALUE[bytes[at] as number] === 1);
    if (bytes[at] !== CR || bytes[at + 1] !== LF) return -1;
    switch (colon - start) {
      case 4:
        if (isNamed(bytes, start, HOST)) hosts++;
        break;
      case 6:
        if (isNamed(bytes, start, EXPECT)) return -1;
        break;
      case 10:
        if (isNamed(bytes, start, CONNECTION) && !isKeepAlive(bytes, colon + 1, at)) return -1;
        break;
      case 14:
        if (isNamed(bytes, start, CONTENT_LENGTH)) {
          if (length !== -1) return -1;
          length = digits(bytes, colon + 1, at);
          if (length === -1) return -1;
        }
        break;
      case 17:
        if (isNamed(bytes, start, TRANSFER_ENCODING)) return -1;
        break;
    }
    at += 2;
  }
  if (bytes[at + 1] !== LF || hosts !== 1) return -1;
  return at + 2;
}

/** Reads a plain head. @param length as `plainHeadLength` gives it */
export function readPlainHead(bytes: Buffer, length: number): H11Head {
  const text = bytes.toString("latin1", 0, length - 2);
  const lineEnd = text.indexOf("\r\n");
  const blank = text.indexOf(" ");
  const headers: [string, string][] = [];
  let body = 0;
  for (let at = lineEnd + 2; at < text.length;) {
    const colon = text.indexOf(":", at);
    const end = text.indexOf("\r\n", colon);
    const name = text.slice(at, colon);
    const value = trimBlanks(text.slice(colon + 1, end));
    if (name.length === CONTENT_LENGTH.length && name.toLowerCase() === "content-length")
      body = Number(value);
    headers.push([name, value]);
    at = end + 2;
  }
  return {
    method: text.slice(0, blank),
    target: text.slice(blank + 1, lineEnd - VERSION.length + 2),
    version: "1.1",
    headers,
    body,
    closes: false,
    expectsContinue: false,
  };
}

const HOST = Buffer.from("host");
const EXPECT = Buffer.from("expect");
const CONNECTION = Buffer.from("connection");
const CONTENT_LENGTH = Buffer.from("content-length");
const TRANSFER_ENCODING = Buffer.from("transfer-encoding");
const KEEP_ALIVE = Buffer.from("keep-alive");

function table(holds: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => Number(holds(code)));
}

function startsWith(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}

/** Compares a name in either case. The name is a token, in which only letters differ by bit 5 alone. */
function isNamed(bytes: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (((bytes[start + i] as number) | 0x20) !== name[i]) return false;
  return true;
}

function isKeepAlive(bytes: Uint8Array, from: number, to: number): boolean {
  let start = from;
  let end = to;
  while (isBlank(bytes[start])) start++;
  while (end > start && isBlank(bytes[end - 1])) end--;
  return end - start === KEEP_ALIVE.length && isNamed(bytes, start, KEEP_ALIVE);
}

function digits(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (isBlank(bytes[at])) at++;
  if (at === to || to - at > MAX_LENGTH_DIGITS) return -1;
  let value = 0;
  for (; at < to; at++) {
    const digit = (bytes[at] as number) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
