/** A text in which a pattern's stack overflows is read in windows of this size, … */
const WINDOW = 1 << 20;
/** … of which each sees so much of its neighbours. No secret is longer. */
const CONTEXT = 1 << 14;

export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Matches of a pattern, also in texts that are too long for its engine: a run of a few million letters overflows the
 * stack on which it remembers where to try again.
 *
 * @param pattern has the flag `g`
 */
export function allMatches(pattern: RegExp, text: string): Span[] {
  try {
    return spansOf(pattern, text);
  } catch (error) {
    if (!(error instanceof RangeError) || text.length <= WINDOW) throw error;
    return inWindows(pattern, text);
  }
}

/** The pattern itself is run: `matchAll` would make a copy of it for each text, which takes longer than most texts. */
function spansOf(pattern: RegExp, text: string): Span[] {
  if (!pattern.global) throw new TypeError(`the pattern ${pattern.source} has no flag g`);
  const spans: Span[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const end = match.index + match[0].length;
    spans.push({ start: match.index, end });
    if (match[0] === "")
      pattern.lastIndex = end + ((text.codePointAt(end) ?? 0) > 0xffff && pattern.unicode ? 2 : 1);
  }
  return spans;
}

/** Each match is taken from the window in whose middle it begins, so that it was seen with what is around it. */
function inWindows(pattern: RegExp, text: string): Span[] {
  const spans: Span[] = [];
  for (let from = 0; from < text.length; from += WINDOW) {
    const base = Math.max(0, from - CONTEXT);
    const to = Math.min(text.length, from + WINDOW + CONTEXT);
    for (const span of spansOf(pattern, text.slice(base, to))) {
      const start = base + span.start;
      if (start < from || start >= from + WINDOW) continue;
      // What goes on beyond the window is the same word.
      spans.push({ start, end: base + span.end === to ? endOfWord(text, to) : base + span.end });
    }
  }
  return spans;
}

function endOfWord(text: string, from: number): number {
  let end = from;
  while (end < text.length && /[\w-]/.test(text.charAt(end))) end++;
  return end;
}
