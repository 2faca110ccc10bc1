import { JoinedParts, Spans } from "../util/index.ts";

/** Spellings of characters in a text. Escapes of JSON are always decoded. */
export interface Spelled {
  /** The text is bytes read as Latin-1; what of it is UTF-8 is read as that. */
  readonly bytes?: boolean;
  /** `%40` is `@`, as in a request target. */
  readonly percent?: boolean;
  /** `&quot;` is a quote, as in HTML. */
  readonly entities?: boolean;
  /** The text is what stands between the quotes of one string of JSON: JSON within it keeps its own escapes. */
  readonly once?: boolean;
}

/** A text as a person reads it, with the way back to its ranges in the original. */
export interface Readable {
  readonly text: string;
  /** Range of the original that holds the characters from `start` to `end`. */
  locate(start: number, end: number): { start: number; end: number };
}

// Any number of backslashes: JSON within a string of JSON has them doubled. From the first of them only, or a long run of
// them would be tried from each anew. JSON sixteen times in JSON has no more than that; over megabytes the engine's stack overflows.
const ESCAPE = String.raw`(?<!\\)\\{1,65535}(?:u[0-9a-fA-F]{4}|["/bfnrt])`;
const ESCAPE_ONCE = String.raw`\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])`;
const UTF8 = String.raw`[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}`;
const PERCENT = String.raw`%[0-7][\da-fA-F]|%[c-fC-F][\da-fA-F](?:%[89abAB][\da-fA-F]){1,3}`;
const ENTITY = String.raw`&(?:quot|apos|amp|lt|gt|nbsp|colon|equals|#\d{2,6}|#[xX][\da-fA-F]{2,5});`;
const ENTITIES: Readonly<Record<string, string>> = {
  quot: '"',
  apos: "'",
  amp: "&",
  lt: "<",
  gt: ">",
  nbsp: "\u00a0",
  colon: ":",
  equals: "=",
};
const NAMED: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const UTF8_DECODER = new TextDecoder("utf-8", { fatal: true });
const patterns = new Map<string, RegExp>();

/**
 * Looks through the spelling of a text. A secret after `\n`, with `é` as `\u00e9` or with `@` as `%40` would not be seen
 * in the original.
 */
export function readable(source: string, spelled: Spelled = {}): Readable {
  if (!needed(source, spelled)) return unchanged(source);
  const spans = new Spans();
  const text = new JoinedParts();
  let rest = 0;
  for (const match of source.matchAll(patternOf(spelled))) {
    const by = decode(match[0]);
    if (by === undefined) continue;
    text.add(source.slice(rest, match.index));
    spans.add(text.length, by.length, match.index, match[0].length);
    text.add(by);
    rest = match.index + match[0].length;
  }
  if (spans.count === 0) return unchanged(source);
  text.add(source.slice(rest));
  return {
    text: text.toString(),
    locate: (start, end) => ({ start: spans.original(start, "start"), end: spans.original(end, "end") }),
  };
}

function unchanged(text: string): Readable {
  return { text, locate: (start, end) => ({ start, end }) };
}

/** Most texts have nothing to look through, and this is on the hot path. */
function needed(source: string, { bytes, percent, entities }: Spelled): boolean {
  return (
    source.includes("\\") ||
    (bytes === true && /[\x80-\xff]/.test(source)) ||
    percent === true ||
    entities === true
  );
}

function patternOf({ bytes, percent, entities, once }: Spelled): RegExp {
  const source = [
    once ? ESCAPE_ONCE : ESCAPE,
    ...(bytes ? [UTF8] : []),
    ...(percent ? [PERCENT] : []),
    ...(entities ? [ENTITY] : []),
  ].join("|");
  let pattern = patterns.get(source);
  if (pattern === undefined) patterns.set(source, (pattern = new RegExp(source, "g")));
  return pattern;
}

function decode(segment: string): string | undefined {
  if (segment.startsWith("\\")) {
    const unit = /u([0-9a-fA-F]{4})$/.exec(segment)?.[1];
    if (unit !== undefined) return String.fromCharCode(Number.parseInt(unit, 16));
    const last = segment.at(-1) ?? "";
    return NAMED[last] ?? last;
  }
  if (segment.startsWith("&")) return entity(segment.slice(1, -1));
  try {
    return segment.startsWith("%")
      ? decodeURIComponent(segment)
      : UTF8_DECODER.decode(Buffer.from(segment, "latin1"));
  } catch {
    return undefined;
  }
}

function entity(name: string): string | undefined {
  if (!name.startsWith("#")) return ENTITIES[name];
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code > 0 && code <= 0xffff ? String.fromCharCode(code) : undefined;
}
