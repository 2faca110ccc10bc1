import { readPythonJsonText } from "../../../../asgi/index.ts";
import { plainValue } from "./plain.ts";

/** Reads the metadata of an upload, which FastAPI has checked to be an object. */
export function printableJson(text: string): Readonly<Record<string, unknown>> | null {
  const decoded = readPythonJsonText(text);
  const value = "value" in decoded ? plainValue(decoded.value, true) : null;
  return value as Readonly<Record<string, unknown>> | null;
}
