import { type Span, isIdentifyingHost, isIdentifyingIpv4, isIdentifyingIpv6 } from "./addresses.ts";
import { FAMILIES, type Family } from "./family.ts";
import { isCredentialText } from "./names.ts";

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
  /** Decides whether a match of the pattern is a secret. */
  readonly accepts?: (span: Span) => boolean;
}

/**
 * Tokens of providers, known by their prefix: name and pattern. Each stands for itself, so that one pass finds all of
 * them.
 */
const PROVIDER_TOKENS: readonly (readonly [provider: string, pattern: string])[] = [
  ["GitHub", String.raw`gh[oprsu]_[A-Za-z0-9]{30,255}`],
  ["GitHub, fine-grained", String.raw`github_pat_\w{22,255}`],
  ["GitLab", String.raw`gl(?:pat|dt|rt|rtr|ptt|cbt|ft|soat|imt|agent|oas|ffct)-[\w.-]{20,128}`],
  ["Slack", String.raw`xox[abceoprs](?:\.xox[bp])?-[\w.-]{10,255}`],
  ["Slack, app level", String.raw`xapp-\d-[\w-]{10,255}`],
  ["npm", String.raw`npm_[A-Za-z0-9]{36}`],
  ["AWS, access key id", String.raw`(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA)[A-Z0-9]{16}`],
  ["Google, API key", String.raw`AIza[\w-]{35}`],
  ["Google, OAuth", String.raw`ya29\.[\w.-]{20,512}`],
  ["Google, client secret", String.raw`GOCSPX-[\w-]{28}`],
  ["Stripe", String.raw`(?:[rs]k|whsec)_(?:(?:live|test)_)?[A-Za-z0-9]{16,247}`],
  ["Hugging Face", String.raw`(?:hf|api_org)_[A-Za-z0-9]{30,64}`],
  ["Groq", String.raw`gsk_[A-Za-z0-9]{40,64}`],
  ["Replicate", String.raw`r8_[A-Za-z0-9]{30,64}`],
  ["Perplexity", String.raw`pplx-[A-Za-z0-9]{32,64}`],
  ["xAI", String.raw`xai-[A-Za-z0-9]{40,128}`],
  ["OpenAI, session", String.raw`sess-[A-Za-z0-9]{32,64}`],
  ["SendGrid", String.raw`SG\.[\w-]{16,64}\.[\w-]{16,64}`],
  ["Shopify", String.raw`shp(?:at|ca|pa|ss|ua|tka)_[0-9A-Fa-f]{32}`],
  ["DigitalOcean", String.raw`do[opr]_v1_[0-9a-f]{64}`],
  ["Docker", String.raw`dckr_(?:pat|oat)_[\w-]{20,64}`],
  ["PyPI", String.raw`pypi-AgE[\w-]{50,512}`],
  ["Linear", String.raw`lin_(?:api|oauth)_[A-Za-z0-9]{32,128}`],
  ["Notion", String.raw`(?:ntn|secret)_[A-Za-z0-9]{43,50}`],
  ["HashiCorp Vault", String.raw`(?:hv[bsr]\.[\w-]{24,512}|[sbr]\.[A-Za-z0-9]{24})`],
  ["Databricks", String.raw`dapi[0-9a-f]{32}(?:-\d)?`],
  ["Grafana", String.raw`gl(?:sa|c)_[\w+/]{32,400}={0,2}`],
  ["Figma", String.raw`figd_[\w-]{38,64}`],
  ["1Password", String.raw`ops_eyJ[\w+/=-]{100,2048}`],
  ["age", String.raw`AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}`],
  ["Atlassian", String.raw`AT[AC]TT3xFf[\w=-]{50,300}`],
  ["Sentry", String.raw`sntry[su]_[\w+/=-]{40,400}`],
  ["Supabase", String.raw`sb(?:p|_secret)_[A-Za-z0-9_-]{30,64}`],
  ["Vercel", String.raw`vc[aikpr]_[A-Za-z0-9]{24,80}`],
  ["Tailscale", String.raw`tskey-[a-z]+-[\w-]{10,64}`],
  ["Cloudflare", String.raw`cf(?:k|ut|at)_[\w-]{30,80}`],
  ["Telegram", String.raw`\d{8,10}:AA[\w-]{33}`],
  ["Twilio", String.raw`SK[0-9a-f]{32}`],
  ["Azure, account key", String.raw`(?<=AccountKey=)[A-Za-z0-9+/]{40,100}={0,2}`],
  ["Slack, web hook", String.raw`(?<=hooks\.slack\.com/services/)T\w{6,14}/B\w{6,14}/\w{16,40}`],
  ["Discord, web hook", String.raw`(?<=discord(?:app)?\.com/api/webhooks/\d{16,22}/)[\w-]{50,80}`],
];

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
      /(?<![\w-])sk-(?:eyJ[\w-]+\.[\w-]+\.[\w-]+|(?=[\w-]*\d|[\w-]{20})[\w-]{8,}(?![\w-]|\.\.\.|…|\*\*\*))/g,
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
      String.raw`(?<![\w.%+-])(?!user-\d{1,6}@example\.org(?![\w.-])|git@)[\w.%+-]{1,64}@(?<!:\/\/[^\s\/?#@"'<>]{0,128}:[^\s\/?#@"'<>]{0,128}@)` +
        String.raw`(?:[A-Za-z0-9-]{1,63}\.)+${NOT_A_FILE}[A-Za-z]{2,24}(?![\w-])`,
      "g",
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
    accepts: ({ text, start, end }) => /\d/.test(text.slice(start, end)),
  },
  {
    id: "private-key",
    what: "a private key",
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----[\w+/=\s:,.()-]{16,16384}?(?:-----END (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----|$|(?=[^\w+/=\s:,.()-]))/g,
    hint: /-----BEGIN/,
    family: FAMILIES.privateKey,
    refused: true,
  },
  {
    id: "url-credential",
    what: "a password in a URL",
    pattern: /(?<=[a-z]:\/\/[^\s/?#@:"'<>\\]{0,128}:)[^\s/@"'<>\\]{1,256}(?=@[\w[])/gi,
    hint: /@/,
    family: FAMILIES.secret,
    accepts: ({ text, start, end }) => !isPlaceholder(text.slice(start, end)),
  },
  {
    id: "url-credential",
    what: "a token in a URL",
    pattern: /(?<=[a-z]:\/\/)[\w.~%+-]{16,256}(?=@[\w[])/gi,
    hint: /@/,
    family: FAMILIES.secret,
    accepts: ({ text, start, end }) => isCredentialText(text.slice(start, end)),
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

function isPlaceholder(text: string): boolean {
  return /^(?:\$|\{|<|%[({]|\[|secret-\d|\*+$|x+$|…$|\.{3})/i.test(text);
}
