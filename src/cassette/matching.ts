import { headerValue } from "../wire/index.ts";
import {
  canBothHold,
  canonicalJson,
  countLeaves,
  differences,
  type Difference,
  holds,
  without,
} from "./compare.ts";
import { isRedacted, shapedRequest } from "./redaction.ts";
import type { MatchRequest } from "./request.ts";
import type { MatchRule } from "./types.ts";

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

interface Slot<T extends Matchable> extends Group<T> {
  readonly members: T[];
  readonly pattern: MatchRequest;
  readonly ignore: readonly string[];
  readonly headers: readonly (readonly [string, string | undefined])[];
  readonly leaves: number;
  readonly subset: boolean;
}

interface ExactMap<T extends Matchable> {
  readonly ignore: readonly string[];
  readonly redacted: boolean;
  readonly slots: Map<string, Slot<T>[]>;
  /** Methods and paths of the slots: where there is none, no key has to be made. */
  readonly routes: Set<string>;
}

const NONE: readonly never[] = [];

/** Finds what was recorded for a request: exact matches by one look-up, subsets by comparing each of the path's. */
export class MatchIndex<T extends Matchable> {
  readonly #exact = new Map<string, ExactMap<T>>();
  readonly #subsets = new Map<string, Slot<T>[]>();
  readonly #all: T[] = [];
  #redacted = false;

  add(item: T): void {
    const redacted = isRedacted(item.request);
    const pattern = redacted ? shapedRequest(item.request) : item.request;
    const ignore = [...(item.match.ignore ?? [])].toSorted();
    const subset = item.match.body === "subset";
    const body = without(pattern.json, ignore);
    const slot: Slot<T> = {
      members: [item],
      redacted,
      pattern: { ...pattern, json: body },
      ignore,
      subset,
      headers: (item.match.headers ?? []).map((name) => [
        name.toLowerCase(),
        headerValue(item.request.headers, name),
      ]),
      leaves: subset ? pattern.query.length + (body === undefined ? 0 : countLeaves(body)) : 0,
    };
    this.#all.push(item);
    this.#redacted ||= redacted;
    insert(subset ? this.#subsetSlots(slot) : this.#exactSlots(slot), slot);
  }

  /**
   * Offers the groups that take a request, the most specific first, until one is taken; gives what that made of it.
   * Lazy: a request that matches exactly is not compared with any subset.
   */
  find<R>(request: MatchRequest, take: (group: Group<T>) => R | undefined): R | undefined {
    const shaped = this.#redacted ? shapedRequest(request) : request;
    const route = `${request.method} ${request.path}`;
    for (const { ignore, redacted, slots, routes } of this.#exact.values()) {
      const compared = redacted ? shaped : request;
      if (!redacted && !routes.has(route)) continue;
      for (const slot of slots.get(exactKey(compared, ignore)) ?? NONE) {
        const taken = headersMatch(slot, request) ? take(slot) : undefined;
        if (taken !== undefined) return taken;
      }
    }
    for (const slot of this.#subsets.get(route) ?? NONE) {
      const taken =
        subsetHolds(slot, slot.redacted ? shaped : request) && headersMatch(slot, request)
          ? take(slot)
          : undefined;
      if (taken !== undefined) return taken;
    }
    return undefined;
  }

  /**
   * Pairs that the same request could play, with nothing to tell which: equals of which an earlier one plays for ever,
   * or subsets that say equally much and contradict each other nowhere.
   */
  ambiguities(): [T, T][] {
    const pairs: [T, T][] = [];
    const slots = [
      ...[...this.#exact.values()].flatMap((map) => [...map.slots.values()].flat()),
      ...[...this.#subsets.values()].flat(),
    ];
    for (const { members } of slots) {
      for (const [i, item] of members.slice(0, -1).entries()) {
        if ((item.match.play ?? "any") === "any") pairs.push([item, members[i + 1] as T]);
      }
    }
    for (const group of this.#subsets.values()) {
      for (const [i, a] of group.entries()) {
        for (const b of group.slice(i + 1)) {
          const alike =
            a.leaves === b.leaves && a.headers.length === b.headers.length && a.redacted === b.redacted;
          const compatible = canBothHold(
            [Object.fromEntries(a.pattern.query), a.pattern.json],
            [Object.fromEntries(b.pattern.query), b.pattern.json],
          );
          if (alike && compatible && canonicalJson(a.headers) === canonicalJson(b.headers)) {
            pairs.push([a.members[0] as T, b.members[0] as T]);
          }
        }
      }
    }
    return pairs;
  }

  /** What comes nearest to a request that nothing takes: same method and path, fewest differences in the body. */
  nearest(request: MatchRequest): { item: T; differences: Difference[] } | undefined {
    let best: { item: T; differences: Difference[] } | undefined;
    for (const item of this.#all) {
      if (item.request.method !== request.method || item.request.path !== request.path) continue;
      const found = [
        ...differences(
          Object.fromEntries(item.request.query),
          Object.fromEntries(request.query),
          item.match.body === "subset",
        ).map((d) => ({ ...d, pointer: `?${d.pointer.slice(1)}` })),
        ...differences(comparable(item.request), comparable(request), item.match.body === "subset"),
        ...(item.match.headers ?? [])
          .filter((name) => headerValue(item.request.headers, name) !== headerValue(request.headers, name))
          .map((name) => ({
            pointer: `header ${name}`,
            recorded: headerValue(item.request.headers, name),
            got: headerValue(request.headers, name),
          })),
      ];
      if (best === undefined || found.length < best.differences.length) best = { item, differences: found };
    }
    return best;
  }

  #exactSlots(slot: Slot<T>): Slot<T>[] {
    const id = `${slot.redacted ? "shape" : "value"} ${slot.ignore.join(" ")}`;
    let map = this.#exact.get(id);
    if (map === undefined) {
      map = { ignore: slot.ignore, redacted: slot.redacted, slots: new Map(), routes: new Set() };
      this.#exact.set(id, map);
      // What ignores less is more specific, and real values are more specific than shapes.
      const order = [...this.#exact].toSorted(
        ([, a], [, b]) => a.ignore.length - b.ignore.length || Number(a.redacted) - Number(b.redacted),
      );
      this.#exact.clear();
      for (const [key, value] of order) this.#exact.set(key, value);
    }
    map.routes.add(`${slot.pattern.method} ${slot.pattern.path}`);
    return emplace(map.slots, exactKey(slot.pattern, []));
  }

  #subsetSlots(slot: Slot<T>): Slot<T>[] {
    return emplace(this.#subsets, `${slot.pattern.method} ${slot.pattern.path}`);
  }
}

/** What exact matches have in common: the value of a JSON body or form, else the bytes. */
function exactKey(request: MatchRequest, ignore: readonly string[]): string {
  const line = `${request.method} ${request.path}?${queryKey(request.query)}\n`;
  if (request.json !== undefined) return `${line}j${canonicalJson(without(request.json, ignore))}`;
  if (request.form !== undefined) return `${line}f${canonicalJson(request.form)}`;
  return request.body.length === 0 ? line : `${line}b${Buffer.from(request.body).toString("latin1")}`;
}

function queryKey(query: MatchRequest["query"]): string {
  if (query.length === 0) return "";
  return query
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .toSorted()
    .join("&");
}

/** Query and JSON body may say more than what was recorded; a body that was not recorded may be anything. */
function subsetHolds<T extends Matchable>({ pattern, ignore }: Slot<T>, request: MatchRequest): boolean {
  if (!queryHolds(pattern, request)) return false;
  return pattern.json === undefined || holds(pattern.json, without(request.json, ignore));
}

function queryHolds(pattern: MatchRequest, request: MatchRequest): boolean {
  return pattern.query.every(([name, value]) =>
    request.query.some(([key, got]) => key === name && got === value),
  );
}

function headersMatch<T extends Matchable>(slot: Slot<T>, request: MatchRequest): boolean {
  return slot.headers.every(([name, value]) => headerValue(request.headers, name) === value);
}

/** Adds a slot to others of its key, or its member to the slot that takes the same requests; most specific first. */
function insert<T extends Matchable>(slots: Slot<T>[], slot: Slot<T>): void {
  const same = slots.find(
    (other) =>
      other.redacted === slot.redacted && canonicalJson(identity(other)) === canonicalJson(identity(slot)),
  );
  if (same !== undefined) {
    same.members.push(...slot.members);
    return;
  }
  slots.push(slot);
  slots.sort((a, b) => b.leaves - a.leaves || b.headers.length - a.headers.length);
}

function identity<T extends Matchable>(slot: Slot<T>): unknown {
  return [
    slot.headers.map(([name, value]) => [name, value ?? null]),
    slot.subset ? [slot.pattern.json ?? null, slot.pattern.query] : null,
    slot.ignore,
  ];
}

function comparable(request: MatchRequest): unknown {
  return request.json ?? request.form ?? Buffer.from(request.body).toString("latin1");
}

function emplace<K, V>(map: Map<K, V[]>, key: K): V[] {
  let list = map.get(key);
  if (list === undefined) {
    list = [];
    map.set(key, list);
  }
  return list;
}
