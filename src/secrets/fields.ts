import { type Strength, isCredentialText, isSecretValue, splitCredential } from "./names.ts";

/** A value that stands under a telling name. */
export interface NamedValue {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** True for a number: what replaces it needs quotes. */
  readonly bare?: boolean;
}

export type StrengthOf = (name: string) => Strength | undefined;

/** No name is longer. */
const MAX_NAME = 80;
/** Most keys of JSON end in none of these; only the others are looked at. */
const SIGNIFICANT =
  "pass(?:word|wd|phrase|code)|pwd|secret|key|token|credential|authorization|auth|cookie|string|dsn|session[_-]?id|otp|pat";

/** The pattern that finds the ends of keys, by their last letters. */
export function keyPattern(own: readonly string[] = []): RegExp {
  const names = own.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(String.raw`(?:${[SIGNIFICANT, ...names].join("|")})s?(\\*)"\s*:\s*`, "gi");
}

/**
 * The values of JSON members with telling names, at any depth, also of JSON that is a string in other JSON: its quotes
 * have backslashes before them, 1, 3, 7 … by how deep it is. The text need not be whole, nor JSON all over (an SSE
 * stream, a log).
 */
export function* fieldValues(text: string, keys: RegExp, strengthOf: StrengthOf): Generator<NamedValue> {
  for (const match of text.matchAll(keys)) {
    const escapes = match[1]?.length ?? 0;
    const nameEnd = match.index + match[0].indexOf('"') - escapes;
    const nameStart = text.lastIndexOf('"', nameEnd - 1) + 1;
    if (nameStart === 0 || nameEnd - nameStart > MAX_NAME) continue;
    const name = text.slice(nameStart, nameEnd);
    const strength = strengthOf(
      name.replaceAll(/\\+u([0-9a-fA-F]{4})/g, (_, unit: string) =>
        String.fromCharCode(Number.parseInt(unit, 16)),
      ),
    );
    if (strength === undefined) continue;
    for (const { start, end, bare } of valuesFrom(text, match.index + match[0].length, escapes)) {
      if (bare ? strength !== "strong" || end - start < 4 : isSiblingOfLogprob(text, end, nameStart))
        continue;
      const value = text.slice(start, end);
      if (!bare && !isSecretValue(value, strength)) continue;
      // `"Authorization": "Bearer …"`: the scheme stays.
      const scheme = bare ? 0 : splitCredential(value).scheme.length;
      if (scheme < value.length) yield { name, start: start + scheme, end, ...(bare ? { bare } : {}) };
    }
  }
}

interface Value {
  readonly start: number;
  readonly end: number;
  readonly bare?: boolean;
}

const NUMBER = /-?\d[\d.eE+-]*/y;

/** A string, a number, or the strings of a list. */
function* valuesFrom(text: string, from: number, escapes: number): Generator<Value> {
  const inList = text[from] === "[";
  for (let at = inList ? from + 1 : from; ;) {
    while (/[\s,]/.test(text.charAt(at))) at++;
    const value = stringAt(text, at, escapes);
    if (value === undefined) {
      NUMBER.lastIndex = at;
      const number = inList ? null : NUMBER.exec(text);
      if (number !== null) yield { start: at, end: at + number[0].length, bare: true };
      return;
    }
    yield value;
    if (!inList) return;
    at = value.end + escapes + 1;
  }
}

/**
 * The string that begins at an offset, with that many backslashes before each of its quotes. Its end is the first quote
 * after which the string next out goes on: backslashes that are themselves escaped come in pairs of that level. One that
 * is cut short ends with the text.
 */
function stringAt(text: string, at: number, escapes: number): Value | undefined {
  const start = at + escapes + 1;
  if (text.slice(at, start) !== `${"\\".repeat(escapes)}"`) return undefined;
  for (let quote = text.indexOf('"', start); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let run = 0;
    while (quote - run > start && text.charCodeAt(quote - run - 1) === 0x5c) run++;
    if (run % (2 * (escapes + 1)) === escapes || run < escapes) {
      const end = quote - Math.min(run, escapes);
      return { start, end };
    }
  }
  return { start, end: text.length };
}

/** In logprobs `token` is a part of the answer: its number stands beside it. */
function isSiblingOfLogprob(text: string, end: number, nameStart: number): boolean {
  return (
    /^\\*"\s*,\s*\\*"(?:logprob|bytes|token_id|rank|score|start|piece)\b/.test(text.slice(end, end + 40)) ||
    /\\*"(?:logprob|token_id|rank)\\*"\s*:\s*-?[\d.eE+-]+\s*,\s*\\*"$/.test(
      text.slice(Math.max(0, nameStart - 60), nameStart),
    )
  );
}

// What follows the name is looked at, not taken: a URL may be the value of a parameter of another one.
const PARAMETER =
  /(?<=[?&#;]|(?:&|\\u0026)amp;|\\u0026)([A-Za-z][\w.%[\]-]{0,63})=(?=([^\s&#"'<>\\`;,)}|]+))/g;
const FORM = /^[A-Za-z_][\w.%+[\]-]{0,63}=[^\s&]*(?:&[\w.%+[\]-]{1,64}(?:=[^\s&]*)?)*\s*$/;
const FORM_PARAMETER = /(?<=^|[?&])([A-Za-z_][\w.%+[\]-]{0,63})=(?=([^\s&]+))/g;
/** Longer than any form that is not looked at as text. */
const MAX_FORM = 1 << 20;

/** The values of query parameters with telling names, in any URL of a text; those of a form if the text is one. */
export function* parameterValues(text: string, strengthOf: StrengthOf): Generator<NamedValue> {
  if (!text.includes("=")) return;
  const isForm = text.length < MAX_FORM && FORM.test(text);
  for (const match of text.matchAll(isForm ? FORM_PARAMETER : PARAMETER)) {
    const [whole, name = "", value = ""] = match;
    const strength = strengthOf(decoded(name));
    if (strength === undefined || !isSecretValue(decoded(value), strength)) continue;
    const start = match.index + whole.length;
    yield { name, start, end: start + value.length };
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

/** `OPENAI_API_KEY=…`, `password: …`, `--token …` as settings, logs and commands have them. */
const ASSIGNMENT = new RegExp(
  String.raw`(?:${SIGNIFICANT})s?(?:["']?[ \t]*(?::=|=>|=|:)[ \t]*|(?<=(?<!\w)--?[\w-]{2,40})[ \t]+)(["'` +
    "`" +
    String.raw`]?)([^\s"'` +
    "`" +
    String.raw`,;<>(){}[\]\\|&]{8,256})`,
  "gi",
);

/** Values that are assigned to names of secrets in code, shell, headers or URLs. */
export function* assignedValues(text: string, strengthOf: StrengthOf): Generator<NamedValue> {
  for (const match of text.matchAll(ASSIGNMENT)) {
    const [whole, quote = "", value = ""] = match;
    const end = match.index + whole.length;
    const start = end - value.length;
    const name = nameBefore(text, match.index, start);
    if (strengthOf(name) === undefined) continue;
    const isSetting = /^[A-Z][A-Z0-9_]*=$/.test(text.slice(start - name.length - 1, start));
    if (isSetting ? !isCredentialText(value) : !looksAssigned(value, quote, text[end])) continue;
    const scheme = splitCredential(value).scheme.length;
    yield { name, start: start + scheme, end };
  }
}

/** The whole word of which the pattern saw the end. */
function nameBefore(text: string, from: number, valueStart: number): string {
  let start = from;
  while (start > 0 && from - start < MAX_NAME && /[\w.-]/.test(text.charAt(start - 1))) start--;
  return /^[\w.-]+/.exec(text.slice(start, valueStart).replace(/^-+/, ""))?.[0] ?? "";
}

/** True for a random value: in code, an assigned value is mostly another name. */
function looksAssigned(value: string, quote: string, next = ""): boolean {
  if (next === "(" || next === "[" || !isCredentialText(value)) return false;
  if (/^(?:[a-z]+:\/\/|urn:|\/|\.{1,2}\/|\$|@)/i.test(value)) return false;
  if (/^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+$/.test(value)) return false;
  const numbers = value.match(/\d+/g) ?? [];
  if (quote !== "") return numbers.length > 0;
  // `Uint8Array`, `x509Credential`: a type, or another variable.
  if (/^[A-Za-z_$][\w$]*$/.test(value) && numbers.length < 2) return false;
  return numbers.join("").length >= 3 || (/[a-z]/.test(value) && /[A-Z]/.test(value));
}

const PART =
  /\bname="?([\w.[\]-]{1,64})"?[^\r\n]*\r?\n(?:[\w-]{1,64}:[^\r\n]*\r?\n){0,8}\r?\n([\s\S]{1,65536}?)(?=\r?\n--|$)/gi;

/** The values of multipart/form-data that is looked at as text, since it can't be parted. */
export function* partValues(text: string, strengthOf: StrengthOf): Generator<NamedValue> {
  if (!/content-disposition:/i.test(text)) return;
  for (const match of text.matchAll(PART)) {
    const [whole, name = "", value = ""] = match;
    const strength = strengthOf(name);
    if (strength === undefined || !isSecretValue(value, strength)) continue;
    const end = match.index + whole.length;
    yield { name, start: end - value.length, end };
  }
}
