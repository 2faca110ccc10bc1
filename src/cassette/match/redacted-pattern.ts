import { BLOB_REFERENCE, DEFAULT_RULES, findSecrets, readable } from "../../secrets/index.ts";
import { allMatches } from "../../util/index.ts";

/** A secret or a pseudonym in a text, and what it is compared by. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly shape: string;
}

/** Secrets and pseudonyms of a text, in order and without overlap. */
export function marksOf(text: string): readonly Mark[] {
  const marks = [...pseudonymsIn(text), ...secretsIn(text)];
  if (marks.length < 2) return marks;
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

/** A blob is compared by what is left of it: the same content has the same hash. */
function secretsIn(text: string): Mark[] {
  return findSecrets(text, DEFAULT_RULES).flatMap(({ ranges, family, by }) =>
    ranges.map(({ start, end }): Mark => ({ start, end, shape: by ?? shapeNamed(family.shape) })),
  );
}

function pseudonymsIn(text: string): Mark[] {
  if (!PSEUDONYM_HINT.test(text)) return [];
  const view = readable(text);
  return DEFAULT_RULES.families.flatMap(({ pattern, shape }) =>
    allMatches(pattern, view.text).map(({ start, end }): Mark => ({
      ...view.place(start, end),
      shape: shapeNamed(shape),
    })),
  );
}

/** What every pseudonym has in it, or an escape that may spell it. */
const PSEUDONYM_HINT = /\\|-\d|192\.0\.2|198\.|203\.0\.113|2001:db8/;

function shapeNamed(shape: string): string {
  return `\0${shape}\0`;
}

/** A text with each secret and each pseudonym replaced by the name of its kind. */
export function shapeOf(text: string): string {
  let shaped = "";
  let from = 0;
  for (const { start, end, shape } of marksOf(text)) {
    shaped += text.slice(from, start) + shape;
    from = end;
  }
  return from === 0 ? text : shaped + text.slice(from);
}

/** True if a text of a cassette holds pseudonyms, or references to what was left out. */
export function hasPseudonym(text: string): boolean {
  if (text.includes(";sha256=") && text.search(BLOB_REFERENCE) !== -1) return true;
  return pseudonymsIn(text).length > 0;
}
