import { reprFloat } from "./value.ts";

/** Of ES2025: a number that `JSON.stringify` prints just as it is spelled. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): object };

/** A float that JSON.stringify prints as Python does: `1.0`, `9e-06`, `1e+16`. */
export function pythonFloat(value: number): object {
  return rawJSON(reprFloat(value));
}
