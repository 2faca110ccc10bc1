import { allMatches } from "../util/index.ts";
import { ALL_FAMILIES } from "./family.ts";

/** The pseudonyms in a text of a cassette by their families, each once, in the order in which they first stand there. */
export function pseudonymsIn(text: string): Map<string, string[]> {
  return new Map(
    ALL_FAMILIES.map(({ id, pattern }) => [
      id,
      [...new Set(allMatches(pattern, text).map(({ start, end }) => text.slice(start, end)))],
    ]),
  );
}

const ANY = new RegExp(ALL_FAMILIES.map(({ pattern }) => pattern.source).join("|"), "g");

/** The text with other pseudonyms. @param by the new one; `undefined` where it stays */
export function withPseudonyms(text: string, by: (pseudonym: string) => string | undefined): string {
  return text.replaceAll(ANY, (pseudonym) => by(pseudonym) ?? pseudonym);
}
