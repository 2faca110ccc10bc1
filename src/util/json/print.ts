import { isRawNumber } from "./raw-number.ts";

/** Prints as most servers do: no blanks, and no escapes but those JSON demands. */
export function printCompact(value: unknown): string {
  return JSON.stringify(value);
}

/** Prints as Python's `json.dumps` does by default: a blank after `:` and `,`, and ASCII only. */
export function printSpaced(value: unknown): string {
  return printSpacedUnicode(value).replaceAll(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Prints as Python's `json.dumps(ensure_ascii=False)` does: as models write JSON. */
export function printSpacedUnicode(value: unknown): string {
  return print(value, "", "");
}

/** Prints on one line with blanks inside braces, as cassettes have it. */
export function printInline(value: unknown): string {
  return print(value, " ", "");
}

function print(value: unknown, brace: string, bracket: string): string {
  if (typeof value !== "object" || value === null || isRawNumber(value)) return JSON.stringify(value);
  if (Array.isArray(value)) {
    return value.length === 0
      ? "[]"
      : `[${bracket}${value.map((item) => print(item, brace, bracket)).join(", ")}${bracket}]`;
  }
  const members = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => `${JSON.stringify(key)}: ${print(item, brace, bracket)}`);
  return members.length === 0 ? "{}" : `{${brace}${members.join(", ")}${brace}}`;
}
