import {
  NAME_HINT,
  type Strength,
  isAssignedSecret,
  isCredentialText,
  isSanitizedCredential,
  isSecretValue,
  splitCredential,
} from "../names/index.ts";
import type { NamedValue, StrengthOf } from "./named-value.ts";

/** Signs between a name and the value that is assigned to it. */
const OPERATOR =
  /[ \t]{0,8}(?::=|\?=|\+=|!={1,2}|=>|->|={1,3}|\|\||\?\?|:|：|→|⇒|は)(?:\*\*|__)?[ \t]*(?:[>|][+-]?\d?[ \t]*\r?\n[ \t]+|!{1,2}\w+[ \t]+)?/g;
/** The last word, or the last few, before an operator. */
const NAME_BEFORE =
  /((?:[\p{L}\p{N}_][\p{L}\p{N}_.-]*(?:[ '’]|\*\* ?)){0,3}[\p{L}\p{N}_][\p{L}\p{N}_.-]*)(?:["'`\])*%}]| \)){0,3}$/u;
const QUOTED = /("""|'''|["'`])((?:(?!\1)[^\n\\]|\\[^\n]){1,512})\1/y;
const UNQUOTED = /[^\s\p{C}"'`,;<>(){}[\]|&\\]{4,512}/uy;
/** The rest of a value with `&` in it, at the end of its line. */
const AFTER_AND = /&[^\s\p{C}"'`,;<>(){}[\]|&\\=]{1,255}(?=[\r\n]|$)/uy;
/** `--token …`, `setx NAME …`, `ENV NAME …`: only a blank stands between name and value. */
const BLANK_FORMS =
  /(?:(?<![\w-])--?([A-Za-z][\w-]{1,40})|\b(?:setx|setenv|ENV|ARG|config set|set(?=[ \t]+-)|secrets? set|env add|variable set)[ \t]+(?:-[\w-]+[ \t]+)*["']?([\w./:-]{2,64})["']?)[ \t]+/g;
/** `headers.set("X-Api-Key", "…")`, `('password', '…')`, `getByLabel("Password").fill("…")` */
const LISTED =
  /(["'`])[#.]?([\p{L}\p{N}_ .-]{2,60})\1(?:\)?\s{0,4},\s{0,4}|\){1,2}\.(?:fill|type|send_?keys|set_?value|press_?sequentially|val)\(\s{0,4})(?=["'`])/giu;
/** `${TOKEN:-…}`, `${api.key:…}`: what a setting is if nobody sets it. */
const DEFAULTED = /\$\{([\w.-]{2,64}):[-=]?(?=([^\s{}"'`]{4,512})\})/g;
/** `"…" == password`, `"…".equals(password)` */
const TURNED =
  /(["'])([^"'\n]{6,255})\1\s{0,4}(?:[=!]={1,2}|\.(?:equals|isEqual)\()\s{0,4}([A-Za-z_$][\w$.]{2,60})/g;
const MAX_BEFORE = 80;
/** A type between a name and its value, which then has quotes: `token: &str = "…"`, `PASSWORD As String = "…"`. */
const TYPE = /(?:[ \t]{0,4}\??:[ \t]{0,4}[&A-Za-z_][\w<>[\]|&'., ]{0,60}|[ \t]{1,4}[Aa]s[ \t]{1,4}\w{1,20})$/;
/** Signs and calls before the quote of a value: `password = (`, `@`, `String::from(`, `os.environ["X"] or`. */
const QUOTE_OPENING =
  /(?:&[\w-]{1,40}[ \t]+(?=\S)|\/\*[^*\n]{0,80}\*\/\s*|\(\s*|\n?\s{0,8}string\(\d+\)\s|(?:new\s+)?(?:\w{1,40}(?:::|\.))?(?:from|new|of|str|String|string|bytes|Some|Ok|Just|Secret|SecretStr|SecretString|Value|atob|b64decode)\(\s*|[A-Za-z_$][\w.$]{0,60}(?:\([^()\n]{0,60}\)|\[[^\][\n]{0,60}\])?[ \t]*(?:\|\||\?\?|\bor\b)[ \t]*){0,3}[brfuNL@]{0,2}(?=["'`])/y;
/** A string that goes on in a second one. */
const GOES_ON = /["'`]\s{0,80}[+.]\s{0,80}(?=["'`])/y;

/** Values that are assigned to names of secrets in code, settings, commands, headers and calls. */
export function* assignedValues(text: string, strengthOf: StrengthOf): Generator<NamedValue> {
  for (const { index, 0: operator } of text.matchAll(OPERATOR)) {
    const before = text.slice(Math.max(0, index - MAX_BEFORE), index);
    if (!NAME_HINT.test(before)) continue;
    const name = NAME_BEFORE.exec(before)?.[1];
    if (name === undefined) continue;
    const at = index + operator.length;
    const strength = strengthOfWords(name, strengthOf);
    if (operator === "=" && SETTING.test(name)) yield* settingAt(text, at, name, strengthOf);
    if (strength === undefined && operator.trim() === "=") yield* typedAt(text, at, before, strengthOf);
    else yield* assignedAt(text, afterOpening(text, at), name, strength);
  }
  for (const { index, 0: whole, 1: flag, 2: setting } of text.matchAll(BLANK_FORMS)) {
    const name = flag ?? setting ?? "";
    yield* assignedAt(text, index + whole.length, name, strengthOf(name));
  }
  for (const { index, 0: whole, 2: name = "" } of text.matchAll(LISTED))
    yield* assignedAt(text, index + whole.length, name, strengthOf(name));
  if (text.includes("${")) yield* defaultValues(text, strengthOf);
  for (const { index, 2: value = "", 3: name = "" } of text.matchAll(TURNED)) {
    const strength = strengthOf(name.slice(name.lastIndexOf(".") + 1));
    if (strength !== undefined && isAssignedSecret(value, strength, true))
      yield { name, start: index + 1, end: index + 1 + value.length };
  }
}

function* defaultValues(text: string, strengthOf: StrengthOf): Generator<NamedValue> {
  for (const { index, 0: whole, 1: name = "", 2: value = "" } of text.matchAll(DEFAULTED)) {
    const strength = strengthOf(name);
    if (strength === undefined || !isAssignedSecret(value, strength, true)) continue;
    const start = index + whole.length;
    yield { name, start, end: start + value.length };
  }
}

/** A value in quotes, after a name and its type. */
function* typedAt(text: string, at: number, before: string, strengthOf: StrengthOf): Generator<NamedValue> {
  const name = NAME_BEFORE.exec(before.replace(TYPE, ""))?.[1];
  const from = afterOpening(text, at);
  if (name === undefined || !/["'`]/.test(text.charAt(from))) return;
  yield* assignedAt(text, from, name, strengthOfWords(name, strengthOf));
}

/** The quote of a value, after what may stand before it. */
function afterOpening(text: string, at: number): number {
  QUOTE_OPENING.lastIndex = at;
  return at + (QUOTE_OPENING.exec(text)?.[0].length ?? 0);
}

/** The name of a variable of the environment, as it stands before its value in settings: `DB_PASSWORD=…`. */
const SETTING = /(?:^| )[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;
const SETTING_VALUE = /(["']?)([^\s\p{C}"'`]{4,512})\1/uy;

/** In settings nothing is code: what looks like a member of an object is a password. */
function* settingAt(text: string, at: number, words: string, strengthOf: StrengthOf): Generator<NamedValue> {
  const name = words.slice(words.lastIndexOf(" ") + 1);
  const strength = strengthOf(name);
  SETTING_VALUE.lastIndex = at;
  const match = strength === undefined ? null : SETTING_VALUE.exec(text);
  const [, quote = "", value = ""] = match ?? [];
  if (strength === undefined || !isSecretValue(value, strength)) return;
  if (!isCredentialText(value) && !isAssignedSecret(value, strength, true)) return;
  const start = at + quote.length;
  yield { name, start, end: start + value.length };
}

/** The last words before an operator may be a name of several words, or one name after others. */
function strengthOfWords(words: string, strengthOf: StrengthOf): Strength | undefined {
  const last = words.slice(Math.max(words.lastIndexOf(" "), words.lastIndexOf("*")) + 1);
  const strength = strengthOf(last);
  if (strength === "strong") return strength;
  if (last === words || /[_.-]/.test(last)) return strength;
  const two = / (\S+ \S+)$/.exec(words)?.[1];
  return (two === undefined ? undefined : strengthOf(two)) ?? strengthOf(words) ?? strength;
}

function* assignedAt(
  text: string,
  at: number,
  name: string,
  strength: Strength | undefined,
): Generator<NamedValue> {
  if (strength === undefined) return;
  QUOTED.lastIndex = at;
  const quoted = QUOTED.exec(text);
  const start = at + (quoted?.[1]?.length ?? 0);
  const value = quoted?.[2] ?? unquotedAt(text, at);
  if (value === undefined) return;
  const { scheme, credential } = splitCredential(value);
  if (quoted === null && isSanitizedCredential(value)) {
    // `Authorization: Bearer …`
    const next = /^[ \t]+/.exec(text.slice(start + value.length, start + value.length + 8))?.[0].length ?? 0;
    if (next > 0) yield* assignedAt(text, start + value.length + next, name, strength);
    return;
  }
  const end = start + value.length;
  if (quoted !== null && (isSanitizedCredential(value) || value.length > 4)) {
    // `"Bearer " + "…"`
    GOES_ON.lastIndex = end;
    const joint = GOES_ON.exec(text)?.[0].length ?? 0;
    if (joint > 0) yield* assignedAt(text, end + joint, name, strength);
  }
  if (isAssignedSecret(credential, strength, quoted !== null, quoted === null ? text[end] : ""))
    yield { name, start: start + scheme.length, end };
}

/** Words that follow a value without a blank: `…です`. */
const JAPANESE_END = /(?<=[\x21-\x7e])[\u3001-\u30ff].*$/u;

function unquotedAt(text: string, at: number): string | undefined {
  UNQUOTED.lastIndex = at;
  const value = (UNQUOTED.exec(text)?.[0] ?? "").replace(JAPANESE_END, "");
  // In a setting of its own line the sign is one of the value; in a query another member follows it.
  AFTER_AND.lastIndex = at + value.length;
  const rest = text[at - 1] === " " ? (AFTER_AND.exec(text)?.[0] ?? "") : "";
  return value === "" ? undefined : `${value}${rest}`.replace(/[.:?]+$/, "");
}
