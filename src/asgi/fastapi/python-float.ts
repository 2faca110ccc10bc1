import { reprFloat } from "./value.ts";

/** Makes a number that `JSON.stringify` prints with this very spelling (ES2025). */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): object };

/** Makes a float that `JSON.stringify` prints as Python does: `1.0`, `9e-06`, `1e+16`. */
export function pythonFloat(value: number): object {
  return rawJSON(reprFloat(value));
}
