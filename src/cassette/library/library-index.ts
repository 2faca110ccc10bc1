import type { Spec } from "../../openapi/index.ts";
import type { MatchRequest } from "../format/index.ts";
import { type Group, type Matchable, MatchIndex } from "../match/index.ts";
import { queryDefaultsOf } from "./query-defaults.ts";

/** An index of interactions in which query parameters at their defaults equal absent ones. */
export class LibraryIndex<T extends Matchable> {
  readonly #literal = new MatchIndex<T>();
  /** Interactions of operations with such parameters, without these. Asked second: a literally equal query is more specific. */
  readonly #defaulted = new MatchIndex<T>();
  readonly #withoutDefaults: (request: MatchRequest) => MatchRequest | undefined;

  constructor(spec: Spec) {
    this.#withoutDefaults = queryDefaultsOf(spec);
  }

  add(item: T): void {
    this.#literal.add(item);
    const request = this.#withoutDefaults(item.request);
    if (request === undefined) return;
    // A subset requires the parameters that it was recorded with, be they at their defaults or not.
    this.#defaulted.add(item, item.match.body === "subset" ? item.request : request);
  }

  /** As `MatchIndex.find`. */
  find<R>(request: MatchRequest, take: (group: Group<T>) => R | undefined): R | undefined {
    const taken = this.#literal.find(request, take);
    if (taken !== undefined || this.#defaulted.isEmpty) return taken;
    const defaulted = this.#withoutDefaults(request);
    return defaulted && this.#defaulted.find(defaulted, take);
  }

  /** As `MatchIndex.nearest`. */
  nearest(request: MatchRequest): ReturnType<MatchIndex<T>["nearest"]> {
    return this.#literal.nearest(request);
  }

  /** As `MatchIndex.ambiguities`. */
  ambiguities(limit: number): [T, T][] {
    return this.#literal.ambiguities(limit);
  }
}
