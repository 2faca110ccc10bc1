import { countBits, editDistance, editsAllowed, letterBits } from "./fuzzy.ts";
import { type Scored, bestScored } from "./scored.ts";
import { termsOf } from "./terms.ts";

/** A text of the index. One of the same id is the same text. */
interface IndexedText {
  readonly id: number;
  readonly content: string;
}

/** An index of texts by their words. */
export interface LexicalIndex {
  /** Takes in the texts that are new, and forgets those that are gone. */
  sync(texts: readonly IndexedText[]): void;
  /** The texts with words of a question, the best first. */
  search(question: string, isWanted: (id: number) => boolean, count: number): Scored[];
}

/** Parameters of BM25, the engine's own defaults. */
const K1 = 1.2;
const B = 0.75;
/** Terms of the index that a term of a question may stand for, the engine's own bound. */
const MAX_EXPANSIONS = 50;

/** Texts of a term, and how often each has it. */
interface Postings {
  readonly bits: number;
  readonly ids: number[];
  readonly counts: number[];
}

interface Expansion {
  readonly postings: Postings;
  /** 1 for the term itself, less for one with edits. */
  readonly weight: number;
}

/** Makes an empty index that ranks by BM25, with words that differ by few letters, as OGL's engine does. */
export function lexicalIndex(): LexicalIndex {
  let terms = new Map<string, Postings>();
  let lengths = new Map<number, number>();
  let total = 0;
  let gone = new Set<number>();

  const add = ({ id, content }: IndexedText): void => {
    const counts = new Map<string, number>();
    const all = termsOf(content);
    for (const term of all) counts.set(term, (counts.get(term) ?? 0) + 1);
    for (const [term, count] of counts) {
      let postings = terms.get(term);
      if (postings === undefined)
        terms.set(term, (postings = { bits: letterBits(term), ids: [], counts: [] }));
      postings.ids.push(id);
      postings.counts.push(count);
    }
    lengths.set(id, all.length);
    total += all.length;
  };

  const clear = (): void => {
    terms = new Map();
    lengths = new Map();
    gone = new Set();
    total = 0;
  };

  const sync = (texts: readonly IndexedText[]): void => {
    const present = new Set(texts.map(({ id }) => id));
    for (const [id, length] of lengths) {
      if (present.has(id) || gone.has(id)) continue;
      gone.add(id);
      total -= length;
    }
    if (gone.size > present.size) clear();
    for (const text of texts) if (!lengths.has(text.id)) add(text);
  };

  const search: LexicalIndex["search"] = (question, isWanted, count) => {
    const texts = lengths.size - gone.size;
    const average = total / Math.max(1, texts);
    const scores = new Map<number, number>();
    for (const term of termsOf(question)) {
      const found = expand(terms, term);
      const spread = Math.max(0, ...found.map(({ postings }) => postings.ids.length));
      const rarity = Math.log(1 + (texts - Math.min(spread, texts) + 0.5) / (spread + 0.5));
      for (const { postings, weight } of found)
        for (const [i, id] of postings.ids.entries()) {
          if (gone.has(id) || !isWanted(id)) continue;
          const often = postings.counts[i] ?? 0;
          const share = often / (often + K1 * (1 - B + (B * (lengths.get(id) ?? 0)) / average));
          scores.set(id, (scores.get(id) ?? 0) + (1 + K1) * weight * rarity * share);
        }
    }
    // Equal texts have the very same score, up to the last bits of a 64-bit float.
    const scored = [...scores].map(([id, score]) => ({ id, score: Math.fround(score) }));
    return bestScored(
      scored.toSorted((a, b) => a.id - b.id),
      count,
    );
  };

  return { sync, search };
}

/** The terms of an index that a term of a question means, the nearest first. */
function expand(terms: ReadonlyMap<string, Postings>, term: string): Expansion[] {
  const edits = editsAllowed(term);
  const exact = terms.get(term);
  const found: Expansion[] = exact === undefined ? [] : [{ postings: exact, weight: 1 }];
  if (edits === 0) return found;
  const bits = letterBits(term);
  for (const [other, postings] of terms) {
    if (other === term || Math.abs(other.length - term.length) > edits) continue;
    if (countBits(bits ^ postings.bits) > 2 * edits) continue;
    const distance = editDistance(term, other, edits);
    if (distance > edits) continue;
    found.push({ postings, weight: 1 - distance / Math.min(term.length, other.length) });
  }
  return found.toSorted((a, b) => b.weight - a.weight).slice(0, MAX_EXPANSIONS);
}
