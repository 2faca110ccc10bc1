import type { Strength } from "./strength.ts";
import { wordsOf } from "./words.ts";

/** Values that say that there is none, that it was left out, or where it is to be taken from. */
const NO_VALUE =
  /^(?:null|none|nil|true|false|undefined|string|str|text|redacted|hidden|masked|required|optional|empty|n\/a|todo|changeme|bearer|basic|default|auto|include|omit|same-origin|header|cookie|invalid|missing|unknown|\.+|\*+|x+|•+|-+|_+|\?+)$/i;
const PLACEHOLDER =
  /^(?:\$[\w({]|\{\{|\{[\w.]+\}$|<[\w /_-]*>?$|%\(|%\{|%\w+%$|\[[\w -]+\]$|env[:.(]|process\.env|os\.environ|(?:enter|insert|replace|paste|put)[ _-]|(?:sk|pk)-(?:[a-z]{1,8}|\.+|\*+)$)/i;
/** The name of a variable of the environment. */
const VARIABLE = /^[A-Z]{2,}(?:_[A-Z]+)+$/;
const OWNED_PLACEHOLDER =
  /^(?:your|my|the|some|an?|votre|mon|ma|ihr|dein|tu|su)[ _-](?:[\p{L}\d]+[ _-]){0,4}(?:keys?|tokens?|password|passwd|secret|passe|here|ici|passwort|jeton|cl[eé])$/iu;
const MASKED = /\.\.\.|…|\*\*\*|•••/;

/** Words of names, which stand for the value in examples: `password: password`. */
const NAME_WORDS: ReadonlySet<string> = new Set(
  "password passwd pwd pass secret token key api apikey user username login credential credentials mot de passe jeton cle passwort kennwort contrasena senha wachtwoord geheimnis secreto segreto segredo clave chiave chave access auth authorization example test dummy placeholder here sample value values variable param arg input string text field cookie type name number user your my the new old current confirm a".split(
    " ",
  ),
);

/** Longer texts without a blank are no words. */
const MAX_WORD = 100;
/** Longer texts are no names or phrases. For each word the engine remembers where to try again: over megabytes its stack overflows. */
const MAX_PHRASE = 4096;

/** True for words that describe a secret, as labels, descriptions and errors do: no secret is in them. */
function isLabel(text: string): boolean {
  if (/\d/.test(text) || (text.length > MAX_WORD && !/\s/.test(text))) return false;
  const words = wordsOf(text);
  if (words.length > 0 && words.every((word) => NAME_WORDS.has(word))) return true;
  const spoken = text.split(/\s+/);
  // Looks for what no word has: for a long run of words the engine would remember each letter, and its stack overflows.
  if (spoken.length < 2 || /[^\p{L}\s'’.,:;!?()/-]/u.test(text)) return false;
  return (
    /[.?!:]$/.test(text) ||
    /^\p{Lu}/u.test(text) ||
    words.some((word) => NAME_WORDS.has(word) && word.length > 3)
  );
}

/** True for a run of one sign, as many as there are letters in what it masks. */
function isOneSign(text: string): boolean {
  const sign = text.charAt(0);
  return NO_VALUE.test(sign) && text === sign.repeat(text.length);
}

function isNoValue(text: string): boolean {
  return (
    text === "" ||
    (text.length <= MAX_PHRASE
      ? NO_VALUE.test(text) || PLACEHOLDER.test(text) || VARIABLE.test(text) || OWNED_PLACEHOLDER.test(text)
      : isOneSign(text)) ||
    MASKED.test(text) ||
    isLabel(text)
  );
}

/** True if a value under a telling name is a secret, and not a word that stands for one. */
export function isSecretValue(value: string, strength: Strength): boolean {
  const text = value.trim();
  if (isNoValue(text)) return false;
  if (strength === "strong") return true;
  if (/^\s/.test(value)) return false;
  return strength === "weak" ? isCredentialText(text) || /^\d{8,}$/.test(text) : isRandomText(text);
}

// Whole texts are searched for what must not be in them: a pattern that runs over all letters remembers each, and its stack
// overflows on megabytes.

/** True for text that was made by chance rather than written: it has digits among letters, or is long. */
export function isCredentialText(text: string): boolean {
  if (text.length < 6 || /[^\x21-\x7e]/.test(text) || MASKED.test(text)) return false;
  if (text.length <= MAX_PHRASE ? NO_VALUE.test(text) : isOneSign(text)) return false;
  if (/^(?:\$|\{|<|%[({])/.test(text)) return false;
  return (
    (/\d/.test(text) && /[A-Za-z]/.test(text)) ||
    (text.length >= 24 && (text.length > MAX_PHRASE || !/^[a-z]+(?:[-_.][a-z]+)*$/i.test(text)))
  );
}

/** True for a long run of letters and digits that no person made up: hexadecimal, a UUID, base64. */
export function isRandomText(text: string): boolean {
  if (text.length < 16 || /[^\w+/=.~-]/.test(text) || !/\d/.test(text) || !/[A-Za-z]/.test(text))
    return false;
  if (/[/.]\w{1,5}$/.test(text)) return false;
  if (text.length <= MAX_PHRASE && /^[a-z]+(?:[-_./][a-z]+)*[-_./]?\d{1,8}$/i.test(text)) return false;
  const changes = text.match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0;
  return changes >= 3 || (changes >= 2 && !/[^A-Z\d]/.test(text));
}

/**
 * True if a value that is assigned to the name of a secret in code, a setting, a command or a sentence is one. In code an
 * assigned value is mostly another name; a person's password has digits, or signs among its letters.
 *
 * @param next the character after the value
 */
export function isAssignedSecret(value: string, strength: Strength, quoted: boolean, next = ""): boolean {
  const text = value.trim();
  if (isNoValue(text) || next === "(" || next === "[") return false;
  if (/^(?:[a-z]+:\/\/|urn:|\.{1,2}\/|\$|@|--?[a-z])/i.test(text)) return false;
  if (text.startsWith("/")) return isBase64AfterSlash(text);
  if (isMember(text)) return false;
  if (strength === "faint") return isRandomText(text);
  if (/^\d+$/.test(text)) return text.length >= (strength === "strong" ? 6 : 8);
  // `4-digit`
  if (/^\d{1,2}-[a-z]+$/.test(text)) return false;
  const numbers = text.match(/\d+/g) ?? [];
  if (numbers.length > 0 && /^[A-Z\d]{16,}$/.test(text)) return true;
  if (numbers.length === 0) return strength === "strong" && (isSigned(text) || isShuffled(text));
  if (/\s/.test(text) || !isCredentialText(text)) return false;
  if (isCodeName(text)) return false;
  if (quoted) return true;
  // `Uint8Array`, `x509Credential`: a type, or another variable.
  if (/^[A-Za-z_$]\w*$/.test(text) && numbers.length < 2)
    return strength === "strong" && (/^[A-Za-z]{3,}\d{1,8}$/.test(text) || isShuffled(text));
  return (
    numbers.length > 1 ||
    numbers.join("").length >= 3 ||
    (/[a-z]/.test(text) && /[A-Z]/.test(text)) ||
    isSigned(text)
  );
}

/** A member of an object: `config.apiKey`. */
function isMember(text: string): boolean {
  return (
    text.length <= MAX_PHRASE &&
    /^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+$/.test(text) &&
    !/\d.*\d/.test(text)
  );
}

/** Base64 that begins with a slash by chance, and no path: letters of both cases among digits, few slashes. */
function isBase64AfterSlash(text: string): boolean {
  return (
    /^\/[A-Za-z\d+/]{19,}={0,2}$/.test(text) &&
    (text.match(/\//g)?.length ?? 0) <= 2 + text.length / 16 &&
    /[a-z]/.test(text) &&
    /[A-Z]/.test(text) &&
    isRandomText(text.slice(1))
  );
}

/** `value1`, `key2`, `sha256`: numbered names of code. */
function isCodeName(text: string): boolean {
  const letters = /^([a-z]+)[-_]?\d{1,4}$/i.exec(text)?.[1];
  return letters !== undefined && (NAME_WORDS.has(letters.toLowerCase()) || CODE_WORDS.test(letters));
}

const CODE_WORDS =
  /^(?:u?int|float|double|byte|bytes|utf|base|sha|md|latin|iso|ascii|x|y|v|p|s|n|m|i|j|a|b|c|item|node|data|obj|object|res|result|req|request|line|col|row|foo|bar|baz|test|tmp|temp|part|step|level|aes|rsa|ed|es|hs|rs|ps)$/i;

/** Letters of both cases in no order, as random ones are that have few digits by chance or none. */
function isShuffled(text: string): boolean {
  if (text.length < 20 || !/^[A-Za-z\d_/+-]+={0,2}$/.test(text)) return false;
  const capitals = text.match(/[A-Z]/g)?.length ?? 0;
  return (
    capitals > text.length / 4 &&
    capitals < text.length * 0.75 &&
    (text.match(/[a-z](?=[A-Z])/g)?.length ?? 0) >= 4
  );
}

/** Signs among letters, as in passwords that people make up. */
function isSigned(text: string): boolean {
  return (
    text.length >= 8 &&
    text.length <= MAX_PHRASE &&
    (/^[\p{L}\d]+(?:[!#$]|[!@#$%^&*?+][\p{L}\d!@#$%^&*?+]*[\p{L}\d!#$])$/u.test(text) ||
      // Words parted by a hyphen may end a sentence, but for those with a digit among their letters.
      /^(?=.*[A-Za-z])(?=.*\d)(?!\d{1,2}-[a-z]+!$)[A-Za-z\d]+(?:[-_.][A-Za-z\d]+)+[!#$]$/.test(text)) &&
    !/[=(){}<>]/.test(text)
  );
}
