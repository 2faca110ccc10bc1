import type { FindingPlace } from "./places.ts";
import { readable, type Spelled } from "./readable.ts";

/** A kind of secret: how it is found, and by what it is replaced. */
export interface LeakRule {
  readonly id: string;
  readonly what: string;
  /** Finds it in text. Must not backtrack: texts may be megabytes of base64. */
  readonly pattern: RegExp;
  /** The n-th pseudonym. */
  readonly pseudonym: (n: number) => string;
  /** What a pseudonym looks like, its number captured. */
  readonly pseudonymPattern: RegExp;
}

/** Header names whose whole value is a credential, with the rule that replaces it. */
const CREDENTIAL_HEADERS: Readonly<Record<string, "authorization" | "cookie">> = {
  authorization: "authorization",
  "proxy-authorization": "authorization",
  "x-api-key": "authorization",
  "api-key": "authorization",
  cookie: "cookie",
  "set-cookie": "cookie",
};

/**
 * What must not stand in a cassette. A masked key (`sk-eyJhb...d1hDvuLI`, as OGL lists them) is no secret. OGL's keys
 * are `sk-` and a JWT, so the dots belong to them. Order matters: the first rule that matches a place has it.
 */
export const LEAK_RULES: readonly LeakRule[] = [
  {
    id: "api-key",
    what: "an API key (sk-…)",
    pattern:
      /(?<![\w-])sk-(?:eyJ[\w-]+\.[\w-]+\.[\w-]+|(?=[\w-]*\d|[\w-]{20})[\w-]{8,}(?![\w-]|\.\.\.|…|\*\*\*))/g,
    pseudonym: (n) => `sk-${n}`,
    pseudonymPattern: /(?<![\w-])sk-(\d{1,6})(?![\w-])/g,
  },
  {
    id: "jwt",
    what: "a JSON Web Token",
    pattern: /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
    pseudonym: (n) => `jwt-${n}`,
    pseudonymPattern: /(?<![\w-])jwt-(\d{1,6})(?![\w-])/g,
  },
  {
    id: "email",
    what: "an e-mail address",
    pattern:
      /(?<![\w.%+-])(?!user-\d{1,6}@example\.org(?![\w.-]))[\w.%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}(?![\w-])/g,
    pseudonym: (n) => `user-${n}@example.org`,
    pseudonymPattern: /(?<![\w.%+-])user-(\d{1,6})@example\.org(?![\w.-])/g,
  },
];

/** A place in a text that a rule matched. */
export interface LeakMatch {
  readonly rule: LeakRule;
  readonly start: number;
  readonly end: number;
}

/** A secret that was found, without its value. */
export interface Leak {
  readonly place: FindingPlace;
  readonly what: string;
}

/**
 * The places of secrets in a text, in order and without overlap. Where rules overlap all of it is one secret, by the
 * rule that takes more of it: half a secret left in the clear would be one still.
 *
 * @param rules those of gatetape, or those and more
 */
export function findLeaks(
  text: string,
  rules: readonly LeakRule[] = LEAK_RULES,
  spelled?: Spelled,
): LeakMatch[] {
  let found: LeakMatch[] = [];
  const view = readable(text, spelled);
  const taken = rules === LEAK_RULES ? [] : pseudonymsIn(view.text, rules);
  for (const rule of rules) {
    for (const match of view.text.matchAll(rule.pattern)) {
      const from = match.index;
      const to = from + match[0].length;
      if (from === to || taken.some((other) => other.start <= from && to <= other.end)) continue;
      let leak: LeakMatch = { rule, ...view.place(from, to) };
      const overlapping = found.filter((other) => leak.start < other.end && other.start < leak.end);
      for (const other of overlapping) leak = union(other, leak);
      if (overlapping.length > 0) found = found.filter((other) => !overlapping.includes(other));
      found.push(leak);
    }
  }
  return found.toSorted((a, b) => a.start - b.start);
}

function union(a: LeakMatch, b: LeakMatch): LeakMatch {
  const { rule } = b.end - b.start > a.end - a.start ? b : a;
  return { rule, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}

/** What was replaced before is no secret, also where a wide rule of one's own would take it for one. */
function pseudonymsIn(text: string, rules: readonly LeakRule[]): { start: number; end: number }[] {
  return rules.flatMap((rule) =>
    [...text.matchAll(rule.pseudonymPattern)].map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
    })),
  );
}

/** The rule for a header that is a credential as a whole. */
export function credentialHeader(name: string): "authorization" | "cookie" | undefined {
  return CREDENTIAL_HEADERS[name.toLowerCase()];
}

/** True if a credential header's value is empty or holds only a pseudonym after its scheme. */
export function isSanitizedCredential(value: string): boolean {
  return /^\s*(?:(?:bearer|basic|digest|negotiate)\s*)?$|^\s*(?:[A-Za-z][\w-]*\s+)?(?:sk|cookie)-\d{1,6}\s*$/i.test(
    value,
  );
}

/** Parts a credential header into what stays (scheme and blanks) and the credential. */
export function splitCredential(value: string): { scheme: string; credential: string } {
  const match = /^(\s*(?:[A-Za-z][\w-]*\s+)?)(.*)$/s.exec(value);
  return { scheme: match?.[1] ?? "", credential: match?.[2] ?? value };
}
