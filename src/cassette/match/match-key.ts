import { headerValue } from "../../http/index.ts";
import { canonicalJson, countLeaves, holds, parsePointer, without } from "../../util/index.ts";
import type { MatchRequest, MatchRule } from "../format/index.ts";
import type { Credential } from "./credentials.ts";
import { redactedFormOf } from "./redacted-pattern.ts";
import { redactedHeader, redactedHeaderOf, redactedParts, redactedRequest } from "./redaction.ts";

/** An item that answers requests equal to a recorded one. */
export interface Matchable {
  readonly request: MatchRequest;
  readonly match: MatchRule;
  /** The recorded credential; absent if the item says nothing of credentials. */
  readonly credential?: Credential | undefined;
}

/** Matchables that take the same requests, in the order in which they were added. */
export interface Group<T extends Matchable> {
  readonly members: readonly T[];
  /** True if the recorded requests contain pseudonyms, so that redacted patterns were compared. */
  readonly redacted: boolean;
}

/** A header that must have the recorded value, or be absent if that is `undefined`. */
interface HeaderRule {
  readonly name: string;
  readonly value: string | undefined;
  /** The redacted form that is compared if the value contains a pseudonym. */
  readonly redactedForm: string | undefined;
}

/** Paths of keys into a body. */
type Paths = readonly (readonly string[])[];

/** The parts of a body that are not compared. */
export interface Ignored {
  /** Equal for equal sets of pointers, in whatever order they were given. */
  readonly id: string;
  readonly pointers: readonly string[];
  readonly paths: Paths;
}

/** A group with its comparable form, which is made once. */
export interface MatchKey<T extends Matchable> extends Group<T> {
  readonly members: T[];
  /** The recorded request in its comparable form: redacted if it contains pseudonyms, without ignored parts. */
  readonly pattern: MatchRequest;
  readonly route: string;
  readonly ignored: Ignored;
  /** Ignored paths, in redacted form if the pattern is redacted. */
  readonly skipped: Paths;
  readonly headers: readonly HeaderRule[];
  readonly subset: boolean;
  /** True if the recorded message text is filler. */
  readonly filled: boolean;
  /** Number of values that a subset requires. */
  readonly leaves: number;
  /** Equal for match keys that match the same requests. */
  readonly identity: string;
}

/**
 * Makes the match keys of an item, with the item as their only member. An item with binary content but no pseudonyms has two: for
 * the content as it is spelled, and for its other spellings.
 */
export function makeMatchKeys<T extends Matchable>(
  item: T,
  request: MatchRequest = item.request,
): MatchKey<T>[] {
  const names = [...new Set(item.match.headers?.map((name) => name.toLowerCase()))].toSorted();
  const { redacted, blob } = redactedParts(request, names);
  const ways = redacted || request.filled ? [true] : blob ? [false, true] : [false];
  return ways.map((way) => makeMatchKey(item, request, names, way));
}

function makeMatchKey<T extends Matchable>(
  item: T,
  request: MatchRequest,
  names: readonly string[],
  redacted: boolean,
): MatchKey<T> {
  const { match } = item;
  const filled = request.filled ?? false;
  const ignored = ignoredBy(match.ignore ?? []);
  const compared = redacted ? redactedRequest(request) : request;
  const skipped = redacted ? ignored.paths.map((path) => path.map(redactedFormOf)) : ignored.paths;
  const pattern = { ...compared, json: without(compared.json, skipped) };
  const headers = names.map((name): HeaderRule => {
    const value = headerValue(request.headers, name);
    return { name, value, redactedForm: redactedHeaderOf(name, value) };
  });
  const subset = match.body === "subset";
  const compares = headers.map(({ name, value, redactedForm }) => [
    name,
    redactedForm ?? value ?? null,
    redactedForm === undefined,
  ]);
  return {
    members: [item],
    redacted,
    pattern,
    route: routeOf(pattern.method, pattern.path),
    ignored,
    skipped,
    headers,
    subset,
    leaves: subset ? pattern.query.length + bodyLeaves(pattern.json) : 0,
    filled,
    identity: `${redacted} ${filled} ${canonicalJson([compares, ignored.id])}${subset ? exactKey(pattern) : ""}`,
  };
}

/** The route by which match keys are looked up: method and path. */
export function routeOf(method: string, path: string): string {
  return `${method} ${path}`;
}

/** Parses JSON pointers into the body as ignored paths. */
export function ignoredBy(pointers: readonly string[]): Ignored {
  const unique = [...new Set(pointers)].toSorted();
  return { id: canonicalJson(unique), pointers: unique, paths: unique.map(parsePointer) };
}

/** Number of values in a JSON body. An empty object counts as one value, and an absent body as none. */
function bodyLeaves(json: unknown): number {
  if (json === undefined) return 0;
  const empty = typeof json === "object" && json !== null && Object.keys(json).length === 0;
  return empty && !Array.isArray(json) ? 1 : 1 + countLeaves(json);
}

/** The key of a request that is remembered, with the parts that it was made of besides the JSON. */
interface RememberedKey {
  readonly method: string;
  readonly path: string;
  readonly query: MatchRequest["query"];
  readonly key: string;
}

const NO_KEY_YET: RememberedKey = { method: "", path: "", query: [], key: "" };

/** Keys by the JSON of the requests. */
const remembered = new WeakMap<object, RememberedKey>();

/** Remembers from now on the key of a request with this JSON, which no other request has and nobody changes. */
export function rememberKeys(json: object): void {
  remembered.set(json, NO_KEY_YET);
}

/** Key that is equal for exact matches: method, path, query, and the value of a JSON body or form, else the bytes. */
export function exactKey(request: MatchRequest, skipped: Paths = NOTHING): string {
  const { method, path, query, json } = request;
  if (skipped.length > 0 || typeof json !== "object" || json === null) return freshKey(request, skipped);
  const known = remembered.get(json);
  if (known === undefined) return freshKey(request, skipped);
  if (known === NO_KEY_YET) {
    const key = freshKey(request, skipped);
    remembered.set(json, { method, path, query, key });
    return key;
  }
  // Another form of the request, such as one without query parameters at their defaults, has the same JSON.
  const isSame = known.query === query && known.path === path && known.method === method;
  return isSame ? known.key : freshKey(request, skipped);
}

function freshKey(request: MatchRequest, skipped: Paths): string {
  const line = `${request.method} ${request.path}?${queryKey(request.query)}\n`;
  if (request.json !== undefined) return `${line}j${canonicalJson(without(request.json, skipped))}`;
  return line + bytesKey(request);
}

const NOTHING: Paths = [];

/** Key of a body that is not JSON; empty for no body. */
export function bytesKey({ form, body }: MatchRequest): string {
  if (form !== undefined) return `f${canonicalJson(form)}`;
  return body.length === 0 ? "" : `b${Buffer.from(body).toString("latin1")}`;
}

function queryKey(query: MatchRequest["query"]): string {
  if (query.length === 0) return "";
  return query
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .toSorted()
    .join("&");
}

/** True if a request has all that a subset requires: query and JSON body may have more, and any body matches if none was recorded. */
export function subsetHolds<T extends Matchable>(
  { pattern, skipped }: MatchKey<T>,
  request: MatchRequest,
): boolean {
  if (!queryHolds(pattern, request)) return false;
  if (pattern.json !== undefined) return holds(pattern.json, without(request.json, skipped));
  const bytes = bytesKey(pattern);
  return bytes === "" || (request.json === undefined && bytes === bytesKey(request));
}

function queryHolds(pattern: MatchRequest, request: MatchRequest): boolean {
  const has = ([name, value]: MatchRequest["query"][number]): boolean =>
    request.query.some(([key, got]) => key === name && got === value) ||
    (request.defaults?.some(([key, got]) => key === name && got === value) ?? false);
  return pattern.query.every(has);
}

/** True if a request has the headers that a match key requires. */
export function headersMatch<T extends Matchable>({ headers }: MatchKey<T>, request: MatchRequest): boolean {
  for (const { name, value, redactedForm } of headers) {
    const got = headerValue(request.headers, name);
    if (
      redactedForm === undefined || got === undefined
        ? got !== value
        : redactedHeader(name, got) !== redactedForm
    )
      return false;
  }
  return true;
}
