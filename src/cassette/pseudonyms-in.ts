import { marksOf } from "./shape.ts";

/** A cookie's pseudonym stands for a whole header, so no rule looks for it. */
const COOKIE = /(?<![\w-])cookie-\d{1,6}(?![\w-])/g;

/** The pseudonyms in a text of a cassette by their kinds, each once, in the order in which they first stand there. */
export function pseudonymsIn(text: string): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  const add = (kind: string, name: string): void => {
    const known = found.get(kind);
    if (known === undefined) found.set(kind, new Set([name]));
    else known.add(name);
  };
  for (const { start, end, id } of marksOf(text)) add(id, text.slice(start, end));
  for (const [name] of text.matchAll(COOKIE)) add("cookie", name);
  return new Map([...found].map(([kind, names]) => [kind, [...names]]));
}
