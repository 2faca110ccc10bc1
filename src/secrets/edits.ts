export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A range of a text, and its replacement. */
export interface Edit extends Range {
  readonly by: string;
}

/**
 * Edits together with later ones, in order and without overlap. A later edit takes the place of those within its range.
 *
 * @param edits in order and without overlap
 */
export function overlaid(edits: readonly Edit[], later: readonly Edit[]): readonly Edit[] {
  if (later.length === 0) return edits;
  const all: Edit[] = [];
  // Where both begin, the longer one is first: those within its range then follow it.
  const ordered = [
    ...edits.map((edit) => ({ edit, isLater: false })),
    ...later.map((edit) => ({ edit, isLater: true })),
  ].toSorted(
    (a, b) => a.edit.start - b.edit.start || b.edit.end - a.edit.end || Number(b.isLater) - Number(a.isLater),
  );
  let last: Edit | undefined;
  for (const { edit } of ordered) {
    const same = last?.start === edit.start && last.end === edit.end;
    if (last === undefined || (!same && edit.start >= last.end)) all.push((last = edit));
    // Beyond the end of the one before it there may be the rest of a secret.
    else if (edit.end > last.end) all[all.length - 1] = last = { ...last, end: edit.end };
  }
  return all;
}

/** @param edits in order and without overlap */
export function rewrite(text: string, edits: readonly Edit[]): string {
  let result = "";
  let from = 0;
  for (const { start, end, by } of edits) {
    result += text.slice(from, start) + by;
    from = end;
  }
  return result + text.slice(from);
}

/**
 * Replaces ranges of a text that is spread over several writes. A boundary within a range moves to its end; all others stay. A
 * write that was wholly within a range begun before it is empty then.
 *
 * @param sizes the lengths of the writes
 * @param whole the writes as one text
 * @param edits in order and without overlap
 * @returns the text of each write; `undefined` for one that stays as it is
 */
export function rewriteParts(
  sizes: readonly number[],
  whole: string,
  edits: readonly Edit[],
): (string | undefined)[] {
  let from = 0;
  let end = 0;
  let next = 0;
  return sizes.map((size) => {
    end += size;
    const inside: Edit[] = [];
    let to = Math.max(from, end);
    for (let edit = edits[next]; edit !== undefined && edit.start < to; edit = edits[++next]) {
      inside.push({ by: edit.by, start: edit.start - from, end: edit.end - from });
      to = Math.max(to, edit.end);
    }
    const stays = inside.length === 0 && to - from === size && from === end - size;
    const text = stays ? undefined : rewrite(whole.slice(from, to), inside);
    from = to;
    return text;
  });
}

/** A string in place of a number. */
export function quoted(pseudonym: string, quote: string): string {
  return quote + pseudonym + quote;
}

/** The quotes of a string in place of a number: they have as many backslashes as those of the name before it. */
export function quoteAt(text: string, at: number): string {
  const before = /(\\*)"[^"]*$/.exec(text.slice(Math.max(0, at - 64), at));
  return `${before?.[1] ?? ""}"`;
}
