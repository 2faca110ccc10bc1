import { headerValue } from "../../http/index.ts";
import { formatPointer, parsePointer } from "../../util/index.ts";
import type { MatchRequest } from "../format/index.ts";
import { bytesKey } from "./match-key.ts";

/** A value that is compared as a whole. A header that must be absent is `undefined`. */
export type Scalar = unknown;

/** Values that a request must have to fit a pattern, by location; a pattern may require more than these. */
export type Requirements = ReadonlyMap<string, Scalar>;

/** Marks of the kinds of locations, in front of a pointer or a name. */
const [VALUE, LENGTH, PARAMETER, HEADER, BODY] = ["v", "l", "p", "h", "b"] as const;

/** Number of values of a body that are looked at: enough for a long conversation, too few for vectors to cost anything. */
const MAX_VALUES = 512;

/**
 * Finds what a pattern requires at single locations: scalars and lengths of arrays in its JSON, parameters, headers, and the body if
 * it is not JSON.
 * @param skipped paths into the JSON that are not compared
 */
export function requirementsOf(
  pattern: MatchRequest,
  skipped: readonly (readonly string[])[],
  headers: readonly (readonly [name: string, value: string | undefined])[],
): Map<string, Scalar> {
  const found = new Map<string, Scalar>();
  for (const [name, value] of headers) found.set(HEADER + name, value);
  for (const [name, value] of pattern.query) found.set(PARAMETER + name, value);
  const body = bodyText(pattern);
  if (body !== "") found.set(BODY, body);
  if (pattern.json === undefined) return found;
  addRequirements(
    pattern.json,
    "",
    skipped.filter((path) => path.length > 0),
    found,
  );
  return found;
}

function addRequirements(
  value: unknown,
  pointer: string,
  skipped: readonly (readonly string[])[],
  found: Map<string, Scalar>,
): void {
  if (found.size > MAX_VALUES) return;
  if (typeof value !== "object" || value === null) {
    found.set(VALUE + pointer, value);
    return;
  }
  if (Array.isArray(value)) found.set(LENGTH + pointer, value.length);
  for (const [key, item] of Object.entries(value)) {
    const below = skipped.filter(([step]) => step === key || step === "*").map(([, ...rest]) => rest);
    // What is ignored is no requirement, and in an array it stands as null.
    if (below.every((path) => path.length > 0)) addRequirements(item, pointer + stepOf(key), below, found);
    if (found.size > MAX_VALUES) return;
  }
}

function stepOf(key: string): string {
  return /[~/]/.test(key) ? formatPointer([key]) : `/${key}`;
}

/** Reads the values that a request has at a location. A parameter may have several. */
export type ReadValues = (request: MatchRequest) => readonly Scalar[];

const NONE: readonly never[] = [];

/** The reader of a location. */
export function readerOf(location: string): ReadValues {
  const [kind, name] = [location.slice(0, 1), location.slice(1)];
  if (kind === HEADER) return ({ headers }) => [headerValue(headers, name)];
  if (kind === PARAMETER)
    return ({ query, defaults = [] }) => [
      ...new Set([...query, ...defaults].filter(([key]) => key === name).map(([, value]) => value)),
    ];
  if (kind === BODY) return (request) => [bodyText(request)];
  const path = parsePointer(name);
  return ({ json }) => {
    const value = valueAtPath(json, path);
    if (kind === LENGTH) return Array.isArray(value) ? [value.length] : NONE;
    return typeof value === "object" && value !== null ? NONE : [value];
  };
}

/** The value at a path; `undefined` if there is none. */
function valueAtPath(json: unknown, path: readonly string[]): unknown {
  let value = json;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** A text that differs for bodies that are not JSON and for JSON as a whole; empty for no body. */
export function bodyText(request: MatchRequest): string {
  return request.json === undefined ? bytesKey(request) : "json";
}
