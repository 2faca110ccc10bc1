import { type Range, quoteAt } from "./edits.ts";
import type { Family } from "./family.ts";

/** A secret in a text. */
export interface Found {
  readonly rule: string;
  readonly family: Family;
  /** As a person reads it: the same secret, however it is spelled. */
  readonly value: string;
  /** Ranges of the secret; several if it is spread over parts of the text. */
  readonly ranges: readonly Range[];
  /** Replacement, where it does not depend on earlier replacements. */
  readonly by?: string;
  /** True for a bare number of JSON: its replacement needs quotes. */
  readonly bare?: boolean;
  /** Quotes of that string, where the text around it does not show how deep they are escaped. */
  readonly quote?: string | undefined;
}

/**
 * Secrets that overlap as one, in order. A secret that is spread over several ranges stays one secret with all of them.
 *
 * @param valueOf the text that a union of ranges spells
 */
export function united(found: readonly Found[], valueOf: (range: Range) => string): Found[] {
  const locations = found
    .flatMap((one, order) => one.ranges.map((range) => ({ ...range, order })))
    .toSorted((a, b) => a.start - b.start || a.order - b.order);
  const groups = new Groups(found.length);
  let last: { end: number; order: number } | undefined;
  for (const { start, end, order } of locations) {
    if (last !== undefined && start < last.end) {
      groups.join(last.order, order);
      if (end > last.end) last = { end, order };
    } else last = { end, order };
  }
  return groups
    .lists()
    .map((orders) =>
      unionOf(
        orders.map((order) => found[order] as Found),
        valueOf,
      ),
    )
    .toSorted((a, b) => firstStart(a) - firstStart(b));
}

function unionOf(group: readonly Found[], valueOf: (range: Range) => string): Found {
  const [only] = group;
  if (group.length === 1 && only !== undefined) return only;
  const size = ({ ranges }: Found): number => ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  // The first of the largest: patterns say more of what a secret is than names do.
  const largest = group.reduce((best, one) => (size(one) > size(best) ? one : best));
  const ranges = merged(group.flatMap((one) => one.ranges));
  const covers = ranges.reduce((sum, { start, end }) => sum + end - start, 0) === size(largest);
  const { rule, family, value, by, bare, quote } = largest;
  // A blob with a secret in it is a secret: no hash of one is stored.
  const pure = group.every((one) => one.by !== undefined);
  return {
    rule,
    family,
    value: covers ? value : ranges.map(valueOf).join(""),
    ranges,
    ...(pure && by !== undefined ? { by } : {}),
    ...(covers && bare ? { bare, quote } : {}),
  };
}

function merged(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && range.start < last.end)
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    else result.push(range);
  }
  return result;
}

function firstStart({ ranges: [range] }: Found): number {
  return range?.start ?? 0;
}

/** Disjoint sets of numbers. */
class Groups {
  readonly #parent: number[];

  constructor(size: number) {
    this.#parent = Array.from({ length: size }, (_, i) => i);
  }

  join(a: number, b: number): void {
    const [one, other] = [this.#root(a), this.#root(b)];
    this.#parent[Math.max(one, other)] = Math.min(one, other);
  }

  lists(): number[][] {
    const lists = new Map<number, number[]>();
    for (const i of this.#parent.keys()) {
      const list = lists.get(this.#root(i));
      if (list === undefined) lists.set(this.#root(i), [i]);
      else list.push(i);
    }
    return [...lists.values()];
  }

  #root(i: number): number {
    let root = i;
    while (this.#parent[root] !== root) root = this.#parent[root] as number;
    for (let at = i; at !== root;) {
      const next = this.#parent[at] as number;
      this.#parent[at] = root;
      at = next;
    }
    return root;
  }
}

/** Quotes of a string in place of a number in a text that is joined of strings of JSON, where each of them is escaped once more. */
export function quoteOf(text: string, { ranges: [range] }: Found, inStrings: boolean): string {
  const quote = quoteAt(text, range?.start ?? 0);
  return inStrings ? JSON.stringify(quote).slice(1, -1) : quote;
}

/** Matches with their ranges moved to those of another text. */
export function moved(found: readonly Found[], locate: (range: Range) => readonly Range[]): Found[] {
  return found.map((one) => ({ ...one, ranges: one.ranges.flatMap(locate) }));
}
