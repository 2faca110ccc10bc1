import type { FindingPlace } from "./places.ts";

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

/** The places of secrets in a text, in order and without overlap. */
export function findLeaks(text: string): LeakMatch[] {
  const found: LeakMatch[] = [];
  for (const rule of LEAK_RULES) {
    for (const match of text.matchAll(rule.pattern)) {
      const start = match.index;
      const end = start + match[0].length;
      if (!found.some((other) => start < other.end && other.start < end)) found.push({ rule, start, end });
    }
  }
  return found.toSorted((a, b) => a.start - b.start);
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
