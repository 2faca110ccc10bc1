/** Matching without any index: each request is compared with each match key, and each interaction with each. */
import {
  type Matchable,
  type MatchKey,
  bytesKey,
  exactKey,
  headersMatch,
  ignoredBy,
  makeMatchKeys,
  routeOf,
  subsetHolds,
} from "../../../src/cassette/match/match-key.ts";
import type { MatchRequest } from "../../../src/cassette/format/request.ts";
import { credentialKey } from "../../../src/cassette/match/credentials.ts";
import { nearestOf } from "../../../src/cassette/match/nearest.ts";
import { redactedFormOf } from "../../../src/cassette/match/redacted-pattern.ts";
import { redactedRequest } from "../../../src/cassette/match/redaction.ts";
import { filledRequest } from "../../../src/cassette/scrub/prompts.ts";
import { headerValue } from "../../../src/http/index.ts";
import { canBothHold, canonicalJson, without } from "../../../src/util/index.ts";

/** Subsets by their route, the most specific first. */
export type SubsetLists<T extends Matchable> = ReadonlyMap<string, readonly MatchKey<T>[]>;

/** Makes the lists: one match key for all subsets that have its identity. */
export function subsetLists<T extends Matchable>(items: readonly T[]): SubsetLists<T> {
  const lists = new Map<string, MatchKey<T>[]>();
  for (const key of items.flatMap((item) => makeMatchKeys(item))) {
    const list = lists.get(key.route) ?? [];
    lists.set(key.route, list);
    const same = list.find(({ identity }) => identity === key.identity);
    if (same === undefined) list.push(key);
    else same.members.push(...key.members);
  }
  for (const list of lists.values())
    list.sort(
      (a, b) =>
        b.leaves - a.leaves || b.headers.length - a.headers.length || Number(a.redacted) - Number(b.redacted),
    );
  return lists;
}

/** The items that take a request, by their groups. */
export function takersOf<T extends Matchable>(lists: SubsetLists<T>, request: MatchRequest): T[][] {
  const routes = new Set([request.path, redactedFormOf(request.path)].map((path) => routeOf("POST", path)));
  const formOf = ({ redacted, filled }: MatchKey<T>): MatchRequest =>
    filled ? redactedRequest(filledRequest(request)) : redacted ? redactedRequest(request) : request;
  return [...routes]
    .flatMap((route) => lists.get(route) ?? [])
    .filter((key) => subsetHolds(key, formOf(key)) && headersMatch(key, request))
    .map(({ members }) => members);
}

interface Candidate<T extends Matchable> {
  readonly item: T;
  readonly key: MatchKey<T>;
}

/** The pairs that a request may fit equally well, in their order. */
export function ambiguitiesOf<T extends Matchable>(byRoute: SubsetLists<T>): [T, T][] {
  const lists = [...byRoute.values()];
  const pairs = [...lists.flat().flatMap(equalPairs), ...lists.flatMap(compatiblePairs)];
  return pairs.filter(
    (pair, i) => pairs.findIndex((other) => other[0] === pair[0] && other[1] === pair[1]) === i,
  );
}

function equalPairs<T extends Matchable>(key: MatchKey<T>): [T, T][] {
  const text = (item: T): string =>
    credentialKey(item.credential) +
    (key.redacted
      ? exactKey(item.request, key.ignored.paths) +
        canonicalJson(key.headers.map(({ name }) => headerValue(item.request.headers, name) ?? null))
      : "");
  return [...Map.groupBy(key.members, text).values()].flatMap((alike) =>
    alike.slice(0, -1).flatMap((item, i): [T, T][] => (isEndless(item) ? [[item, alike[i + 1] as T]] : [])),
  );
}

function compatiblePairs<T extends Matchable>(list: readonly MatchKey<T>[]): [T, T][] {
  const all = list.flatMap((key) => key.members.map((item): Candidate<T> => ({ item, key })));
  const ranks = Map.groupBy(all, ({ key }) => canonicalJson([key.leaves, key.headers.length, key.redacted]));
  return [...ranks.values()].flatMap((alike) =>
    alike.flatMap((one, i) =>
      alike
        .slice(i + 1)
        .flatMap((other): [T, T][] =>
          one.key !== other.key && isEndless(one.item) && haveOneRequest(one, other)
            ? [[one.item, other.item]]
            : [],
        ),
    ),
  );
}

/** True if a request may fit both. */
function haveOneRequest<T extends Matchable>(one: Candidate<T>, other: Candidate<T>): boolean {
  const [a, b] = [one.item.request, other.item.request];
  if (!canBothHold(Object.fromEntries(a.query), Object.fromEntries(b.query))) return false;
  const { paths } = ignoredBy([...one.key.ignored.pointers, ...other.key.ignored.pointers]);
  const body = (request: MatchRequest): string => (request.json === undefined ? bytesKey(request) : "json");
  const bodies =
    a.json !== undefined && b.json !== undefined
      ? canBothHold(without(a.json, paths), without(b.json, paths))
      : body(a) === "" || body(b) === "" || body(a) === body(b);
  const names = new Set(one.key.headers.map(({ name }) => name));
  const contradict = other.key.headers.some(
    ({ name }) => names.has(name) && headerValue(a.headers, name) !== headerValue(b.headers, name),
  );
  const [left, right] = [one.item.credential, other.item.credential];
  return (
    bodies &&
    !contradict &&
    (left === undefined || right === undefined || credentialKey(left) === credentialKey(right))
  );
}

function isEndless({ match }: Matchable): boolean {
  return (match.play ?? "any") === "any";
}

/** The nearest of all, found by comparing the nearest so far with the next one. */
export function nearestAmong<T extends Matchable>(
  items: readonly T[],
  request: MatchRequest,
): ReturnType<typeof nearestOf<T>> {
  let nearest: ReturnType<typeof nearestOf<T>>;
  for (const item of items) nearest = nearestOf(nearest ? [nearest.item, item] : [item], request);
  return nearest;
}
