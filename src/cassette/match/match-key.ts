import { headerValue } from "../../http/index.ts";
import { canonicalJson, countLeaves, holds, parsePointer, without } from "../../util/index.ts";
import type { MatchRequest, MatchRule } from "../format/index.ts";
import { redactedFormOf } from "./redacted-pattern.ts";
import { redactedHeaderOf, isRedacted, redactedHeader, redactedRequest } from "./redaction.ts";

/** Something that answers requests equal to a recorded one. */
export interface Matchable {
  readonly request: MatchRequest;
  readonly match: MatchRule;
}

/** Matchables that take the same requests, in the order in which they were added. */
export interface Group<T extends Matchable> {
  readonly members: readonly T[];
  /** True if pseudonyms stand in the recorded requests, so that only shapes were compared. */
  readonly redacted: boolean;
}

/** A header that must have the recorded value; `undefined`: must not be there. */
interface HeaderRule {
  readonly name: string;
  readonly value: string | undefined;
  /** Where the value holds a pseudonym: what is compared in its place. */
  readonly redactedForm: string | undefined;
}

/** Paths of keys into a body. */
type Paths = readonly (readonly string[])[];

/** What of a body is not compared. */
export interface Ignored {
  /** Equal for equal sets of pointers, in whatever order they were given. */
  readonly id: string;
  readonly pointers: readonly string[];
  readonly paths: Paths;
}

/** A group with all that is compared, made once. */
export interface MatchKey<T extends Matchable> extends Group<T> {
  readonly members: T[];
  /** The recorded request as it is compared: its shape if it is redacted, without what is ignored. */
  readonly pattern: MatchRequest;
  readonly route: string;
  readonly ignored: Ignored;
  /** The paths that are ignored in what is compared: shapes where that is one. */
  readonly skipped: Paths;
  readonly headers: readonly HeaderRule[];
  readonly subset: boolean;
  /** True if the recorded message text is filler. */
  readonly filled: boolean;
  /** How much a subset says. */
  readonly leaves: number;
  /** Equal for slots that take the same requests. */
  readonly identity: string;
}

export function matchKeyOf<T extends Matchable>(item: T): MatchKey<T> {
  const { request, match } = item;
  const names = [...new Set(match.headers?.map((name) => name.toLowerCase()))].toSorted();
  const filled = request.filled ?? false;
  const redacted = filled || isRedacted(request, names);
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

/** What slots of one look-up have in common: method and path. */
export function routeOf(method: string, path: string): string {
  return `${method} ${path}`;
}

export function ignoredBy(pointers: readonly string[]): Ignored {
  const unique = [...new Set(pointers)].toSorted();
  return { id: canonicalJson(unique), pointers: unique, paths: unique.map(parsePointer) };
}

/** An object says more than nothing, and each member more than an empty object. */
function bodyLeaves(json: unknown): number {
  if (json === undefined) return 0;
  const empty = typeof json === "object" && json !== null && Object.keys(json).length === 0;
  return empty && !Array.isArray(json) ? 1 : 1 + countLeaves(json);
}

/** What exact matches have in common: the value of a JSON body or form, else the bytes. */
export function exactKey(request: MatchRequest, skipped: Paths = NOTHING): string {
  const line = `${request.method} ${request.path}?${queryKey(request.query)}\n`;
  if (request.json !== undefined) return `${line}j${canonicalJson(without(request.json, skipped))}`;
  return line + bytesKey(request);
}

const NOTHING: Paths = [];

/** A body that is no JSON. */
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

/** Query and JSON body may say more than what was recorded; a body that was not recorded may be anything. */
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
  return pattern.query.every(([name, value]) =>
    request.query.some(([key, got]) => key === name && got === value),
  );
}

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

/** Adds a slot to others of its key, or its member to the slot that takes the same requests; most specific first. */
export function insert<T extends Matchable>(matchKeys: MatchKey<T>[], matchKey: MatchKey<T>): void {
  const same = matchKeys.find(({ identity }) => identity === matchKey.identity);
  if (same !== undefined) {
    same.members.push(...matchKey.members);
    return;
  }
  const next = matchKeys.findIndex((other) => moreSpecific(matchKey, other));
  matchKeys.splice(next === -1 ? matchKeys.length : next, 0, matchKey);
}

/** More said, more headers asked for, real values rather than shapes; of equal ones the first added stays first. */
function moreSpecific<T extends Matchable>(a: MatchKey<T>, b: MatchKey<T>): boolean {
  return (
    (a.leaves - b.leaves || a.headers.length - b.headers.length || Number(b.redacted) - Number(a.redacted)) >
    0
  );
}
