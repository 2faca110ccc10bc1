import { allMatches } from "./all-matches.ts";
import { findLeaks, LEAK_RULES, mayHoldSecret } from "./leaks.ts";
import { readable } from "./readable.ts";

/** A secret or a pseudonym in a text, and its kind. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly id: string;
}

const NONE: readonly never[] = [];

/** Secrets and pseudonyms of a text, in order and without overlap. */
export function marksOf(text: string): readonly Mark[] {
  if (!mayHoldSecret(text)) return NONE;
  const marks = findLeaks(text).map(({ rule, start, end }): Mark => ({ start, end, id: rule.id }));
  const view = readable(text);
  for (const { id, pseudonymPattern } of LEAK_RULES) {
    for (const { start, end } of allMatches(pseudonymPattern, view.text))
      marks.push({ ...view.place(start, end), id });
  }
  let end = 0;
  return marks
    .toSorted((a, b) => a.start - b.start || b.end - a.end)
    .filter((mark) => {
      // What looks like a pseudonym within a secret is part of that.
      if (mark.start < end) return false;
      ({ end } = mark);
      return true;
    });
}

/** A text with each secret and each pseudonym replaced by the name of its kind. */
export function shapeOf(text: string): string {
  let shaped = "";
  let from = 0;
  for (const { start, end, id } of marksOf(text)) {
    shaped += `${text.slice(from, start)}\0${id}\0`;
    from = end;
  }
  return from === 0 ? text : shaped + text.slice(from);
}

/** True if a text of a cassette holds pseudonyms. */
export function hasPseudonym(text: string): boolean {
  if (!mayHoldSecret(text)) return false;
  const view = readable(text);
  return LEAK_RULES.some(({ pseudonymPattern }) => view.text.search(pseudonymPattern) !== -1);
}
