import { allMatches, type Span } from "./all-matches.ts";
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

/** What every secret and every pseudonym of these rules has in it, or an escape that may spell it. */
const HINT = /sk-|jwt-|eyJ|@|\\/;

/** False for most texts, and cheap: a text without a hint holds neither a secret nor a pseudonym. */
export function mayHoldSecret(text: string, spelled?: Spelled): boolean {
  return HINT.test(text) || (spelled?.percent === true && text.includes("%"));
}

/** A place in a text that a rule matched. */
export interface LeakMatch {
  readonly rule: LeakRule;
  readonly start: number;
  readonly end: number;
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
  if (rules === LEAK_RULES && !mayHoldSecret(text, spelled)) return [];
  const view = readable(text, spelled);
  const taken = rules === LEAK_RULES ? [] : pseudonymsIn(view.text, rules);
  const matches: LeakMatch[] = [];
  for (const rule of rules) {
    // Matches come in order, so the pseudonyms that begin before one are passed once.
    let passed = 0;
    let takenTo = 0;
    for (const { start: from, end: to } of allMatches(rule.pattern, view.text)) {
      for (let next = taken[passed]; next !== undefined && next.start <= from; next = taken[++passed])
        takenTo = Math.max(takenTo, next.end);
      if (from < to && to > takenTo) matches.push({ rule, ...view.place(from, to) });
    }
  }
  return matches.length < 2 ? matches : united(matches);
}

/** Overlapping places as one; sorted by their start, each overlaps at most what was united before it. */
function united(matches: readonly LeakMatch[]): LeakMatch[] {
  const found: LeakMatch[] = [];
  let longest = 0;
  for (const match of matches.toSorted((a, b) => a.start - b.start)) {
    const size = match.end - match.start;
    const last = found.at(-1);
    if (last === undefined || match.start >= last.end) {
      found.push(match);
      longest = size;
      continue;
    }
    const rule = size > longest ? match.rule : last.rule;
    longest = Math.max(longest, size);
    found[found.length - 1] = { rule, start: last.start, end: Math.max(last.end, match.end) };
  }
  return found;
}

/** What was replaced before is no secret, also where a wide rule of one's own would take it for one. */
function pseudonymsIn(text: string, rules: readonly LeakRule[]): Span[] {
  return rules
    .flatMap((rule) => allMatches(rule.pseudonymPattern, text))
    .toSorted((a, b) => a.start - b.start);
}

/** A text for a message: what it says without the secrets in it. */
export function masked(text: string): string {
  let shown = "";
  let from = 0;
  for (const { start, end } of findLeaks(text)) {
    shown += `${text.slice(from, start)}(secret)`;
    from = end;
  }
  return shown + text.slice(from);
}

/** The rule for a header that is a credential as a whole. */
export function credentialHeader(name: string): "authorization" | "cookie" | undefined {
  return CREDENTIAL_HEADERS[name.toLowerCase()];
}

/**
 * Schemes of RFC 9110's registry and the common ones beside them. Only these stay: of a value like `hunter2 x` the first
 * word may be as secret as the second.
 */
const SCHEME =
  "(?:basic|bearer|digest|dpop|gnap|hoba|mutual|negotiate|ntlm|oauth|privatetoken|scram-sha-(?:1|256)|vapid|token|apikey)";
const EMPTY_CREDENTIAL = new RegExp(String.raw`^\s*(?:${SCHEME}\s*)?$`, "i");
const PSEUDONYM_CREDENTIAL = new RegExp(String.raw`^\s*(?:${SCHEME}\s+)?(?:sk|cookie)-\d{1,6}\s*$`, "i");
const CREDENTIAL = new RegExp(String.raw`^(\s*(?:${SCHEME}\s+)?)(.*)$`, "is");

/** True if a credential header's value is empty or holds only a pseudonym after its scheme. */
export function isSanitizedCredential(value: string): boolean {
  return EMPTY_CREDENTIAL.test(value) || PSEUDONYM_CREDENTIAL.test(value);
}

/** The kind of a credential header whose value is a pseudonym; `undefined` for any other header or value. */
export function pseudonymousCredential(name: string, value: string): string | undefined {
  return PSEUDONYM_CREDENTIAL.test(value) ? credentialHeader(name) : undefined;
}

/** Parts a credential header into what stays (scheme and blanks) and the credential. */
export function splitCredential(value: string): { scheme: string; credential: string } {
  const match = CREDENTIAL.exec(value);
  return { scheme: match?.[1] ?? "", credential: match?.[2] ?? value };
}
