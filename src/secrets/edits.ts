export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A range of a text, and its replacement. */
export interface Edit extends Range {
  readonly by: string;
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
 * @param whole the writes as one text, read as Latin-1
 * @param edits in order and without overlap
 */
export function rewriteWrites(
  writes: readonly Uint8Array[],
  whole: string,
  edits: readonly Edit[],
): Uint8Array[] {
  if (edits.length === 0) return [...writes];
  const result: Uint8Array[] = [];
  let from = 0;
  let end = 0;
  let next = 0;
  for (const write of writes) {
    end += write.length;
    const inside: Edit[] = [];
    let to = Math.max(from, end);
    for (let edit = edits[next]; edit !== undefined && edit.start < to; edit = edits[++next]) {
      inside.push({ by: edit.by, start: edit.start - from, end: edit.end - from });
      to = Math.max(to, edit.end);
    }
    result.push(
      inside.length === 0 && to - from === write.length && from === end - write.length
        ? write
        : Buffer.from(rewrite(whole.slice(from, to), inside), "latin1"),
    );
    from = to;
  }
  return result;
}
