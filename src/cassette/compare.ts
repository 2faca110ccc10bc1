import { formatPointer, parsePointer } from "../spec/index.ts";

/** A text in which equal JSON values are equal: keys sorted, numbers by value. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const source = value as Record<string, unknown>;
  const members = Object.keys(source)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(source[key])}`);
  return `{${members.join(",")}}`;
}

/** True if `value` holds all that `pattern` says: objects may have more keys, arrays have the same length. */
export function holds(pattern: unknown, value: unknown): boolean {
  if (typeof pattern !== "object" || pattern === null) return pattern === value;
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(pattern)) {
    return Array.isArray(value) && value.length === pattern.length && pattern.every((item, i) => holds(item, value[i]));
  }
  if (Array.isArray(value)) return false;
  return Object.entries(pattern).every(([key, item]) => Object.hasOwn(value, key) && holds(item, (value as Record<string, unknown>)[key]));
}

/** True if some value holds both patterns. */
export function canBothHold(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return a === b;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => canBothHold(item, b[i]));
  }
  return Object.entries(a).every(([key, item]) => !Object.hasOwn(b, key) || canBothHold(item, (b as Record<string, unknown>)[key]));
}

/** How much a pattern says: its scalars and empty containers. */
export function countLeaves(pattern: unknown): number {
  if (typeof pattern !== "object" || pattern === null) return 1;
  const items = Object.values(pattern);
  return items.length === 0 ? 1 : items.reduce<number>((sum, item) => sum + countLeaves(item), 0);
}

/** The value without what the pointers name; the value itself stays as it is. */
export function without(value: unknown, pointers: readonly string[]): unknown {
  if (pointers.length === 0 || typeof value !== "object" || value === null) return value;
  const copy = structuredClone(value);
  for (const pointer of pointers) {
    const segments = parsePointer(pointer);
    const last = segments.pop();
    let parent: unknown = copy;
    for (const segment of segments) parent = typeof parent === "object" && parent !== null ? (parent as Record<string, unknown>)[segment] : undefined;
    if (last === undefined || typeof parent !== "object" || parent === null) continue;
    // In an array the element becomes null, so that the others keep their places.
    if (Array.isArray(parent)) parent[Number(last)] = null;
    else delete (parent as Record<string, unknown>)[last];
  }
  return copy;
}

/** A place where a value differs from a recorded one. */
export interface Difference {
  /** JSON pointer into the value. */
  readonly pointer: string;
  /** `undefined`: not in the recording. */
  readonly recorded: unknown;
  /** `undefined`: missing. */
  readonly got: unknown;
}

/** @param subset leaves out what the recorded value does not mention */
export function differences(recorded: unknown, got: unknown, subset = false): Difference[] {
  const found: Difference[] = [];
  const walk = (a: unknown, b: unknown, path: (string | number)[]): void => {
    const containers = typeof a === "object" && a !== null && typeof b === "object" && b !== null && Array.isArray(a) === Array.isArray(b);
    if (!containers) {
      if (a !== b) found.push({ pointer: formatPointer(path), recorded: a, got: b });
      return;
    }
    const left = a as Record<string, unknown>;
    const right = b as Record<string, unknown>;
    for (const key of Object.keys(left)) walk(left[key], right[key], [...path, key]);
    if (subset && !Array.isArray(a)) return;
    for (const key of Object.keys(right)) if (!Object.hasOwn(left, key)) walk(undefined, right[key], [...path, key]);
  };
  walk(recorded, got, []);
  return found;
}
