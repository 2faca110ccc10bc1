import { encodeFile } from "./file-echo.ts";
import { type PyFile, type PyValue, isDict, isFile, reprFloat } from "./value.ts";

/** The exception that Python raises for a value that can't be sent as JSON. */
export type PrintFailure = "RecursionError" | "ValueError" | "UnicodeEncodeError" | "UnicodeDecodeError";

/**
 * Depth to which an echoed `input` may nest before `jsonable_encoder` of FastAPI raises a RecursionError: the rest of the
 * 1,000 frames of Python. Measured with the bare FastAPI of the oracle; every middleware of a server takes some more.
 */
export const ECHO_DEPTH_LIMIT = 978;

/**
 * Prints a value as FastAPI and Starlette send it: `jsonable_encoder`, then
 * `json.dumps(ensure_ascii=False, allow_nan=False, separators=(",", ":"))`, then UTF-8.
 */
export function printPython(value: PyValue): { readonly text: string } | { readonly failure: PrintFailure } {
  const printer = new Printer();
  try {
    printer.print(value, 0);
  } catch (error) {
    if (error instanceof Unprintable) return { failure: error.failure };
    throw error;
  }
  if (printer.infinite) return { failure: "ValueError" };
  if (printer.surrogates) return { failure: "UnicodeEncodeError" };
  return { text: printer.parts.join("") };
}

class Unprintable extends Error {
  readonly failure: PrintFailure;
  constructor(failure: PrintFailure) {
    super(failure);
    this.failure = failure;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

class Printer {
  readonly parts: string[] = [];
  /** True after NaN or an infinity: `json.dumps` refuses these before the text is encoded. */
  infinite = false;
  surrogates = false;

  print(value: PyValue, depth: number): void {
    if (depth > ECHO_DEPTH_LIMIT) throw new Unprintable("RecursionError");
    if (value === null || typeof value === "boolean" || typeof value === "bigint")
      this.parts.push(String(value));
    else if (typeof value === "number") this.#float(value);
    else if (typeof value === "string") this.parts.push(this.#quoted(value));
    else if (value instanceof Uint8Array) this.parts.push(this.#quoted(utf8Text(value)));
    else if (Array.isArray(value)) this.#list(value, depth);
    else if (isDict(value)) this.#dict(value, depth);
    else if (isFile(value)) this.#file(value, depth);
  }

  #file(file: PyFile, depth: number): void {
    const echo = encodeFile(file);
    if (echo === undefined) throw new Unprintable("ValueError");
    this.#dict(echo, depth);
  }

  #float(value: number): void {
    if (!Number.isFinite(value)) this.infinite = true;
    this.parts.push(reprFloat(value));
  }

  #list(items: readonly PyValue[], depth: number): void {
    this.parts.push("[");
    items.forEach((item, i) => {
      if (i > 0) this.parts.push(",");
      this.print(item, depth + 1);
    });
    this.parts.push("]");
  }

  #dict(dict: ReadonlyMap<string, PyValue>, depth: number): void {
    this.parts.push("{");
    let first = true;
    for (const [key, value] of dict) {
      // `jsonable_encoder` takes such a key for one of SQLAlchemy's own and leaves it out (`sqlalchemy_safe`).
      if (key.startsWith("_sa")) continue;
      this.parts.push(first ? "" : ",");
      this.print(key, depth + 1);
      this.parts.push(":");
      first = false;
      this.print(value, depth + 1);
    }
    this.parts.push("}");
  }

  #quoted(text: string): string {
    if (!text.isWellFormed()) this.surrogates = true;
    return JSON.stringify(text);
  }
}

function utf8Text(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Unprintable("UnicodeDecodeError");
  }
}
