import { type Span, latin1 } from "../util/index.ts";
import { openArchive } from "./archive/index.ts";
import { FAMILIES } from "./family.ts";
import { findSecrets } from "./find.ts";
import { type Spelled, readable } from "./readable.ts";
import { DEFAULT_RULES } from "./rule-set.ts";
import { randomRuns } from "./scan/index.ts";
import { type LeakRule, PATTERN_RULES, rangesOf } from "./rules.ts";

/**
 * Secrets that keep a cassette from being loaded. Among those that the sanitizer replaces, these are the kinds that nobody writes by
 * hand for anything else: an address or a field named `token` may stand in an example.
 */
export const LEAK_RULES: readonly LeakRule[] = PATTERN_RULES.filter(({ refused }) => refused);

/** A range of a text that a rule matched. */
export interface LeakMatch {
  readonly rule: LeakRule;
  readonly start: number;
  readonly end: number;
}

/** Ranges of secrets in a text, in order and without overlap. */
export function findLeaks(text: string, spelled?: Spelled): LeakMatch[] {
  if (text === "") return [];
  const view = readable(text, spelled);
  const matches = LEAK_RULES.flatMap((rule) =>
    rangesOf(rule, view.text)
      .filter(({ start, end }) => rule.accepts?.({ text: view.text, start, end }) ?? true)
      .map(({ start, end }): LeakMatch => ({ rule, ...view.locate(start, end) })),
  );
  return matches.length < 2 ? matches : withoutOverlap(matches);
}

/** Joins overlapping matches into the first of them: one complaint is enough. */
function withoutOverlap(matches: readonly LeakMatch[]): LeakMatch[] {
  const found: LeakMatch[] = [];
  for (const match of matches.toSorted((a, b) => a.start - b.start)) {
    const last = found.at(-1);
    if (last === undefined || match.start >= last.end) found.push(match);
    else found[found.length - 1] = { ...last, end: Math.max(last.end, match.end) };
  }
  return found;
}

/** True if bytes are an archive that holds a secret. */
export function archiveHoldsSecret(bytes: Uint8Array): boolean {
  const { contents } = openArchive(bytes) ?? { contents: [] };
  return contents.some((content) =>
    findSecrets(latin1(content), DEFAULT_RULES, { spelled: { bytes: true } }).some(
      ({ by }) => by === undefined,
    ),
  );
}

/** A text for a message: what it says without the secrets in it, and without what looks made by chance. */
export function masked(text: string): string {
  const known: Span[] = findSecrets(text, DEFAULT_RULES).flatMap(({ ranges }) => ranges);
  const locations = [...known, ...randomRuns(text)].toSorted((a, b) => a.start - b.start);
  let shown = "";
  let from = 0;
  for (const { start, end } of locations) {
    if (start >= from) shown += `${text.slice(from, start)}(secret)`;
    from = Math.max(from, end);
  }
  return shown + text.slice(from);
}

/**
 * A message without the keys and tokens in it. Of those there is no doubt: what only looks made by chance may be a part of the path that
 * the message is about.
 */
export function withoutKeys(message: string): string {
  let shown = "";
  let from = 0;
  for (const { rule, start, end } of findLeaks(message)) {
    if (rule.family === FAMILIES.email) continue;
    shown += `${message.slice(from, start)}(secret)`;
    from = end;
  }
  return shown + message.slice(from);
}
