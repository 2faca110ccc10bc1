import type { MatchRequest } from "../format/index.ts";
import type { Matchable, MatchKey } from "./match-key.ts";
import { type RequirementTree, fitting, requirementTree } from "./requirement-tree.ts";
import { type ReadValues, readerOf, requirementsOf } from "./requirements.ts";

/** Gives an incoming request in the form that is compared with redacted patterns, or with filler. */
export type ComparedWith = (redacted: boolean, filled: boolean) => MatchRequest;

/** Number of match keys up to which all are candidates. */
const FEW = 16;

/** Match keys of one way of comparing, by what they require. */
interface Part<T extends Matchable> {
  readonly example: MatchKey<T>;
  readonly first: number;
  readonly tree: RequirementTree;
}

/** Match keys of one route or of one body, the most specific first. */
export class MatchList<T extends Matchable> {
  readonly #keys: MatchKey<T>[] = [];
  #byIdentity: Map<string, MatchKey<T>> | undefined;
  #parts: readonly Part<T>[] | undefined;
  /** True if a request was compared since the last insertion: only a list that stays as it is is worth an index. */
  #isSettled = false;
  readonly #readers = new Map<string, ReadValues>();

  get keys(): readonly MatchKey<T>[] {
    return this.#keys;
  }

  /** Inserts a match key. If there is one with the same identity, that gets the members. */
  insert(matchKey: MatchKey<T>): void {
    const same = this.#withIdentity(matchKey.identity);
    if (same !== undefined) {
      same.members.push(...matchKey.members);
      return;
    }
    this.#keys.splice(this.#positionFor(matchKey), 0, matchKey);
    this.#byIdentity?.set(matchKey.identity, matchKey);
    this.#parts = undefined;
    this.#isSettled = false;
  }

  /** The match keys that a request may fit, in their order: all that it fits are among them. */
  candidates(formOf: ComparedWith): Iterable<MatchKey<T>> {
    if (this.#keys.length <= FEW) return this.#keys;
    if (!this.#isSettled) {
      this.#isSettled = true;
      return this.#keys;
    }
    this.#parts ??= partsByForm(this.#keys);
    return this.#merged(this.#parts, formOf);
  }

  /** The candidates of all parts. A form of the request is made when the first match key of its part has its turn. */
  *#merged(parts: readonly Part<T>[], formOf: ComparedWith): Generator<MatchKey<T>> {
    const left = parts.map((part) => ({ part, next: part.first, rest: [] as number[], isRead: false }));
    for (;;) {
      const turn = left.reduce((least, one) => (one.next < least.next ? one : least));
      if (turn.next === Infinity) return;
      if (turn.isRead) yield this.#keys[turn.next] as MatchKey<T>;
      else {
        turn.isRead = true;
        turn.rest = this.#fitting(turn.part, formOf).toReversed();
      }
      turn.next = turn.rest.pop() ?? Infinity;
    }
  }

  #fitting({ tree, example }: Part<T>, formOf: ComparedWith): number[] {
    const request = formOf(example.redacted, example.filled);
    return fitting(tree, (location) => {
      const known = this.#readers.get(location) ?? readerOf(location);
      this.#readers.set(location, known);
      return known(request);
    });
  }

  #withIdentity(identity: string): MatchKey<T> | undefined {
    if (this.#keys.length <= FEW) return this.#keys.find((known) => known.identity === identity);
    this.#byIdentity ??= new Map(this.#keys.map((known) => [known.identity, known]));
    return this.#byIdentity.get(identity);
  }

  /** Position for a match key: after its equals, as the first added stays first. */
  #positionFor(matchKey: MatchKey<T>): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (moreSpecific(matchKey, this.#keys[middle] as MatchKey<T>)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** True if `a` requires more values, more headers, or real values rather than redacted ones. */
function moreSpecific<T extends Matchable>(a: MatchKey<T>, b: MatchKey<T>): boolean {
  return (
    (a.leaves - b.leaves || a.headers.length - b.headers.length || Number(b.redacted) - Number(a.redacted)) >
    0
  );
}

function partsByForm<T extends Matchable>(keys: readonly MatchKey<T>[]): Part<T>[] {
  const requirements = keys.map(({ pattern, skipped, headers }) =>
    requirementsOf(
      pattern,
      skipped,
      headers.flatMap(({ name, value, redactedForm }) =>
        redactedForm === undefined ? [[name, value] as const] : [],
      ),
    ),
  );
  const positions = [...keys.keys()];
  const byForm = Map.groupBy(positions, (position) => {
    const { redacted, filled } = keys[position] as MatchKey<T>;
    return `${redacted} ${filled}`;
  });
  return [...byForm.values()].map((own) => ({
    example: keys[own[0] as number] as MatchKey<T>,
    first: own[0] as number,
    tree: requirementTree(own, (position) => requirements[position] ?? new Map()),
  }));
}
