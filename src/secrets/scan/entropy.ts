import { isExplained } from "./explained.ts";
import { tokenRuns } from "./runs.ts";

/** A run of letters that looks as if it was made by chance. */
export interface RandomRun {
  readonly start: number;
  readonly end: number;
}

const MIN_LENGTH = 20;
/** The beginning of a longer one tells enough. */
const MAX_LOOKED = 4096;
/** Bits a letter: English has about 4.1 over its letters alone, base64 of random bytes comes near 5 in so short a text. */
const MIN_BITS = 3.6;

/**
 * Ids that servers give and clients send back: they open nothing. By their prefix, or their form.
 */
const KNOWN_PREFIXES =
  /(?:^|[^A-Za-z0-9])(?:chatcmpl|cmpl|call|msg|resp|rs|fc|run|thread|asst|file|batch|req|request|toolu|srvtoolu|org|proj|fp|ws|embd|rerank|gen|item|ctc|vs|evt|step|sess|trace|span|ft|ftjob|modelresp|cachedContents|tool|audio|img|conv|user|cus|sub|price|prod|pi|pm|ch|acct|seti|dpl|prj)(?:-tool|-tgi|_tool)?[-_:.]$/i;
const HASH_BEFORE =
  /(?:sha(?:1|224|256|384|512)|md5|integrity|etag|digest|checksum|hash|commit|nonce|fingerprint|boundary)[\\"':=\s-]*$/i;
const HASH = /^(?:sha(?:1|224|256|384|512)|md5|nonce)-/;
const VECTOR_BEFORE = /(?:embeddings?|vectors?|base64)\\*"\s*:\s*(?:\[\s*)?\\*"$|base64,$/i;

/** Runs that are neither words nor one of the ids that everybody may see. */
export function* randomRuns(text: string): Generator<RandomRun> {
  for (const { index, run } of longRuns(text)) {
    const before = text.slice(Math.max(0, index - 48), index);
    if (HASH_BEFORE.test(before) || VECTOR_BEFORE.test(before) || HASH.test(run)) continue;
    // Most runs are words, and what stands around a run takes longer to look at.
    const parts = tokenParts(run).filter(
      ({ part }) =>
        !isKnownId(part) &&
        (isRandom(part.slice(0, MAX_LOOKED)) || (IN_URL.test(before) && hasRandomSegment(part))),
    );
    if (parts.length === 0 || isExplained(text, index, index + run.length)) continue;
    for (const { at, part } of parts) {
      const start = index + at;
      if (KNOWN_PREFIXES.test(text.slice(Math.max(0, start - 24), start))) continue;
      for (const segment of randomSegments(part)) {
        const from = start + segment.at;
        const to = from + segment.part.length;
        if ((from === index && part === run) || !isExplained(text, from, to)) yield { start: from, end: to };
      }
    }
  }
}

/** Runs of letters that may be a token, with their padding. */
function* longRuns(text: string): Generator<{ index: number; run: string }> {
  for (const { start, end } of tokenRuns(text, MIN_LENGTH)) {
    let to = end;
    for (let padding = 0; padding < 2 && text[to] === "="; padding++) to++;
    yield { index: start, run: text.slice(start, to) };
  }
}

const STARTS_KNOWN = new RegExp(
  KNOWN_PREFIXES.source.replace("(?:^|[^A-Za-z0-9])", "^").replace(/\$$/, ""),
  "i",
);

/** True for an id by its prefix. Stripe's client secrets begin with the id of what they open. */
function isKnownId(part: string): boolean {
  return STARTS_KNOWN.test(part) && !part.includes("_secret_");
}

/** The text before a run that is the rest of a URL, or the target of a request. */
const IN_URL = /(?::\/\/[^\s"'<>\\]*|"target":\s?")$/;

/** True for a path of which a segment looks made by chance, though the whole of it does not. */
function hasRandomSegment(part: string): boolean {
  return (
    part.includes("/") &&
    part.length <= MAX_LOOKED &&
    part.split("/").some((segment) => isRandom(segment) && !STARTS_KNOWN.test(segment))
  );
}

/** Words joined by `-`, `_` and `/` stand each for itself; a secret of base64 holds but one or two of these. */
function tokenParts(run: string): { at: number; part: string }[] {
  const joints = run.match(/[-_/]/g)?.length ?? 0;
  if (joints <= run.length / 12) return [{ at: 0, part: run }];
  return [...run.matchAll(/[A-Za-z0-9+=]+/g)].map((match) => ({ at: match.index, part: match[0] }));
}

/** Segments of a path that are words, versions or small numbers. */
const PLAIN_SEGMENT = /^(?:[A-Za-z]?[a-z]*(?:[-_][a-z]+)*|v?\d{1,4})$/;

/**
 * The segments of a path that look made by chance, if the others are words: `d/1aBcD3fGh1JkLmN0pQrS/edit` has one. Else the whole
 * run, as base64 has slashes too.
 */
function randomSegments(run: string): readonly { at: number; part: string }[] {
  const whole = [{ at: 0, part: run }];
  if (!run.includes("/")) return whole;
  const others = [...run.matchAll(/[^/]+/g)]
    .map((match) => ({ at: match.index, part: match[0] }))
    .filter(({ part }) => !PLAIN_SEGMENT.test(part));
  if (others.some(({ part }) => part.length < MIN_LENGTH)) return whole;
  const random = others.filter(({ part }) => isRandom(part));
  return random.length === 0 ? whole : random;
}

/** True for letters of several kinds that change from one to the next as nothing does that is written. */
function isRandom(text: string): boolean {
  if (text.length < MIN_LENGTH) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(text)).length;
  if (kinds < 3 || bitsOf(text) < MIN_BITS) return false;
  let changes = 0;
  for (let i = 1; i < text.length; i++) if (characterKind(text, i) !== characterKind(text, i - 1)) changes++;
  if (changes / (text.length - 1) <= 0.35) return false;
  // Names of code are put together from words: most of their letters stand among other small ones.
  const words = (text.match(/[A-Z]?[a-z]{3,}/g) ?? []).filter((word) => !UNSPOKEN.test(word));
  const inWords = words.join("").length;
  return inWords / text.length < 0.45;
}

/** Letters that no word has beside each other in English, French or German, or that are all consonants. */
const UNSPOKEN =
  /^[^aeiouy]+$|[bcdfghjklmnpqrstvwxz]{5}|[jqvxz][bcdfghjklmnpqrstvwxz]|q[^u]|[fgkpw][jqvxz]|[bcdfghjklmnpqrstvwxz]j|[bcdgkmp]v|[bcdfghjkpqvxz]w|(?:vk|gc|dk|bk|fk|pk|mk|mx|dx|kx|px|rx|hx|gx|sx|wx|kc|pc|hb|hc|hd|hf|hg|hk|hp|hz|bq|dq|gq|hq|kq|lq|mq|pq|rq|tq|wq|xq|yq|fb|fc|fd|fg|fh|fm|fn|fp|kd|kf|kg|kp|kz|bn|cb|cd|cf|cg|cm|cn|cp|dc|df|lz|pz|mz|bz|dz|fz|gz|wz|gt|pg|tg)/i;

function characterKind(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 97) return 0;
  if (code >= 65) return 1;
  return code >= 48 ? 2 : 3;
}

/** Shannon's entropy of the letters, in bits. */
function bitsOf(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
