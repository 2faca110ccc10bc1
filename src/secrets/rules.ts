import { type IsLetter, type Span as Range, allMatches, lettersOf, runsOf } from "../util/index.ts";
import { type Span, isIdentifyingHost, isIdentifyingIpv4, isIdentifyingIpv6 } from "./addresses.ts";
import { FAMILIES, type Family } from "./family.ts";
import { isCredentialText, isRandomText, isSecretValue } from "./names/index.ts";
import { PROVIDER_TOKENS } from "./provider-tokens.ts";

/** A kind of secret that is known by its form: how it is found, and by what it is replaced. */
export interface LeakRule {
  readonly id: string;
  readonly what: string;
  /** Finds it in text; has the flag `g`. Must not backtrack: texts may be megabytes of base64. */
  readonly pattern: RegExp;
  readonly family: Family;
  /** True if a cassette that holds one is not loaded. Others are replaced, but may stand in what was written by hand. */
  readonly refused?: boolean;
  /** Quickly says that a text holds none: most texts do not. */
  readonly hint?: RegExp;
  /** Runs of letters within which all matches lie, with all that the pattern looks at before them. Only these are looked at. */
  readonly runs?: { readonly least: number; readonly isLetter: IsLetter };
  /** Decides whether a match of the pattern is a secret. */
  readonly accepts?: (span: Span) => boolean;
}

const NOT_A_FILE =
  "(?!(?:png|jpe?g|gif|svg|webp|ico|css|js|ts|tsx|json|html?|md|py|txt|ya?ml|vue)(?![\\w-]))";

/**
 * Rules for secrets that a cassette must not hold. A masked key (`sk-eyJhb...d1hDvuLI`, as OGL lists them) is no secret. OGL's keys
 * are `sk-` and a JWT, so the dots belong to them. Order matters: the first rule that matches a range has it.
 */
export const PATTERN_RULES: readonly LeakRule[] = [
  {
    id: "api-key",
    what: "an API key (sk-…)",
    pattern:
      /(?<![\w-])sk-(?:[eE][yY][jJ][\w-]+\.[\w-]+\.[\w-]+|(?=[\w-]*\d|[\w-]{20})[\w-]{8,}(?![\w-]|\.\.\.|…|\*\*\*))/g,
    hint: /sk-/,
    family: FAMILIES.key,
    refused: true,
  },
  {
    id: "jwt",
    what: "a JSON Web Token",
    pattern: /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
    hint: /eyJ/,
    family: FAMILIES.jwt,
    refused: true,
  },
  {
    id: "email",
    what: "an e-mail address",
    // Not the end of `user:password@host` in an address: that is a rule of its own.
    pattern: new RegExp(
      String.raw`(?<![\p{Script=Latin}\p{N}_.%+-])(?!user-\d{1,6}@example\.org(?![\w.-])|git@)[\p{Script=Latin}\p{N}_.%+-]{1,64}@(?<!:\/\/[^\s\/?#@"'<>]{0,128}:[^\s\/?#@"'<>]{0,128}@)` +
        String.raw`(?:[\p{Script=Latin}\p{N}-]{1,63}\.)+${NOT_A_FILE}[A-Za-z]{2,24}(?![\w-])`,
      "gu",
    ),
    hint: /@/,
    family: FAMILIES.email,
    refused: true,
  },
  {
    id: "token",
    what: "a token of a provider",
    pattern: new RegExp(
      String.raw`(?<![A-Za-z0-9_])(?:${PROVIDER_TOKENS.map(([, pattern]) => pattern).join("|")})(?![A-Za-z0-9_]|\.\.\.|…|\*\*\*)`,
      "g",
    ),
    family: FAMILIES.secret,
    refused: true,
    // The shortest is Slack's `xoxb-` with ten letters. Tens of patterns take long to be tried everywhere.
    runs: { least: 15, isLetter: lettersOf(/[\w.~+/=:!*@-]/) },
    accepts: ({ text, start, end }) => isMade(text.slice(start, end)),
  },
  {
    id: "private-key",
    what: "a private key",
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----BEGIN)[\w+/=\s:,.()-]){16,16384}?(?:-----END (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----|$|(?=[^\w+/=\s:,.()-]))/g,
    hint: /-----BEGIN/,
    family: FAMILIES.privateKey,
    refused: true,
  },
  {
    id: "url-credential",
    what: "a password in a URL",
    pattern: /(?<=[a-z\d]:\/\/[^\s/?#:"'<>\\]{0,128}:)[^\s/@"'<>\\]{1,256}(?=@[\w[])/gi,
    hint: /@/,
    family: FAMILIES.secret,
    accepts: ({ text, start, end }) => {
      const value = text.slice(start, end);
      return !isPlaceholder(value) && isSecretValue(value, "strong");
    },
  },
  {
    id: "url-credential",
    what: "a password with slashes in a URL",
    pattern: /(?<=[a-z\d]:\/\/[^\s/?#@:"'<>\\]{1,128}:)(?!\d{1,5}\/)[^\s@"'<>\\]{12,256}(?=@[\w-]+\.)/gi,
    hint: /@/,
    family: FAMILIES.secret,
    accepts: ({ text, start, end }) => isCredentialText(text.slice(start, end)),
  },
  {
    id: "url-credential",
    what: "a token in a URL",
    pattern: /(?<=[a-z\d]:\/\/)[\w.~%+-]{16,256}(?=@[\w[])/gi,
    hint: /@/,
    family: FAMILIES.secret,
    accepts: ({ text, start, end }) => isCredentialText(text.slice(start, end)),
  },
  {
    id: "url-credential",
    what: "a token in the path of a link that opens something",
    pattern:
      /(?<=:\/\/[^\s"'<>\\?#]{1,256}\/(?:reset|reset[_-]password|password[_-]reset|password\/(?:reset|edit)|new[_-]password|invites?|invitations?|join|magic|magic[_-]link|activat(?:e|ion)|verify|verify[_-]email|confirm(?:ation)?|unsubscribe|sso|one[_-]time)\/)[\w.~%=-]{16,512}/gi,
    hint: /:\/\//,
    family: FAMILIES.secret,
    accepts: ({ text, start, end }) => isRandomText(text.slice(start, end)),
  },
  {
    id: "token",
    what: "the hash of a password",
    pattern:
      /(?<![\w$])\$(?:apr1|[156]|2[abxy]|y|gy|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]{0,16})\$[\w./$+=,-]{20,512}|\{(?:SSHA|SHA|SMD5|CRYPT)(?:256|384|512)?\}[\w./$+=-]{20,512}/g,
    hint: /\$|\{S|\{CRYPT/,
    family: FAMILIES.secret,
  },
  {
    id: "authorization",
    what: "a credential after its scheme",
    pattern: /(?<=\b(?:Bearer|Basic|Token|ApiKey|Api-Key)[ +])[A-Za-z0-9._~+/-]{12,4096}={0,2}(?![\w/])/g,
    hint: /(?:Bearer|Basic|Token|Api-?Key)[ +]/,
    family: FAMILIES.key,
    accepts: ({ text, start, end }) => isCredentialText(text.slice(start, end)),
  },
  {
    id: "ip",
    what: "an IP address",
    pattern:
      /(?<![\w.]|\d-)(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?!\w|\.\d)/g,
    family: FAMILIES.ipv4,
    accepts: isIdentifyingIpv4,
  },
  {
    id: "ip",
    what: "an IP address",
    pattern: /(?<![\w:.])(?=[\da-fA-F]{0,4}:)[\da-fA-F:]{4,39}(?:\.\d{1,3}){0,3}(?![\w:])/g,
    hint: /[\da-fA-F]:[\da-fA-F]{0,4}:/,
    family: FAMILIES.ipv6,
    accepts: isIdentifyingIpv6,
  },
  {
    id: "internal-host",
    what: "the name of an internal host",
    pattern:
      /(?<![\w.-])(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}(?:internal|local|localdomain|corp|lan|intranet|home\.arpa|svc)(?![\w-])/gi,
    hint: /\.(?:internal|local|corp|lan|intranet|home\.arpa|svc)/i,
    family: FAMILIES.host,
    accepts: isIdentifyingHost,
  },
];

/** True for letters that are no words: with digits among them, or mostly capitals. */
function isMade(token: string): boolean {
  return /\d/.test(token) || (token.match(/[A-Z]/g)?.length ?? 0) > token.length / 4;
}

function isPlaceholder(text: string): boolean {
  return /^(?:\$|\{|<|%[({]|\[|secret-\d|\*+$|x+$|…$|\.{3})/i.test(text);
}

/** Ranges of a text that a rule's pattern matches, in order. */
export function rangesOf({ pattern, hint, runs }: LeakRule, text: string): Range[] {
  if (hint?.test(text) === false) return [];
  if (runs === undefined) return allMatches(pattern, text);
  const found: Range[] = [];
  for (const run of runsOf(text, runs.least, runs.isLetter)) {
    // The character after the run belongs to it as far as the pattern looks ahead.
    for (const { start, end } of allMatches(pattern, text.slice(run.start, run.end + 1)))
      found.push({ start: run.start + start, end: run.start + end });
  }
  return found;
}
