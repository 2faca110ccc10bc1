import { TwoGenerations } from "../maps/index.ts";
import { detached } from "../text/index.ts";
import { tokenEnds } from "./merge.ts";
import { isAscii, vocabulary } from "./vocabulary.ts";

/** Part of a text as a model emits it: one token, or several if a character spans them. */
export interface TextToken {
  readonly text: string;
  /** Number of tokens. */
  readonly tokens: number;
}

/** Pattern of a text's segments, each of which is cut into tokens by itself: words and runs of digits, signs or blanks. */
const SEGMENTS = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
/** Length (characters) of the longest segment that is remembered. */
const MAX_KEPT = 128;
/** Number of segments in a generation of those that are remembered. */
const MAX_SEGMENTS = 4096;
const BROKEN = "\ufffd";

const kept = new TwoGenerations<string, readonly TextToken[]>(MAX_SEGMENTS);

/** Counts the GPT-2 tokens of a text. The time is about linear in its length. */
export function countGpt2(text: string): number {
  // A short text is mostly one segment.
  const known = kept.get(text);
  if (known !== undefined) return known.length;
  let sum = 0;
  for (const segment of text.match(SEGMENTS) ?? [])
    sum +=
      segment.length > MAX_KEPT
        ? tokenEnds(latin1BytesOf(segment), vocabulary()).length
        : tokensOfSegment(segment).length;
  return sum;
}

/** Cuts a text into GPT-2 tokens; joined they give the text again. */
export function tokenizeGpt2(text: string): TextToken[] {
  if (!text.isWellFormed()) return tokenizeIllFormed(text);
  const found: TextToken[] = [];
  for (const segment of text.match(SEGMENTS) ?? [])
    for (const token of tokensOfSegment(segment)) found.push(token);
  return found;
}

/** Half a surrogate pair cannot be encoded: from there on the text is one part. */
function tokenizeIllFormed(text: string): TextToken[] {
  const found: TextToken[] = [];
  let at = 0;
  let rest = 0;
  for (const segment of text.match(SEGMENTS) ?? []) {
    for (const token of tokensOfSegment(segment)) {
      if (rest > 0 || (token.text.includes(BROKEN) && !text.startsWith(token.text, at))) rest += token.tokens;
      else {
        found.push(token);
        at += token.text.length;
      }
    }
  }
  return at < text.length ? [...found, { text: text.slice(at), tokens: rest }] : found;
}

function tokensOfSegment(segment: string): readonly TextToken[] {
  const known = kept.get(segment);
  if (known !== undefined) return known;
  if (segment.length > MAX_KEPT) return tokenizeSegment(segment);
  // A part of a long text would keep all of it in memory.
  const own = detached(segment);
  const tokens = tokenizeSegment(own);
  kept.set(own, tokens);
  return tokens;
}

/** The bytes of a text, written as Latin-1. Half a surrogate pair becomes the replacement character. */
function latin1BytesOf(text: string): string {
  return isAscii(text) ? text : Buffer.from(text).toString("latin1");
}

function tokenizeSegment(segment: string): readonly TextToken[] {
  if (isAscii(segment))
    return tokensAt(tokenEnds(segment, vocabulary()), (start, end) => segment.slice(start, end));
  const bytes = Buffer.from(segment);
  // A character belongs to the token with its last byte; a byte order mark is a character like any other.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const decode = (start: number, end: number): string =>
    decoder.decode(bytes.subarray(start, end), { stream: true });
  return tokensAt(tokenEnds(bytes.toString("latin1"), vocabulary()), decode);
}

function tokensAt(ends: readonly number[], textOf: (start: number, end: number) => string): TextToken[] {
  return ends.map((end, i) => ({ text: textOf(ends[i - 1] ?? 0, end), tokens: 1 }));
}
