import { formatPointer } from "./pointer.ts";

/**
 * A text in which equal JSON values are equal, and only these: keys sorted, numbers by value, strings with their length
 * in front instead of escapes. On the hot path.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === "string") return `${value.length}"${value}`;
  if (typeof value !== "object" || value === null) return String(value);
  let text: string;
  if (Array.isArray(value)) {
    text = "[";
    for (const item of value) text += `${canonicalJson(item)},`;
    return `${text}]`;
  }
  text = "{";
  for (const key of Object.keys(value).toSorted())
    text += `${key.length}"${key}:${canonicalJson((value as Record<string, unknown>)[key])},`;
  return `${text}}`;
}

/** True if `value` holds all that `pattern` says: objects may have more keys, arrays have the same length. */
export function holds(pattern: unknown, value: unknown): boolean {
  if (typeof pattern !== "object" || pattern === null) return pattern === value;
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(pattern)) {
    if (!Array.isArray(value) || value.length !== pattern.length) return false;
    for (let i = 0; i < pattern.length; i++) if (!holds(pattern[i], value[i])) return false;
    return true;
  }
  if (Array.isArray(value)) return false;
  for (const key of Object.keys(pattern)) {
    if (!Object.hasOwn(value, key)) return false;
    if (!holds((pattern as Record<string, unknown>)[key], (value as Record<string, unknown>)[key]))
      return false;
  }
  return true;
}

/** True if some value holds both patterns. */
export function canBothHold(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return a === b;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, i) => canBothHold(item, b[i]))
    );
  }
  return Object.entries(a).every(
    ([key, item]) => !Object.hasOwn(b, key) || canBothHold(item, (b as Record<string, unknown>)[key]),
  );
}

/** Number of scalars and empty containers of a pattern. */
export function countLeaves(pattern: unknown): number {
  if (typeof pattern !== "object" || pattern === null) return 1;
  const items = Object.values(pattern);
  return items.length === 0 ? 1 : items.reduce<number>((sum, item) => sum + countLeaves(item), 0);
}

/** The step of a path that stands for every element of an array and every member of an object. */
const ANY_STEP = "*";

/** The value without what the paths (of keys) name, where `*` stands for any one step; the value itself stays as it is. */
export function without(value: unknown, paths: readonly (readonly string[])[]): unknown {
  let rest = value;
  for (const path of paths) rest = withoutPath(rest, path, 0);
  return rest;
}

/** Copies only what is on the way. What a value inherits is none of it: `/__proto__/x` names nothing. */
function withoutPath(value: unknown, path: readonly string[], at: number): unknown {
  const key = path[at];
  if (key === undefined || typeof value !== "object" || value === null) return value;
  // A member may itself be called `*`, so each step is taken by its name.
  if (key === ANY_STEP)
    return Object.keys(value).reduce<unknown>(
      (rest, each) => withoutMember(rest as object, each, path, at),
      value,
    );
  return withoutMember(value, key, path, at);
}

/** The value without what the rest of a path names in one of its members. */
function withoutMember(value: object, key: string, path: readonly string[], at: number): unknown {
  if (!Object.hasOwn(value, key)) return value;
  const last = at === path.length - 1;
  if (Array.isArray(value)) {
    if (!/^\d+$/.test(key)) return value; // `length` is a key of its own, too
    // The element becomes null, so that the others keep their indices.
    return value.with(Number(key), last ? null : withoutPath(value[Number(key)], path, at + 1));
  }
  const { [key]: item, ...others } = value as Record<string, unknown>;
  return last ? others : { ...others, [key]: withoutPath(item, path, at + 1) };
}

/**
 * True if a path (of keys, `*` stands for any one step) can name something in a value that is equal to this one, or in one with more
 * members where the path ends.
 */
export function canName(value: unknown, path: readonly string[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return true;
  if (typeof value !== "object" || value === null) return false;
  if (key === ANY_STEP)
    return (
      Object.values(value).some((item) => canName(item, rest)) || (rest.length === 0 && !Array.isArray(value))
    );
  if (Array.isArray(value))
    return /^\d+$/.test(key) && Number(key) < value.length && canName(value[Number(key)], rest);
  if (!Object.hasOwn(value, key)) return rest.length === 0;
  return canName((value as Record<string, unknown>)[key], rest);
}

/** A location at which a value differs from a recorded one. */
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
    const containers =
      typeof a === "object" &&
      a !== null &&
      typeof b === "object" &&
      b !== null &&
      Array.isArray(a) === Array.isArray(b);
    if (!containers) {
      if (a !== b) found.push({ pointer: formatPointer(path), recorded: a, got: b });
      return;
    }
    const left = a as Record<string, unknown>;
    const right = b as Record<string, unknown>;
    for (const key of Object.keys(left)) walk(left[key], right[key], [...path, key]);
    if (subset && !Array.isArray(a)) return;
    for (const key of Object.keys(right))
      if (!Object.hasOwn(left, key)) walk(undefined, right[key], [...path, key]);
  };
  walk(recorded, got, []);
  return found;
}

/**
 * The size of a difference: 1 for a scalar in place of another, less for similar texts, and the number of scalars for what is missing,
 * too many, or of another kind.
 */
export function differenceSize({ recorded, got }: Difference): number {
  if (typeof recorded === "string" && typeof got === "string") return 1 - 0.9 * similarity(recorded, got);
  const leaves = (value: unknown): number => (value === undefined ? 0 : countLeaves(value));
  return isContainer(recorded) || isContainer(got) ? leaves(recorded) + leaves(got) : 1;
}

function isContainer(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

/** The part of two texts, from 0 to 1, that is the same at their beginnings and their ends. */
function similarity(a: string, b: string): number {
  const least = Math.min(a.length, b.length);
  const most = Math.max(a.length, b.length);
  let start = 0;
  while (start < least && a[start] === b[start]) start++;
  let end = 0;
  while (end < least - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return most === 0 ? 1 : (start + end) / most;
}
