import {
  CREDENTIAL_HEADERS,
  CREDENTIAL_QUALIFIERS,
  HARMLESS_HEADERS,
  HARMLESS_NAMES,
  KEYS_WORDS,
  KEY_WORDS,
  ORDINARY_BEGINNINGS,
  ORDINARY_KEYS,
  ORDINARY_PASSES,
  ORDINARY_TOKENS,
  SECRET_ENDINGS,
  SUFFIXES,
  TOKENS_WORDS,
  TOKEN_WORDS,
} from "./tables.ts";
import { plainName, wordsOf } from "./words.ts";

/**
 * Certainty that a name gives of its value. `strong`: any value but a placeholder is a secret. `weak`: the value must look like a
 * credential. `faint`: the name is mostly used for other things, the value must look made by chance.
 */
export type Strength = "strong" | "weak" | "faint";

const NONE: ReadonlySet<string> = new Set();
const MAX_REMEMBERED = 4096;
const remembered = new Map<string, Strength | undefined>();

/** Certainty that the value of a JSON field, form field or variable of this name is a secret; `undefined` if it is none. */
export function strengthOfField(name: string, own: ReadonlySet<string> = NONE): Strength | undefined {
  if (own.size > 0 && own.has(plainName(name))) return "strong";
  if (remembered.has(name)) return remembered.get(name);
  const words = wordsOf(name);
  const plain = plainName(name);
  const strength = strengthOfPhrase(plain, words) ?? strengthOfPhrase(plain, withoutSuffixes(words));
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(name, strength);
  return strength;
}

/** Words of a name without those after it that only tell which one it is. */
function withoutSuffixes(words: readonly string[]): readonly string[] {
  let end = words.length;
  while (end > 1 && (SUFFIXES.has(words[end - 1] as string) || /^\d+$/.test(words[end - 1] as string))) end--;
  return words.slice(0, end);
}

function strengthOfPhrase(plain: string, words: readonly string[]): Strength | undefined {
  const last = words.at(-1);
  if (last === undefined || HARMLESS_NAMES.has(plain)) return undefined;
  const before = words.slice(0, -1);
  const first = words[0] as string;
  if (before.length > 0 && ORDINARY_BEGINNINGS.has(first)) return undefined;
  if (endsAsSecret(words)) return "strong";
  if (last === "pass" || last === "passe")
    return before.some((word) => ORDINARY_PASSES.has(word)) ? undefined : "strong";
  return (
    strengthOfToken(last, before) ??
    strengthOfKey(first, last, words) ??
    strengthOfOther(` ${words.join(" ")}`, last)
  );
}

function endsAsSecret(words: readonly string[]): boolean {
  const phrase = ` ${words.join(" ")}`;
  return SECRET_ENDINGS.some((ending) => phrase.endsWith(` ${ending}`));
}

function strengthOfToken(last: string, before: readonly string[]): Strength | undefined {
  const qualifier = before.at(-1);
  if (TOKENS_WORDS.has(last)) return isCredential(qualifier) ? "strong" : undefined;
  if (!TOKEN_WORDS.has(last)) {
    // `jeton d'accès`, `token de acceso`
    const after = [...before, last].slice(before.findIndex((word) => TOKEN_WORDS.has(word)) + 1);
    const names =
      after.length <= before.length && after.every((word) => CREDENTIAL_QUALIFIERS.has(word) || OF.has(word));
    return names && CREDENTIAL_QUALIFIERS.has(last) ? "strong" : undefined;
  }
  if (qualifier === undefined || qualifier === "x") return "weak";
  return ORDINARY_TOKENS.has(qualifier) ? undefined : "strong";
}

function strengthOfKey(first: string, last: string, words: readonly string[]): Strength | undefined {
  if (KEYS_WORDS.has(last)) return isCredential(words.at(-2)) ? "strong" : undefined;
  // `cle_api`: in the Romance languages the qualifier stands after it.
  const romance = words.findIndex((word) => KEY_WORDS.has(word) && word !== "key");
  const at = KEY_WORDS.has(last) ? words.length - 1 : romance;
  if (at === -1) return undefined;
  const others = words.filter((_, i) => i !== at);
  if (others.length === 0 || (others.length === 1 && (first === "x" || OWNERS.has(first)))) return "faint";
  return others.some((word) => ORDINARY_KEYS.has(word)) ? undefined : "strong";
}

/** Words that say whose it is, and nothing of what it is. */
const OWNERS: ReadonlySet<string> = new Set("my your our the a ma mon votre la le new old".split(" "));

/** Words between a noun and what it belongs to. */
const OF: ReadonlySet<string> = new Set("de d do da del di of for".split(" "));

function isCredential(qualifier: string | undefined): boolean {
  return qualifier !== undefined && CREDENTIAL_QUALIFIERS.has(qualifier);
}

const STRONG = / credentials?$/;
const WEAK = /(?: auth| authentication| cookies?| session key| pat| private| signature| ak| sk)$/;
const FAINT = /(?: hmac| sid| session| session id| sig)$/;

function strengthOfOther(phrase: string, last: string): Strength | undefined {
  if (last === "oauth") return undefined;
  if (STRONG.test(phrase)) return "strong";
  if (WEAK.test(phrase)) return "weak";
  return FAINT.test(phrase) ? "faint" : undefined;
}

/** Names of query parameters beside those of fields. */
const STRONG_PARAMETER =
  /^(?:token|signature|hmac|auth|jwt|assertion|ticket|sessionid|sid|xamz(?:signature|credential|securitytoken)|xgoog(?:signature|credential)|awsaccesskeyid|googleaccessid|sas|jsessionid|phpsessid|aspsessionid\w*|aspnetsessionid)$/;
const WEAK_PARAMETER = /^(?:key|ak|sk|sig|code|session|pw)$/;

/** Certainty that the value of a query parameter of this name is a secret; `undefined` if it is none. */
export function strengthOfParameter(name: string, own: ReadonlySet<string> = NONE): Strength | undefined {
  const plain = plainName(name);
  if (own.has(plain) || STRONG_PARAMETER.test(plain)) return "strong";
  if (WEAK_PARAMETER.test(plain)) return "weak";
  return strengthOfField(name);
}

/** Headers that hold cookies. */
const COOKIES = new Set(["cookie", "set-cookie", "cookie2", "set-cookie2"]);

/** The kind of a header whose whole value is a secret. */
export function credentialHeader(
  name: string,
  own: ReadonlySet<string> = NONE,
): "authorization" | "cookie" | undefined {
  if (COOKIES.has(name.toLowerCase())) return "cookie";
  const plain = plainName(name);
  if (own.has(plain) || CREDENTIAL_HEADERS.has(plain)) return "authorization";
  if (HARMLESS_HEADERS.has(plain)) return undefined;
  return strengthOfField(name) === undefined ? undefined : "authorization";
}
