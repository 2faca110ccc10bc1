import { isSecretValue } from "../names/index.ts";
import type { NamedValue, StrengthOf } from "./named-value.ts";

const PARAMETER = /(?<=[?&#;]|(?:&|\\u0026)amp;|\\u0026)([A-Za-z][\w.%[\]-]{0,63})=/g;
const VALUE = /[^\s&#"'<>\\`;,)}|]+/y;
const FORM = /^[A-Za-z_][\w.%+[\]-]{0,63}=[^\s&]*(?:&[\w.%+[\]-]{1,64}(?:=[^\s&]*)?)*\s*$/;
const FORM_PARAMETER = /(?<=^|[?&])([A-Za-z_][\w.%+[\]-]{0,63})=/g;
const FORM_VALUE = /[^\s&]+/y;
/** Longer than any form that is not looked at as text. */
const MAX_FORM = 1 << 20;
/** The beginning of a value tells whether it is a placeholder. */
const LOOKED = 512;

/** The values of query parameters with telling names, in any URL of a text; those of a form if the text is one. */
export function* parameterValues(text: string, strengthOf: StrengthOf): Generator<NamedValue> {
  if (!text.includes("=")) return;
  const isForm = text.length < MAX_FORM && FORM.test(text);
  const [parameter, valuePattern] = isForm ? [FORM_PARAMETER, FORM_VALUE] : [PARAMETER, VALUE];
  let end = 0;
  let taken = 0;
  for (const { index, 0: whole, 1: name = "" } of text.matchAll(parameter)) {
    const start = index + whole.length;
    const strength = start < taken ? undefined : strengthOf(decoded(name));
    if (strength === undefined) continue;
    // A URL may be the value of a parameter of another one: both end at the same sign, which is looked for once.
    if (start >= end) {
      valuePattern.lastIndex = start;
      end = start + (valuePattern.exec(text)?.[0].length ?? 0);
    }
    if (end === start || !isSecretValue(decoded(text.slice(start, Math.min(end, start + LOOKED))), strength))
      continue;
    taken = end;
    yield { name, start, end };
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
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

const COOKIES =
  /(?:(?<![\w-])(?:set-)?cookie2?["']?[ \t]{0,4}:[ \t]{0,4}["']?|\s(?:-b|--cookie)[ =]["']?(?=[\w.-]{1,64}=)|\bdocument\.cookie\s{0,4}=\s{0,4}["'`])([^\r\n"'`\\]{4,4096})/gi;
const ATTRIBUTE = /^(?:expires|max-age|domain|path|samesite|priority|secure|httponly|partitioned)$/i;

/** The values of cookies in heads that stand in a text, as logs and `curl -v` show them. */
export function* cookieTexts(text: string): Generator<NamedValue> {
  if (!/cookie|\s-b[ =]/i.test(text)) return;
  for (const match of text.matchAll(COOKIES)) {
    const pairs = match[1] ?? "";
    let at = match.index + match[0].length - pairs.length;
    for (const pair of pairs.split(";")) {
      const [, before = "", name = "", value = ""] =
        /^(\s*([\w.-]{1,64})=)([^\s,]{6,4096})\s*$/.exec(pair) ?? [];
      const start = at + before.length;
      at += pair.length + 1;
      if (name === "" || ATTRIBUTE.test(name) || !/\d/.test(value) || !isSecretValue(value, "strong"))
        continue;
      yield { name, start, end: start + value.length };
    }
  }
}
