import type { LeakFinding, Replacement } from "../../cassette/index.ts";
import { count } from "./words.ts";

/** Maximum number of listed secrets; the others are counted. */
export const MAX_LISTED = 20;

/** A replacement, and a text before its pointer that says in which file or interaction it is. */
export interface LocatedReplacement extends Replacement {
  readonly at: string;
}

/** A finding in one line, with the rule that would let it pass. */
export function findingText({ kind, location, shown, keep }: LeakFinding): string {
  return `${kind} at ${location || "/"}: ${shown}${keep === undefined ? "" : `; ${keepText(keep)}`}`;
}

/** Lists the interactions that were left out of a cassette, with the reasons: by number and location. */
export function withheldLines(
  withheld: readonly { readonly number: number; readonly findings: readonly LeakFinding[] }[],
): string[] {
  const lines = withheld.flatMap(({ number, findings }) =>
    findings.map((finding) => `interaction ${number} is left out: ${findingText(finding)}`),
  );
  const more = lines.length - MAX_LISTED;
  return [...lines.slice(0, MAX_LISTED), ...(more > 0 ? [`and ${count(more, "more finding")}`] : [])];
}

/** Numbers of replacements by rule. */
export function countByRule(replaced: readonly Replacement[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { rule } of replaced) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/**
 * Lists what was replaced: at most so many lines, then the number of all by rule. No line holds a letter of a secret.
 *
 * @param first the replacements that are known one by one
 * @param byRule numbers of all
 */
export function replacedLines(
  first: readonly LocatedReplacement[],
  byRule: Readonly<Record<string, number>>,
): string[] {
  const all = Object.values(byRule).reduce((sum, n) => sum + n, 0);
  if (all === 0) return [];
  // What only its look speaks for comes first: somebody may want to keep that.
  const shown = [
    ...first.filter(({ rule }) => rule === "entropy"),
    ...first.filter(({ rule }) => rule !== "entropy"),
  ].slice(0, MAX_LISTED);
  return [
    `Replaced (${Object.entries(byRule)
      .map(([rule, n]) => `${rule} ${n}`)
      .join(", ")}):`,
    ...shown.map(
      ({ at, pointer, rule, pseudonym, keep }) =>
        `  ${at}${pointer || "/"}: ${rule}, now ${pseudonym}; ${keepText(keep)}`,
    ),
    ...(all > shown.length ? [`  and ${count(all - shown.length, "more replacement")}`] : []),
  ];
}

function keepText(keep: string): string {
  return `keep: ${JSON.stringify(keep)} lets it pass`;
}
