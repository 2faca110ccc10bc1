/** Names under which people and programs keep secrets, in several languages, and the ways in which each is spelled. */
import type { Random } from "../../support/random.ts";

export interface Name {
  /** The name's words in lower case; each spelling is made of them. */
  readonly words: readonly string[];
  readonly language: "en" | "fr" | "de" | "es" | "other";
  /**
   * `sure`: whatever stands under it is a secret. `weak`: it has other meanings too (`key` of a dictionary), so it counts only in
   * headers, queries, variables and flags. `likely`: also in members, if the value looks random.
   */
  readonly says: "sure" | "likely" | "weak";
  /** Names of headers alone are spelled nowhere else. */
  readonly header?: string;
}

const named =
  (language: Name["language"], says: Name["says"] = "sure") =>
  (words: string): Name => ({ words: words.split(" "), language, says });

const header = (text: string): Name => ({
  words: text.toLowerCase().replace(/^x-/, "").split(/[-_]/),
  language: "en",
  says: "sure",
  header: text,
});

export const NAMES: readonly Name[] = [
  ...[
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "pw",
    "db pass",
    "db password",
    "smtp pass",
    "redis password",
    "root password",
    "admin pw",
    "user password",
    "new password",
    "secret",
    "client secret",
    "app secret",
    "secret key",
    "aws secret access key",
    "api secret",
    "jwt secret",
    "webhook secret",
    "session secret",
    "otp secret",
    "api key",
    "apikey",
    "access key",
    "app key",
    "client key",
    "consumer key",
    "account key",
    "master key",
    "signing key",
    "encryption key",
    "license key",
    "subscription key",
    "storage key",
    "service key",
    "access token",
    "refresh token",
    "auth token",
    "api token",
    "bearer token",
    "session token",
    "deploy token",
    "bot token",
    "personal access token",
    "csrf token",
    "bearer",
    "api hash",
    "password hash",
    "pwd hash",
    "pin code",
    "credential",
    "openai key",
    "openai api key",
    "albert key",
    "albert api key",
    "mistral key",
    "mistral token",
    "anthropic api key",
    "azure openai key",
    "datadog app key",
    "hf token",
  ].map(named("en")),
  ...[
    "mdp",
    "mot de passe",
    "motdepasse",
    "jeton",
    "jeton acces",
    "cle api",
    "clé api",
    "cle secrete",
    "cle privee",
    "cle acces",
    "code secret",
    "secret partage",
  ].map(named("fr")),
  ...["passwort", "kennwort", "api schluessel", "zugangstoken", "geheimnis", "geheimer schlüssel"].map(
    named("de"),
  ),
  ...["contraseña", "contrasena", "clave api", "clave secreta", "token de acceso"].map(named("es")),
  ...["senha", "chave api", "wachtwoord", "haslo", "chiave api", "пароль", "密码"].map(named("other")),
  ...["token", "ak", "pass", "private"].map(named("en", "likely")),
  ...["key", "auth", "signature", "session id"].map(named("en", "weak")),
  ...[
    "X-Albert-Key",
    "X-Jeton",
    "X-Cle-Api",
    "X-Session-Id",
    "X-Org-Auth",
    "X-Mistral-Token",
    "X-Authorization",
    "X-Csrf",
    "X-Tenant-Key",
    "X-Subscription-Token",
    "Authentication",
    "Helicone-Auth",
    "x-litellm-key",
    "my-token",
    "token",
    "key",
    "ak",
    "api_key",
    "access_token",
  ].map(header),
];

/** Where a name stands decides how it is spelled. `words` is for prose; `none` has no name. */
export type Spelling = "member" | "header" | "variable" | "flag" | "parameter" | "words" | "none";

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const camel = ([first = "", ...rest]: readonly string[]): string => first + rest.map(capital).join("");

type Style = (words: readonly string[]) => string;
const SNAKE: Style = (words) => words.join("_");
const KEBAB: Style = (words) => words.join("-");
const CAPS: Style = (words) => words.join("_").toUpperCase();
const PASCAL: Style = (words) => words.map(capital).join("");
const TRAIN: Style = (words) => words.map(capital).join("-");
const PREFIXES = ["db", "app", "prod", "my", "dev", "acme", "legacy", "backend"] as const;

const STYLES: Readonly<Record<Exclude<Spelling, "none">, readonly Style[]>> = {
  member: [SNAKE, SNAKE, camel, KEBAB, CAPS, PASCAL],
  header: [(words) => `X-${TRAIN(words)}`, (words) => `x-${KEBAB(words)}`, TRAIN, KEBAB],
  variable: [CAPS],
  flag: [KEBAB],
  parameter: [SNAKE, camel, KEBAB],
  words: [(words) => words.join(" ")],
};

/** A name as it is spelled in such a place: in one of several styles, now and then with a prefix. */
export function spelled({ words, header: literal }: Name, spelling: Spelling, random: Random): string {
  if (spelling === "none") return "";
  if (spelling === "header" && literal !== undefined) return literal;
  const prefixes = spelling === "member" || spelling === "variable" ? random.below(4) === 0 : false;
  return random.pick(STYLES[spelling])(prefixes ? [random.pick(PREFIXES), ...words] : words);
}

/** The name in reports: all its spellings have one. */
export const labelOf = ({ words, header: literal }: Name): string => literal ?? words.join(" ");
