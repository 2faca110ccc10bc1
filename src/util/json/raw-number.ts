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

/** A number that keeps its spelling. */
export function rawNumber(spelling: string): object {
  return jsonWithSource.rawJSON(spelling);
}

/** True for a number that keeps its spelling. */
export function isRawNumber(value: unknown): value is { rawJSON: string } {
  return jsonWithSource.isRawJSON(value);
}

/**
 * Parses JSON and keeps the spelling of its numbers, by a look at each value.
 * @throws SyntaxError if it is no JSON
 */
export function parseByReviver(text: string): unknown {
  return jsonWithSource.parse(text, (_key, value, context) =>
    typeof value === "number" && context.source !== undefined && String(value) !== context.source
      ? rawNumber(context.source)
      : value,
  );
}

/** Sets a key also where it is `__proto__`. */
export function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
