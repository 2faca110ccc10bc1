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
