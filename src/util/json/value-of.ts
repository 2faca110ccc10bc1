/** Value of a JSON text, as `JSON.parse` reads it; `undefined` if it is none. */
export function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
