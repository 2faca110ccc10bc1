import type { MatchRequest } from "../format/index.ts";
import { filledRequest } from "../scrub/index.ts";
import { ambiguities } from "./ambiguity.ts";
import {
  type Group,
  type Matchable,
  type Slot,
  exactKey,
  headersMatch,
  insert,
  routeOf,
  slotOf,
  subsetHolds,
} from "./match-key.ts";
import { type Nearest, nearestOf } from "./nearest.ts";
import { shapeOf } from "./redacted-pattern.ts";
import { shapedRequest } from "./redaction.ts";

/** Exact matches that ignore the same and are compared in the same way, by what they have in common. */
interface ExactMap<T extends Matchable> {
  readonly id: string;
  readonly skipped: Slot<T>["skipped"];
  readonly redacted: boolean;
  readonly filled: boolean;
  readonly slots: Map<string, Slot<T>[]>;
  /** Where there is no slot of a request's method and path, no key has to be made. */
  readonly routes: Set<string>;
}

const NONE: readonly never[] = [];

/** Finds what was recorded for a request: exact matches by one look-up, subsets by comparing each of the path's. */
export class MatchIndex<T extends Matchable> {
  /** In the order in which they are asked: the most specific first. */
  #exact: readonly ExactMap<T>[] = [];
  readonly #subsets = new Map<string, Slot<T>[]>();
  readonly #all: T[] = [];
  #redacted = false;

  add(item: T): void {
    const slot = slotOf(item);
    this.#all.push(item);
    this.#redacted ||= slot.redacted;
    insert(slot.subset ? emplace(this.#subsets, slot.route) : this.#exactSlots(slot), slot);
  }

  /**
   * Offers the groups that take a request, the most specific first, until one is taken; gives what that made of it.
   * Lazy: a request that matches exactly is not compared with any subset, and shaped only for what is redacted.
   */
  find<R>(request: MatchRequest, take: (group: Group<T>) => R | undefined): R | undefined {
    const route = routeOf(request.method, request.path);
    const shapedRoute = this.#redacted ? routeOf(request.method, shapeOf(request.path)) : route;
    const compared = comparedWith(request);
    for (const { skipped, redacted, filled, slots, routes } of this.#exact) {
      if (!routes.has(redacted ? shapedRoute : route)) continue;
      for (const slot of slots.get(exactKey(compared(redacted, filled), skipped)) ?? NONE) {
        const taken = headersMatch(slot, request) ? take(slot) : undefined;
        if (taken !== undefined) return taken;
      }
    }
    // A path as it is says more than the shape of one.
    for (const path of shapedRoute === route ? [route] : [route, shapedRoute]) {
      for (const slot of this.#subsets.get(path) ?? NONE) {
        const taken =
          subsetHolds(slot, compared(slot.redacted, slot.filled)) && headersMatch(slot, request)
            ? take(slot)
            : undefined;
        if (taken !== undefined) return taken;
      }
    }
    return undefined;
  }

  /** Pairs that the same request could play, with nothing to tell which: the first ones. */
  ambiguities(limit: number): [T, T][] {
    const found: [T, T][] = [];
    const exact = this.#exact.map(({ slots }) => [...slots.values()].flat());
    for (const pair of ambiguities(exact, [...this.#subsets.values()])) {
      found.push(pair);
      if (found.length === limit) break;
    }
    return found;
  }

  /** What comes nearest to a request that nothing takes. */
  nearest(request: MatchRequest): Nearest<T> | undefined {
    return nearestOf(this.#all, request);
  }

  #exactSlots(slot: Slot<T>): Slot<T>[] {
    const { skipped, redacted, filled, pattern, route } = slot;
    const id = `${redacted} ${filled} ${slot.ignored.id}`;
    let map = this.#exact.find((known) => known.id === id);
    if (map === undefined) {
      map = { id, skipped, redacted, filled, slots: new Map(), routes: new Set() };
      // What ignores less is more specific, and real values are more specific than shapes.
      this.#exact = [...this.#exact, map].toSorted(
        (a, b) =>
          a.skipped.length - b.skipped.length ||
          Number(a.redacted) - Number(b.redacted) ||
          Number(a.filled) - Number(b.filled),
      );
    }
    map.routes.add(route);
    return emplace(map.slots, exactKey(pattern));
  }
}

/** A request as it is compared with what was recorded; each form of it is made when it is first asked for. */
function comparedWith(request: MatchRequest): (redacted: boolean, filled: boolean) => MatchRequest {
  let shaped: MatchRequest | undefined;
  let filler: MatchRequest | undefined;
  return (redacted, filled) => {
    if (filled) return (filler ??= shapedRequest(filledRequest(request)));
    return redacted ? (shaped ??= shapedRequest(request)) : request;
  };
}

function emplace<K, V>(map: Map<K, V[]>, key: K): V[] {
  let list = map.get(key);
  if (list === undefined) {
    list = [];
    map.set(key, list);
  }
  return list;
}
