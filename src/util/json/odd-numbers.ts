import { define, rawNumber } from "./raw-number.ts";
import { endOfString } from "./string-end.ts";

/**
 * Numbers that JavaScript may print in another way than they are spelled, after the character before them. Others are found, too, and
 * texts in strings: `oddNumbers` looks at each.
 */
const CANDIDATE = /[[:,\s](-?(?=[\d.]+[eE]|\d+\.\d*0(?!\d)|0\.0{6}|[\d.]{16})[-+.\deE]+|-0(?![.\deE]))/g;
CANDIDATE.test(""); // V8 makes machine code of a pattern that was used before

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/** Stands before a spelling in the strings that are parsed in place of odd numbers; no text can know it. */
const MARK = `number ${Math.random()} ${Math.random()} `;

/**
 * Parses JSON and keeps the spelling of its numbers, without a look at each value by a reviver, which takes ten times as long.
 *
 * @returns `undefined` for a text of which it can't be sure: it may be no JSON
 */
export function parseWithOddNumbers(text: string): { readonly value: unknown } | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const found = oddNumbers(text);
  if (found.length === 0) return { value: JSON.parse(text) };
  let marked = "";
  let from = 0;
  for (const { at, spelling } of found) {
    if (!NUMBER.test(spelling)) return undefined;
    marked += `${text.slice(from, at)}"${MARK}${spelling}"`;
    from = at + spelling.length;
  }
  let value: unknown;
  try {
    value = JSON.parse(marked + text.slice(from));
  } catch {
    return undefined;
  }
  // Fewer, where a number stands for a name, or a name stands twice.
  return unmark(value) === found.length ? { value } : undefined;
}

interface OddNumber {
  readonly at: number;
  readonly spelling: string;
}

/** The numbers outside of strings that JavaScript prints in another way, in order. */
function oddNumbers(text: string): readonly OddNumber[] {
  const found: OddNumber[] = [];
  let quote = text.indexOf('"');
  let end = quote === -1 ? -1 : endOfString(text, quote);
  CANDIDATE.lastIndex = 0;
  for (let match = CANDIDATE.exec(text); match !== null; match = CANDIDATE.exec(text)) {
    const spelling = match[1] as string;
    if (String(Number(spelling)) === spelling) continue;
    const at = match.index + 1;
    while (quote !== -1 && end < at) {
      quote = text.indexOf('"', end + 1);
      end = quote === -1 ? -1 : endOfString(text, quote);
    }
    if (quote === -1 || at < quote) found.push({ at, spelling });
  }
  return found;
}

/** Puts raw numbers in the place of marked strings, at any depth. @returns their number */
function unmark(value: unknown): number {
  let count = 0;
  if (Array.isArray(value)) {
    const items = value as unknown[];
    for (let i = 0; i < items.length; i++) {
      const item = items[i];
      if (typeof item === "object") count += unmark(item);
      else if (typeof item === "string" && item.startsWith(MARK)) {
        items[i] = rawNumber(item.slice(MARK.length));
        count++;
      }
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (typeof item === "object") count += unmark(item);
      else if (typeof item === "string" && item.startsWith(MARK)) {
        define(value, key, rawNumber(item.slice(MARK.length)));
        count++;
      }
    }
  }
  return count;
}
