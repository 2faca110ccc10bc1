import { headerValue } from "../../http/index.ts";
import { canBothHold, canonicalJson, without } from "../../util/index.ts";
import type { MatchRequest } from "../format/index.ts";
import { type Ignored, type Matchable, type Slot, bytesKey, exactKey, ignoredBy } from "./match-key.ts";

/**
 * Pairs that the same request could play, with nothing to tell which: equally specific, and the one that is asked first
 * plays for ever. Recorded values are compared, not shapes: of two pseudonyms each stands for a value of its own.
 *
 * @param exact those that ignore the same, list by list in the order in which they are asked
 * @param subsets those of one route
 */
export function* ambiguities<T extends Matchable>(
  exact: readonly (readonly Slot<T>[])[],
  subsets: readonly (readonly Slot<T>[])[],
): Generator<[T, T]> {
  for (const slot of [...exact, ...subsets].flat()) yield* equals(slot);
  for (const slots of exact) yield* otherHeaders(slots);
  yield* ignoringAsMuch(exact.flat());
  for (const slots of subsets) yield* compatibleSubsets(slots);
}

/** One recorded request and where it stands. */
interface Candidate<T extends Matchable> {
  readonly item: T;
  readonly slot: Slot<T>;
}

function candidatesOf<T extends Matchable>(slots: readonly Slot<T>[]): Candidate<T>[] {
  return slots.flatMap((slot) => slot.members.map((item) => ({ item, slot })));
}

/** Of the members of a slot those with the same recorded values. */
function* equals<T extends Matchable>({ members, ignored, headers, redacted }: Slot<T>): Generator<[T, T]> {
  if (members.length < 2) return;
  const values = ({ request }: T): string =>
    redacted
      ? exactKey(request, ignored.paths) + canonicalJson(headers.map(({ name }) => valueOf(request, name)))
      : "";
  for (const alike of Map.groupBy(members, values).values()) {
    for (const [i, item] of alike.slice(0, -1).entries())
      if (playsForEver(item)) yield [item, alike[i + 1] as T];
  }
}

/** Exact ones of the same body that ask for as many headers, but others; those that ask for the same differ in a value. */
function* otherHeaders<T extends Matchable>(slots: readonly Slot<T>[]): Generator<[T, T]> {
  const asking = candidatesOf(slots.filter(({ headers }) => headers.length > 0));
  const bodies = Map.groupBy(
    asking,
    ({ item, slot }) => `${slot.headers.length} ${exactKey(item.request, slot.ignored.paths)}`,
  );
  for (const alike of bodies.values()) {
    const byNames = [...Map.groupBy(alike, namesOf).values()];
    for (const [i, some] of byNames.entries())
      for (const one of some) for (const other of byNames.slice(i + 1).flat()) yield* pair(one, other);
  }
}

/**
 * Exact ones that ignore as many places, but others: a request may differ from each of them where that is ignored. Only
 * what is equal but for all that any of them ignores is worth a closer look.
 */
function* ignoringAsMuch<T extends Matchable>(slots: readonly Slot<T>[]): Generator<[T, T]> {
  const ranks = Map.groupBy(candidatesOf(slots), ({ slot }) =>
    canonicalJson([slot.ignored.paths.length, slot.redacted, slot.headers.length]),
  );
  for (const alike of ranks.values()) {
    const all = ignoredBy([...new Set(alike.map(({ slot }) => slot.ignored))].flatMap((one) => one.pointers));
    if (alike.every(({ slot }) => slot.ignored.id === all.id)) continue;
    for (const near of Map.groupBy(alike, ({ item }) => exactKey(item.request, all.paths)).values()) {
      for (const [i, one] of near.entries()) {
        for (let j = i + 1; j < near.length; j++) {
          const other = near[j] as Candidate<T>;
          if (one.slot.ignored.id !== other.slot.ignored.id && areEqual(one, other)) yield* pair(one, other);
        }
      }
    }
  }
}

/** True if they are equal where neither of them ignores anything. */
function areEqual<T extends Matchable>(one: Candidate<T>, other: Candidate<T>): boolean {
  const { paths } = ignoredByBoth(one.slot, other.slot);
  return exactKey(one.item.request, paths) === exactKey(other.item.request, paths);
}

/** Subsets of one route that say as much and contradict each other nowhere. */
function* compatibleSubsets<T extends Matchable>(slots: readonly Slot<T>[]): Generator<[T, T]> {
  const ranks = Map.groupBy(candidatesOf(slots), ({ slot }) =>
    canonicalJson([slot.leaves, slot.headers.length, slot.redacted]),
  );
  for (const alike of ranks.values()) {
    for (const [i, one] of alike.entries()) {
      if (!playsForEver(one.item)) continue;
      for (let j = i + 1; j < alike.length; j++) {
        const other = alike[j] as Candidate<T>;
        if (one.slot !== other.slot && canBothTake(one, other)) yield* pair(one, other);
      }
    }
  }
}

function canBothTake<T extends Matchable>(one: Candidate<T>, other: Candidate<T>): boolean {
  const [a, b] = [one.item.request, other.item.request];
  if (!canBothHold(Object.fromEntries(a.query), Object.fromEntries(b.query))) return false;
  if (a.json !== undefined && b.json !== undefined) {
    const both = ignoredByBoth(one.slot, other.slot);
    return canBothHold(without(a.json, both.paths), without(b.json, both.paths));
  }
  const [left, right] = [bodyOf(a), bodyOf(b)];
  return left === "" || right === "" || left === right;
}

/** A body of which none is JSON, or only one. */
function bodyOf(request: MatchRequest): string {
  return request.json === undefined ? bytesKey(request) : "json";
}

function ignoredByBoth<T extends Matchable>(a: Slot<T>, b: Slot<T>): Ignored {
  return a.ignored.id === b.ignored.id
    ? a.ignored
    : ignoredBy([...a.ignored.pointers, ...b.ignored.pointers]);
}

/** The pair if its headers leave room for a request that has them all. */
function* pair<T extends Matchable>(one: Candidate<T>, other: Candidate<T>): Generator<[T, T]> {
  if (!playsForEver(one.item)) return;
  const contradict = one.slot.headers.some(
    ({ name }) =>
      other.slot.headers.some((header) => header.name === name) &&
      valueOf(one.item.request, name) !== valueOf(other.item.request, name),
  );
  if (!contradict) yield [one.item, other.item];
}

function namesOf<T extends Matchable>({ slot }: Candidate<T>): string {
  return canonicalJson(slot.headers.map(({ name }) => name));
}

function valueOf(request: MatchRequest, name: string): string | null {
  return headerValue(request.headers, name) ?? null;
}

function playsForEver({ match }: Matchable): boolean {
  return (match.play ?? "any") === "any";
}
