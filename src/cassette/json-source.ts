/**
 * JSON whose numbers keep their spelling. Python writes `9e-06` and `0.0` where JavaScript prints `0.000009` and `0`;
 * such numbers are held as raw JSON (`JSON.rawJSON`), all others are plain numbers.
 */

/** Python's and Node's stack both give up somewhere; no real exchange comes near this. */
export const MAX_DEPTH = 512;

/** ECMAScript's JSON.parse source text access, which TypeScript's library does not declare yet. */
interface JsonWithSource {
  rawJSON(text: string): object;
  isRawJSON(value: unknown): value is { rawJSON: string };
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
}
const jsonWithSource = JSON as unknown as JsonWithSource;

/**
 * Parses JSON and keeps the spelling of its numbers.
 * @throws SyntaxError if it is no JSON
 */
export function parseJsonSource(text: string): unknown {
  return jsonWithSource.parse(text, (_key, value, context) =>
    typeof value === "number" && context.source !== undefined && String(value) !== context.source
      ? jsonWithSource.rawJSON(context.source)
      : value,
  );
}

/** The value as ordinary JSON: raw numbers become numbers. */
export function plainJson(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (jsonWithSource.isRawJSON(value)) return Number(value.rawJSON);
  if (Array.isArray(value)) return value.map(plainJson);
  const plain: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) define(plain, key, plainJson(item));
  return plain;
}

/** Prints as most servers do: no blanks, and no escapes but those JSON demands. */
export function printCompact(value: unknown): string {
  return JSON.stringify(value);
}

/** Prints as Python's `json.dumps` does: a blank after `:` and `,`, and ASCII only. */
export function printSpaced(value: unknown): string {
  return print(value, "", "").replaceAll(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Prints on one line with blanks inside braces, as cassettes have it. */
export function printInline(value: unknown): string {
  return print(value, " ", "");
}

/** Sets a key also where it is `__proto__`. */
export function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

function print(value: unknown, brace: string, bracket: string): string {
  if (typeof value !== "object" || value === null || jsonWithSource.isRawJSON(value))
    return JSON.stringify(value);
  if (Array.isArray(value)) {
    return value.length === 0
      ? "[]"
      : `[${bracket}${value.map((item) => print(item, brace, bracket)).join(", ")}${bracket}]`;
  }
  const members = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}: ${print(item, brace, bracket)}`,
  );
  return members.length === 0 ? "{}" : `{${brace}${members.join(", ")}${brace}}`;
}
