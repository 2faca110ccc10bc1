/**
 * Secrets that nobody owns, of the forms that providers give them; made anew from a seed, so that none stands in the
 * repository. Knows nothing of the sanitizer.
 */
import type { Random } from "./random.ts";

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const DIGITS = "0123456789";
const HEX = "0123456789abcdef";
const ALNUM = LOWER + UPPER + DIGITS;
const URL_SAFE = `${ALNUM}-_`;

export interface SecretKind {
  readonly name: string;
  readonly make: (random: Random) => string;
  /** True if it is known for a secret wherever it stands; else the name that it stands under says so. */
  readonly telling: boolean;
  /** What is looked for afterwards, if not all of it. */
  readonly needle?: (secret: string) => string;
}

/** A digit and letters of both cases in any case, as real ones have. */
const mixed = (random: Random, length: number, letters = ALNUM): string =>
  `${random.text(1, LOWER)}${random.text(1, DIGITS)}${random.text(1, UPPER)}${random.text(length - 3, letters)}`;

const base64url = (text: string): string => Buffer.from(text).toString("base64url");
const jwt = (random: Random): string =>
  `${base64url('{"alg":"HS256","typ":"JWT"}')}.${base64url(`{"sub":"${random.below(1e9)}","n":${random.below(1e9)}}`)}.${random.bytes(32).toString("base64url")}`;

function pem(random: Random, type: string, lines: number): string {
  const body = Array.from({ length: lines }, () => random.bytes(48).toString("base64"));
  return [`-----BEGIN ${type}PRIVATE KEY-----`, ...body, `-----END ${type}PRIVATE KEY-----`, ""].join("\n");
}

const pemNeedle = (secret: string): string => secret.split("\n")[2] ?? "";
const telling = (name: string, make: SecretKind["make"], needle?: SecretKind["needle"]): SecretKind => ({
  name,
  make,
  telling: true,
  ...(needle ? { needle } : {}),
});
const named = (name: string, make: SecretKind["make"]): SecretKind => ({ name, make, telling: false });
const passwordOf = (url: string): string => /:\/\/[^:]*:([^@]*)@/.exec(url)?.[1] ?? "";

export const SECRET_KINDS: readonly SecretKind[] = [
  telling("OGL key", (r) => `sk-${jwt(r)}`),
  telling("OpenAI project key", (r) => `sk-proj-${mixed(r, 58)}T3BlbkFJ${mixed(r, 58)}`),
  telling("OpenAI key", (r) => `sk-${mixed(r, 20)}T3BlbkFJ${mixed(r, 20)}`),
  telling("Anthropic key", (r) => `sk-ant-api03-${mixed(r, 93, URL_SAFE)}AA`),
  telling("JSON Web Token", jwt),
  telling("GitHub token", (r) => `gh${r.pick(["p", "o", "u", "s", "r"])}_${mixed(r, 36)}`),
  telling("GitHub fine-grained token", (r) => `github_pat_${mixed(r, 22)}_${mixed(r, 59)}`),
  telling("GitLab token", (r) => `glpat-${mixed(r, 20)}`),
  telling("Slack bot token", (r) => `xoxb-${r.text(12, DIGITS)}-${r.text(12, DIGITS)}-${mixed(r, 24)}`),
  telling(
    "Slack app token",
    (r) => `xapp-1-A${r.text(10, UPPER + DIGITS)}-${r.text(13, DIGITS)}-${r.text(64, HEX)}`,
  ),
  telling(
    "Slack web hook",
    (r) =>
      `https://hooks.slack.com/services/T${r.text(8, UPPER + DIGITS)}/B${r.text(8, UPPER + DIGITS)}/${mixed(r, 24)}`,
    (secret) => secret.slice(-24),
  ),
  telling("npm token", (r) => `npm_${mixed(r, 36)}`),
  telling("AWS access key id", (r) => `AKIA${r.text(15, UPPER)}${r.text(1, "234567")}`),
  named("AWS secret access key", (r) => mixed(r, 40, `${ALNUM}+/`)),
  telling("Google API key", (r) => `AIza${mixed(r, 35, URL_SAFE)}`),
  telling("Google access token", (r) => `ya29.${mixed(r, 60, URL_SAFE)}`),
  telling("Stripe key", (r) => `${r.pick(["sk", "rk"])}_live_${mixed(r, 24)}`),
  telling("SendGrid key", (r) => `SG.${mixed(r, 22, URL_SAFE)}.${mixed(r, 43, URL_SAFE)}`),
  telling("Shopify token", (r) => `shpat_${r.text(31, HEX)}7`),
  telling("Hugging Face token", (r) => `hf_${mixed(r, 34)}`),
  telling("Groq key", (r) => `gsk_${mixed(r, 52)}`),
  telling("Linear key", (r) => `lin_api_${mixed(r, 40)}`),
  telling("Notion token", (r) => `ntn_${r.text(11, DIGITS)}${mixed(r, 35)}`),
  telling("Vault token", (r) => `hvs.${mixed(r, 90, URL_SAFE)}`),
  telling("Databricks token", (r) => `dapi${r.text(31, HEX)}4`),
  telling("Docker token", (r) => `dckr_pat_${mixed(r, 27, URL_SAFE)}`),
  telling("Figma token", (r) => `figd_${mixed(r, 40, URL_SAFE)}`),
  telling("Grafana token", (r) => `glsa_${mixed(r, 32)}_${r.text(8, HEX)}`),
  telling("1Password token", (r) => `ops_eyJ${mixed(r, 250, ALNUM)}`),
  telling("Tailscale key", (r) => `tskey-auth-${mixed(r, 17)}-${mixed(r, 32)}`),
  telling("RSA private key", (r) => pem(r, "RSA ", 12), pemNeedle),
  telling("OpenSSH private key", (r) => pem(r, "OPENSSH ", 6), pemNeedle),
  telling("private key", (r) => pem(r, "", 8), pemNeedle),
  telling("password in a URL", (r) => `https://deploy:${mixed(r, 14)}@git.example.com/x.git`, passwordOf),
  telling("database URL", (r) => `postgresql://app:${mixed(r, 18)}@db.example.com:5432/app`, passwordOf),
  telling("MongoDB URL", (r) => `mongodb+srv://app:${mixed(r, 16)}@c0.example.mongodb.net/x`, passwordOf),
  telling("e-mail address", (r) => `${r.text(6, LOWER)}.${r.text(8, LOWER)}@${r.text(9, LOWER)}.fr`),
  telling("IPv4 address", (r) => `10.${1 + r.below(250)}.${1 + r.below(250)}.${1 + r.below(250)}`),
  telling(
    "public IPv4 address",
    (r) => `${51 + r.below(40)}.${1 + r.below(250)}.${1 + r.below(250)}.${1 + r.below(250)}`,
  ),
  telling("IPv6 address", (r) => `2a01:${r.text(3, HEX)}1:${r.text(3, HEX)}a::${r.text(3, HEX)}7`),
  telling(
    "internal host",
    (r) =>
      `${r.text(7, LOWER)}-${1 + r.below(99)}.${r.text(6, LOWER)}.${r.pick(["internal", "local", "corp", "lan"])}`,
  ),
  telling("Kubernetes service", (r) => `${r.text(7, LOWER)}.${r.text(8, LOWER)}.svc.cluster.local`),
  named("password", (r) => `${mixed(r, 9)}${r.pick(["!", ".", "$", "x"])}${r.text(2, ALNUM)}`),
  named(
    "password with quotes",
    (r) => `${mixed(r, 5)}"${r.text(3, ALNUM)}\\${r.text(2, ALNUM)}'${r.text(3, DIGITS)}`,
  ),
  named("opaque token", (r) => mixed(r, 40, HEX)),
  named("UUID as a key", (r) => [8, 4, 4, 4, 12].map((n) => r.text(n, HEX)).join("-")),
  named("short key", (r) => mixed(r, 12)),
];
