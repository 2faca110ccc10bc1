import type { Pattern } from "./types.ts";

/** Test of a text. */
export type Test = (text: string) => boolean;

const WRITTEN = /^\/(.+)\/([dgimsuvy]*)$/s;

/**
 * Reads a pattern: `/two words/i` is a regular expression, any other text itself.
 * @throws SyntaxError for a regular expression that is none
 */
export function readPattern(pattern: Pattern): string | RegExp {
  if (pattern instanceof RegExp) return stateless(pattern);
  const [, source, flags = ""] = WRITTEN.exec(pattern) ?? [];
  return source === undefined ? pattern : stateless(new RegExp(source, flags));
}

/** A regular expression that does not remember where it ended. */
function stateless(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, ""));
}

/** Test of a whole name. @throws SyntaxError */
export function nameTest(pattern: Pattern): Test {
  const read = readPattern(pattern);
  return typeof read === "string" ? (text) => text === read : (text) => read.test(text);
}

/** Test of a text that has the pattern somewhere. @throws SyntaxError */
export function textTest(pattern: Pattern): Test {
  const read = readPattern(pattern);
  return typeof read === "string" ? (text) => text.includes(read) : (text) => read.test(text);
}
