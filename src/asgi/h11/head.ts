/**
 * Heads of requests as uvicorn's parser reads them: h11 0.16, by its grammar (`_abnf.py`, `_readers.py`,
 * `_headers.py`, `_events.py`) and compared with it byte for byte in `test/live/h11`.
 */
import { TOKEN_CHAR, trimBlanks } from "../../http/index.ts";

/** A head that h11 accepts. */
export interface H11Head {
  /** Any token: `FOO` and `get` too. */
  readonly method: string;
  readonly target: string;
  /** `1.1`, or any other digit, dot, digit: h11 accepts them all. */
  readonly version: string;
  /**
   * The headers as h11 passes them on: folds joined, equal lengths merged, the value of `Transfer-Encoding` in lower
   * case.
   */
  readonly headers: readonly (readonly [string, string])[];
  /** The body's length in bytes, or `chunked`, which beats a length that is declared too. */
  readonly body: number | "chunked";
  /** True if the connection ends after the answer: the client wants that, or speaks a version before 1.1. */
  readonly closes: boolean;
  /** True if the client waits for `100 Continue`. */
  readonly expectsContinue: boolean;
}

const REQUEST_LINE = new RegExp(`^(${TOKEN_CHAR}+) ([\\x21-\\x7e]+) HTTP/([0-9]\\.[0-9])$`);
const NAME = new RegExp(`^${TOKEN_CHAR}+$`);
const FOLD = /^[ \t]+/;
/** Characters that a value may not hold. A bare CR can be within a line, since lines may end in LF. */
const NO_VALUE = /[\0\n\v\f\r]/;
const MAX_LENGTH_DIGITS = 20;

const LF = 10;
const CR = 13;

/**
 * Finds the end of the blank line that closes a head or trailers. Lines may end in a bare LF.
 *
 * @param from number of bytes searched before: no blank line ends there or earlier
 * @returns the offset after the blank line; 0 if it is not there yet
 */
export function blankLineEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(LF, Math.max(0, from - 2)); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return 0;
}

/** Reads a head from its bytes, the blank line included; `undefined` if h11 refuses it. */
export function readH11Head(bytes: Uint8Array): H11Head | undefined {
  const [first = "", ...rest] = linesOf(bytes);
  const [, method, target, version] = REQUEST_LINE.exec(first) ?? [];
  const headers = readH11Fields(rest);
  if (method === undefined || target === undefined || version === undefined || headers === undefined)
    return undefined;
  const values = (name: string): string[] =>
    headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
  const hosts = values("host").length;
  if (hosts > 1 || (hosts === 0 && version === "1.1")) return undefined;
  const [length = "0"] = values("content-length");
  return {
    method,
    target,
    version,
    headers,
    body: values("transfer-encoding").length > 0 ? "chunked" : Number(length),
    closes: version < "1.1" || connectionTokens(values("connection")).includes("close"),
    expectsContinue: version >= "1.1" && connectionTokens(values("expect")).includes("100-continue"),
  };
}

/** The lines of a head or of trailers, without the blank line. */
export function linesOf(bytes: Uint8Array): string[] {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1").split("\n");
  return lines.slice(0, -2).map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}

/** Reads header fields from their lines; `undefined` if h11 refuses them. */
export function readH11Fields(lines: readonly string[]): [string, string][] | undefined {
  const fields: [string, string][] = [];
  for (const line of unfolded(lines) ?? [""]) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon));
    const value = trimBlanks(line.slice(colon + 1));
    if (!NAME.test(name) || NO_VALUE.test(value)) return undefined;
    fields.push([name, value]);
  }
  return framingFieldsAgree(fields);
}

/** Joins lines that begin with a blank to the line before; `undefined` if there is no line before. */
function unfolded(lines: readonly string[]): string[] | undefined {
  const joined: string[][] = [];
  for (const line of lines) {
    const fold = FOLD.exec(line);
    if (fold === null) joined.push([line]);
    else if (joined.length === 0) return undefined;
    else joined.at(-1)?.push(line.slice(fold[0].length));
  }
  return joined.map((parts) => parts.join(" "));
}

/** Merges equal lengths; `undefined` if lengths differ, or for any transfer coding but a single `chunked`. */
function framingFieldsAgree(fields: readonly [string, string][]): [string, string][] | undefined {
  const kept: [string, string][] = [];
  let length: string | undefined;
  let coded = false;
  for (const [name, value] of fields) {
    const lower = name.toLowerCase();
    if (lower === "content-length") {
      const lengths = new Set(value.split(",").map((one) => one.trim()));
      const [declared = ""] = lengths;
      if (lengths.size !== 1 || !/^[0-9]+$/.test(declared) || declared.length > MAX_LENGTH_DIGITS)
        return undefined;
      if (length === undefined) kept.push([name, declared]);
      else if (length !== declared) return undefined;
      length = declared;
    } else if (lower === "transfer-encoding") {
      if (coded || value.toLowerCase() !== "chunked") return undefined;
      coded = true;
      kept.push([name, "chunked"]);
    } else kept.push([name, value]);
  }
  return kept;
}

function connectionTokens(values: readonly string[]): string[] {
  return values.flatMap((value) => value.toLowerCase().split(",")).map((token) => token.trim());
}
