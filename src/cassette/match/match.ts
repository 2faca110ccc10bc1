import type { MatchRequest } from "../format/index.ts";
import { filledRequest } from "../scrub/index.ts";
import { ambiguities } from "./ambiguity.ts";
import {
  type Group,
  type Matchable,
  type MatchKey,
  exactKey,
  headersMatch,
  routeOf,
  makeMatchKeys,
  subsetHolds,
} from "./match-key.ts";
import { type ComparedWith, MatchList } from "./match-list.ts";
import { type Nearest, nearestOf } from "./nearest.ts";
import { redactedFormOf } from "./redacted-pattern.ts";
import { redactedRequest } from "./redaction.ts";

/** Exact matches that ignore the same parts and are compared in the same way, by their key. */
interface ExactMap<T extends Matchable> {
  readonly id: string;
  readonly skipped: MatchKey<T>["skipped"];
  readonly redacted: boolean;
  readonly filled: boolean;
  readonly matchKeys: Map<string, MatchList<T>>;
  /** Routes that have a match key; for others no key of the request has to be made. */
  readonly routes: Set<string>;
}

const NONE: readonly never[] = [];

/** Finds recorded interactions for a request: exact matches by look-up, subsets by what they require. */
export class MatchIndex<T extends Matchable> {
  /** In the order of matching: the most specific first. */
  #exact: readonly ExactMap<T>[] = [];
  readonly #subsets = new Map<string, MatchList<T>>();
  readonly #all: T[] = [];
  #redacted = false;

  /** @param request the request that is compared, in place of the item's own */
  add(item: T, request: MatchRequest = item.request): void {
    this.#all.push(item);
    for (const matchKey of makeMatchKeys(item, request)) {
      this.#redacted ||= matchKey.redacted;
      const list = matchKey.subset ? emplace(this.#subsets, matchKey.route) : this.#exactKeys(matchKey);
      list.insert(matchKey);
    }
  }

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  /**
   * Calls `take` for each matching group, the most specific first, and returns its first defined result.
   * It is lazy: a request that matches exactly is not compared with subsets, and is redacted only for redacted keys.
   */
  find<R>(request: MatchRequest, take: (group: Group<T>) => R | undefined): R | undefined {
    const route = routeOf(request.method, request.path);
    const redactedRoute = this.#redacted ? routeOf(request.method, redactedFormOf(request.path)) : route;
    const formOf = this.#redacted ? comparedWith(request) : (): MatchRequest => request;
    for (const { skipped, redacted, filled, matchKeys, routes } of this.#exact) {
      if (!routes.has(redacted ? redactedRoute : route)) continue;
      const list = matchKeys.get(exactKey(formOf(redacted, filled), skipped));
      for (const matchKey of list?.candidates(formOf) ?? NONE) {
        const taken = headersMatch(matchKey, request) ? take(matchKey) : undefined;
        if (taken !== undefined) return taken;
      }
    }
    // A literal path is more specific than a redacted one.
    for (const path of redactedRoute === route ? [route] : [route, redactedRoute]) {
      for (const matchKey of this.#subsets.get(path)?.candidates(formOf) ?? NONE) {
        const taken =
          subsetHolds(matchKey, formOf(matchKey.redacted, matchKey.filled)) && headersMatch(matchKey, request)
            ? take(matchKey)
            : undefined;
        if (taken !== undefined) return taken;
      }
    }
    return undefined;
  }

  /** The first pairs of items that match a request equally well. */
  ambiguities(limit: number): [T, T][] {
    const found: [T, T][] = [];
    const exact = this.#exact.map(({ matchKeys }) => [...matchKeys.values()].flatMap(({ keys }) => keys));
    for (const pair of ambiguities(
      exact,
      [...this.#subsets.values()].map(({ keys }) => keys),
    )) {
      // Binary content has two match keys.
      if (found.some(([a, b]) => a === pair[0] && b === pair[1])) continue;
      found.push(pair);
      if (found.length === limit) break;
    }
    return found;
  }

  /** The nearest item to a request that nothing matches. */
  nearest(request: MatchRequest): Nearest<T> | undefined {
    return nearestOf(this.#all, request);
  }

  #exactKeys(matchKey: MatchKey<T>): MatchList<T> {
    const { skipped, redacted, filled, pattern, route } = matchKey;
    const id = `${redacted} ${filled} ${matchKey.ignored.id}`;
    let map = this.#exact.find((known) => known.id === id);
    if (map === undefined) {
      map = { id, skipped, redacted, filled, matchKeys: new Map(), routes: new Set() };
      // A key that ignores less is more specific, and real values are more specific than redacted ones.
      this.#exact = [...this.#exact, map].toSorted(
        (a, b) =>
          a.skipped.length - b.skipped.length ||
          Number(a.redacted) - Number(b.redacted) ||
          Number(a.filled) - Number(b.filled),
      );
    }
    map.routes.add(route);
    return emplace(map.matchKeys, exactKey(pattern));
  }
}

/** Comparable forms of requests. Several questions are asked about one request, and redacting it costs most of each. */
const compared = new WeakMap<MatchRequest, ComparedWith>();

/** The comparable forms of an incoming request, each made when it is first needed. */
function comparedWith(request: MatchRequest): ComparedWith {
  const known = compared.get(request);
  if (known !== undefined) return known;
  let reduced: MatchRequest | undefined;
  let filler: MatchRequest | undefined;
  const forms: ComparedWith = (redacted, filled) => {
    if (filled) return (filler ??= redactedRequest(filledRequest(request)));
    return redacted ? (reduced ??= redactedRequest(request)) : request;
  };
  compared.set(request, forms);
  return forms;
}

function emplace<K, T extends Matchable>(map: Map<K, MatchList<T>>, key: K): MatchList<T> {
  let list = map.get(key);
  if (list === undefined) {
    list = new MatchList();
    map.set(key, list);
  }
  return list;
}
