import { reprFloat, reprString } from "../../../asgi/index.ts";

/** `repr()` of a value of JSON. */
export function pythonSpelling(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "string") return reprString(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : reprFloat(value);
  if (Array.isArray(value)) return `[${value.map(pythonSpelling).join(", ")}]`;
  const members = Object.entries(value).map(
    ([key, member]) => `${reprString(key)}: ${pythonSpelling(member)}`,
  );
  return `{${members.join(", ")}}`;
}
