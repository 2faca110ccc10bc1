import { pythonFloat } from "../../../../asgi/index.ts";

/** Makes a number that `JSON.stringify` prints with this very spelling (ES2025). */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): object };

/**
 * Turns a value that FastAPI has validated into one of JavaScript: models and dicts become objects.
 *
 * @param printable true to keep the spelling of numbers for `JSON.stringify`, in place of their values
 */
export function plainValue(value: unknown, printable = false): unknown {
  if (typeof value === "bigint") return printable ? rawJSON(String(value)) : Number(value);
  if (typeof value === "number") return printable ? pythonFloat(value) : value;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || "filename" in value)
    return value;
  if (Array.isArray(value)) return value.map((item) => plainValue(item, printable));
  if (value instanceof Map) return plainMembers(value, printable);
  return "fields" in value && value.fields instanceof Map ? plainMembers(value.fields, printable) : value;
}

/** Metadata keeps the spelling of its numbers: `2.0` is not `2`. */
function plainMembers(map: ReadonlyMap<unknown, unknown>, printable: boolean): object {
  return Object.fromEntries(
    [...map].map(([name, item]) => [String(name), plainValue(item, printable || name === "metadata")]),
  );
}
