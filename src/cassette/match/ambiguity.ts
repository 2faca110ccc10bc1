import { headerValue } from "../../http/index.ts";
import { canBothHold, canonicalJson, without } from "../../util/index.ts";
import type { MatchRequest } from "../format/index.ts";
import { credentialKey } from "./credentials.ts";
import { type Ignored, type Matchable, type MatchKey, exactKey, ignoredBy } from "./match-key.ts";
import { fitting, requirementTree } from "./requirement-tree.ts";
import { type Requirements, bodyText, requirementsOf } from "./requirements.ts";

/**
 * Finds pairs of interactions that match a request equally well, where the first plays for ever and hides the second.
 * Recorded values are compared, not redacted patterns: two pseudonyms stand for two values.
 *
 * @param exact match keys of exact matches, a list for each set of ignored pointers, in the order of matching
 * @param subsets match keys of subsets, a list for each route
 */
export function* ambiguities<T extends Matchable>(
  exact: readonly (readonly MatchKey<T>[])[],
  subsets: readonly (readonly MatchKey<T>[])[],
): Generator<[T, T]> {
  for (const matchKey of [...exact, ...subsets].flat()) yield* equals(matchKey);
  for (const matchKeys of exact) yield* otherHeaders(matchKeys);
  yield* ignoringAsMuch(exact.flat());
  for (const matchKeys of subsets) yield* compatibleSubsets(matchKeys);
}

/** A recorded request with its match key. */
interface Candidate<T extends Matchable> {
  readonly item: T;
  readonly matchKey: MatchKey<T>;
}

function candidatesOf<T extends Matchable>(matchKeys: readonly MatchKey<T>[]): Candidate<T>[] {
  return matchKeys.flatMap((matchKey) => matchKey.members.map((item) => ({ item, matchKey })));
}

/** Pairs of members of a match key with the same recorded values. */
function* equals<T extends Matchable>({
  members,
  ignored,
  headers,
  redacted,
}: MatchKey<T>): Generator<[T, T]> {
  if (members.length < 2) return;
  const values = ({ request, credential }: T): string =>
    credentialKey(credential) +
    (redacted
      ? exactKey(request, ignored.paths) +
        canonicalJson(headers.map(({ name }) => headerOrNull(request, name)))
      : "");
  for (const alike of Map.groupBy(members, values).values()) {
    for (const [i, item] of alike.slice(0, -1).entries())
      if (isEndless(item)) yield [item, alike[i + 1] as T];
  }
}

/** Pairs of exact matches with the same body that require equally many headers, but different ones. If they require the same headers, a value differs. */
function* otherHeaders<T extends Matchable>(matchKeys: readonly MatchKey<T>[]): Generator<[T, T]> {
  const asking = candidatesOf(matchKeys.filter(({ headers }) => headers.length > 0));
  const bodies = Map.groupBy(
    asking,
    ({ item, matchKey }) => `${matchKey.headers.length} ${exactKey(item.request, matchKey.ignored.paths)}`,
  );
  for (const alike of bodies.values()) {
    const byNames = [...Map.groupBy(alike, candidateNames).values()];
    for (const [i, some] of byNames.entries())
      for (const one of some) for (const other of byNames.slice(i + 1).flat()) yield* pairs(one, other);
  }
}

/**
 * Pairs of exact matches that ignore equally many locations, but different ones, so that a request may match both. Only
 * candidates that are equal outside of all ignored locations are compared in detail.
 */
function* ignoringAsMuch<T extends Matchable>(matchKeys: readonly MatchKey<T>[]): Generator<[T, T]> {
  const ranks = Map.groupBy(candidatesOf(matchKeys), ({ matchKey }) =>
    canonicalJson([matchKey.ignored.paths.length, matchKey.redacted, matchKey.headers.length]),
  );
  for (const alike of ranks.values()) {
    const all = ignoredBy(
      [...new Set(alike.map(({ matchKey }) => matchKey.ignored))].flatMap((one) => one.pointers),
    );
    if (alike.every(({ matchKey }) => matchKey.ignored.id === all.id)) continue;
    for (const near of Map.groupBy(alike, ({ item }) => exactKey(item.request, all.paths)).values()) {
      for (const [i, one] of near.entries()) {
        for (let j = i + 1; j < near.length; j++) {
          const other = near[j] as Candidate<T>;
          if (one.matchKey.ignored.id !== other.matchKey.ignored.id && areEqual(one, other))
            yield* pairs(one, other);
        }
      }
    }
  }
}

/** True if two requests are equal in all that neither ignores. */
function areEqual<T extends Matchable>(one: Candidate<T>, other: Candidate<T>): boolean {
  const { paths } = ignoredByBoth(one.matchKey, other.matchKey);
  return exactKey(one.item.request, paths) === exactKey(other.item.request, paths);
}

/** Pairs of subsets of a route that are equally specific and do not contradict each other. */
function* compatibleSubsets<T extends Matchable>(matchKeys: readonly MatchKey<T>[]): Generator<[T, T]> {
  const ranks = Map.groupBy(candidatesOf(matchKeys), ({ matchKey }) =>
    canonicalJson([matchKey.leaves, matchKey.headers.length, matchKey.redacted]),
  );
  for (const alike of ranks.values()) {
    const partnersOf = partnersAmong(alike);
    for (const [i, one] of alike.entries()) {
      if (!isEndless(one.item)) continue;
      for (const other of partnersOf(i))
        if (one.matchKey !== other.matchKey && canBothTake(one, other)) yield* pairs(one, other);
    }
  }
}

/** Number of candidates up to which all pairs are compared. */
const FEW = 16;

/** Makes the function that gives, in their order, the candidates after the one at a position that do not obviously contradict it. */
function partnersAmong<T extends Matchable>(
  alike: readonly Candidate<T>[],
): (position: number) => readonly Candidate<T>[] {
  if (alike.length <= FEW) return (position) => alike.slice(position + 1);
  const requirements = alike.map(requirementsOfCandidate);
  const tree = requirementTree([...alike.keys()], (position) => requirements[position] ?? new Map());
  return (position) => {
    const own = requirements[position];
    const near = fitting(tree, (location) => (own?.has(location) ? [own.get(location)] : undefined));
    return near.flatMap((other) => (other > position ? (alike[other] ?? []) : []));
  };
}

/** Requirements of a recorded request: two that require different values at one location have no request in common. */
function requirementsOfCandidate<T extends Matchable>({ item, matchKey }: Candidate<T>): Requirements {
  const { request, credential } = item;
  const headers = matchKey.headers.map(({ name }) => [name, headerValue(request.headers, name)] as const);
  const found = requirementsOf(request, matchKey.ignored.paths, headers);
  return credential === undefined ? found : found.set("credential", credentialKey(credential));
}

function canBothTake<T extends Matchable>(one: Candidate<T>, other: Candidate<T>): boolean {
  const [a, b] = [one.item.request, other.item.request];
  if (!canBothHold(Object.fromEntries(a.query), Object.fromEntries(b.query))) return false;
  if (a.json !== undefined && b.json !== undefined) {
    const both = ignoredByBoth(one.matchKey, other.matchKey);
    return canBothHold(without(a.json, both.paths), without(b.json, both.paths));
  }
  const [left, right] = [bodyText(a), bodyText(b)];
  return left === "" || right === "" || left === right;
}

function ignoredByBoth<T extends Matchable>(a: MatchKey<T>, b: MatchKey<T>): Ignored {
  return a.ignored.id === b.ignored.id
    ? a.ignored
    : ignoredBy([...a.ignored.pointers, ...b.ignored.pointers]);
}

/** The pair, if a request can have the headers that both require. */
function* pairs<T extends Matchable>(one: Candidate<T>, other: Candidate<T>): Generator<[T, T]> {
  if (!isEndless(one.item)) return;
  const contradict = one.matchKey.headers.some(
    ({ name }) =>
      other.matchKey.headers.some((header) => header.name === name) &&
      headerOrNull(one.item.request, name) !== headerOrNull(other.item.request, name),
  );
  if (!contradict && !haveOtherCredentials(one.item, other.item)) yield [one.item, other.item];
}

/** True if two items were recorded with different credentials, of which a request has one. */
function haveOtherCredentials({ credential: a }: Matchable, { credential: b }: Matchable): boolean {
  return a !== undefined && b !== undefined && credentialKey(a) !== credentialKey(b);
}

function candidateNames<T extends Matchable>({ matchKey }: Candidate<T>): string {
  return canonicalJson(matchKey.headers.map(({ name }) => name));
}

function headerOrNull(request: MatchRequest, name: string): string | null {
  return headerValue(request.headers, name) ?? null;
}

function isEndless({ match }: Matchable): boolean {
  return (match.play ?? "any") === "any";
}
