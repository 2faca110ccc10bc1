/** Rules about words: the retired words of the project's own early dialect, and openings of comments without a noun. */
import { code } from "./source-text.ts";

/** Retired words, with the words that replace them. Word parts of identifiers are compared: `tapeOf` has `tape`. */
export const RETIRED: ReadonlyMap<string, string> = new Map([
  ["mend", "fix"],
  ["mends", "fixes"],
  ["mended", "fixed, or repaired"],
  ["tape", "log (recording log)"],
  ["tapes", "logs"],
  ["scribe", "worker (recording worker)"],
  ["ledger", "counters (recorder), usage (OGL)"],
  ["ledgers", "counters, usage"],
  ["front", "h11 reader"],
  ["fronts", "readers"],
  ["stage", "scenario server"],
  ["stages", "scenario servers"],
  ["slot", "match key"],
  ["slots", "match keys"],
  ["shape", "pattern (redacted pattern), or format"],
  ["shapes", "patterns"],
  ["shaped", "redacted"],
  ["place", "location"],
  ["places", "locations"],
  ["placed", "located"],
  ["piece", "token, read, segment or part"],
  ["pieces", "tokens, reads, segments or parts"],
  ["said", "completion"],
  ["asked", "requested, or request"],
  ["asks", "wants"],
  ["holder", "principal, or owner"],
  ["holders", "principals"],
  ["visit", "facts (request facts), or walk"],
  ["visits", "walks"],
  ["gatekeeper", "access"],
  ["told", "notified"],
  ["telling", "relevant"],
  ["tell", "notify"],
  ["tells", "notifies, or accepts"],
]);

/** First words of a comment whose sentence has no noun of its own. */
const OPENINGS = new Set([
  "what",
  "whatever",
  "who",
  "whoever",
  "whose",
  "which",
  "where",
  "how",
  "why",
  "that",
  "those",
  "one",
  "none",
  "nothing",
  "told",
  "says",
  "so",
  "it",
  "not",
  "of",
]);

/** Retired words in the identifiers and member names of a source text: `12 has "place" in placeOf: location`. */
export function retiredNames(source: string): string[] {
  const found: string[] = [];
  const lines = code(source, { strings: false }).split("\n");
  const keys = code(source, { strings: true }).split("\n");
  for (const [i, line] of lines.entries()) {
    if (line.includes("jsonc().visit(")) continue; // the name of the library's walker
    const names = [...line.matchAll(/[A-Za-z_$][\w$]*/g)].map(([name]) => name);
    const quoted = [...(keys[i] ?? "").matchAll(/"([A-Za-z_$][\w$-]*)"\s*:/g)].map(([, name = ""]) => name);
    for (const name of [...names, ...quoted])
      for (const word of wordsOf(name)) {
        const better = RETIRED.get(word);
        if (better !== undefined) found.push(`${i + 1} has ${JSON.stringify(word)} in ${name}: ${better}`);
      }
  }
  return found;
}

/** Doc comments that open with a retired word or with a word that leaves the noun out. */
export function bareOpenings(source: string): string[] {
  return [...source.matchAll(/\/\*\*\s*(?:\*\s*)?([A-Za-z]+)/g)].flatMap(({ 1: word = "", index }) => {
    const first = word.toLowerCase();
    if (!OPENINGS.has(first) && !RETIRED.has(first)) return [];
    return [`${source.slice(0, index).split("\n").length} opens a comment with ${JSON.stringify(word)}`];
  });
}

/** Exported functions without a doc comment. */
export function undocumented(source: string): string[] {
  const lines = source.split("\n");
  return lines.flatMap((line, i) => {
    const name = /^export (?:async )?function\*? (\w+)/.exec(line)?.[1];
    if (name === undefined) return [];
    const before = lines[i - 1]?.trim() ?? "";
    // Overloads are documented once.
    const overload = new RegExp(`^export (?:async )?function\\*? ${name}\\b`).test(before);
    return before.endsWith("*/") || overload ? [] : [`${i + 1} exports ${name} without a doc comment`];
  });
}

/** Functions that are declared under one name in several files: `textOf: src/a.ts, src/b.ts`. */
export function repeatedFunctions(sources: ReadonlyMap<string, string>): string[] {
  const files = new Map<string, Set<string>>();
  for (const [file, source] of sources)
    for (const [, name = ""] of code(source, { strings: false }).matchAll(
      /^(?:export )?(?:async )?function\*?\s+(\w+)/gm,
    ))
      files.set(name, (files.get(name) ?? new Set()).add(file));
  return [...files]
    .filter(([, inside]) => inside.size > 1)
    .map(([name, inside]) => `${name}: ${[...inside].join(", ")}`);
}

/** The lower-case words of an identifier: `tapeOf`, `TAPE_SUFFIX` and `tape-of` have `tape`. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(/[ _$-]+/)
    .map((word) => word.toLowerCase());
}
