import { type Strength, isAssignedSecret, isSecretValue } from "../names/index.ts";
import type { NamedValue, StrengthOf } from "./named-value.ts";

const ELEMENT =
  /<((?:[\w-]+:)?[\p{L}][\p{L}\p{N}_.-]{1,60})(?:\s[^<>]{0,200})?>\s{0,16}(?:<!\[CDATA\[)?([^<>\]]{1,1024}?)(?:\]\]>)?\s{0,16}<\//gu;
/** `<add key="ApiKey" value="…"/>`, `<input name="password" value="…">` */
const NAMED_ATTRIBUTE =
  /\b(?:name|key|id|property)=(["'])([\p{L}\p{N}_. :-]{2,60})\1[^<>]{0,200}?\b(?:value|content)=(["'])([^"'<>]{1,1024})\3/gu;
const ROW =
  /\|[ \t]*(?:\*\*|`)?([\p{L}][\p{L}\p{N}_ .'’-]{1,40}?)(?:\*\*|`)?[ \t]*\|[ \t]*(?:\*\*|`)?([^|\n\s`][^|\n`]{2,512}?)(?:\*\*|`)?[ \t]*(?=\||$)/gmu;

/** `<key>PASSWORD</key><string>…</string>` of a property list. */
const PLIST = /<key>([^<>]{2,60})<\/key>\s{0,64}<(?:string|data)>\s{0,16}([^<>]{1,1024}?)\s{0,16}<\//g;
/** `- name: SECRET_KEY` and, in the next line, `value: …`, as in Kubernetes, Docker and CI. */
const NAMED_LINE =
  /\b(?:name|key|variable)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?([\w.-]{2,60})["']?,?[ \t]*\r?\n[ \t-]{0,40}["']?(?:value|val|default|content)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?([^\s"']{3,1024})/g;

/** `"key": "app_access_key", "value": "…"` in JSON within a text. */
const NAMED_MEMBER =
  /"(?:name|key|header|field|variable)"\s{0,4}:\s{0,4}"([^"\\]{2,60})"\s{0,8},\s{0,16}"(?:value|val|content)"\s{0,4}:\s{0,4}"([^"\\]{3,1024})"/g;

/** `"password": {"value": "…"}` in JSON within a text. */
const NESTED_MEMBER =
  /"([^"\\]{2,60})"\s{0,4}:\s{0,4}\{\s{0,8}"(?:\$?value|val|secret|plain|plaintext|current|data|content)"\s{0,4}:\s{0,4}"([^"\\]{3,1024})"/g;

/** `<string name="api_key">…</string>` of Android and others. */
const NAMED_ELEMENT =
  /<[\w:.-]{1,40}\s(?:[^<>]{0,120}\s)?(?:name|key|id)=(["'])([\p{L}\p{N}_. :-]{2,60})\1[^<>]{0,120}>\s{0,16}([^<>]{3,1024}?)\s{0,16}<\//gu;
/** `<input value="…" name="password">` */
const TURNED_ATTRIBUTE =
  /\bvalue=(["'])([^"'<>]{4,1024})\1[^<>]{0,120}?\s(?:name|key|id)=(["'])([\p{L}\p{N}_. :-]{2,60})\3/gu;
/** `<AdministratorPassword><Value>…</Value>` */
const NESTED_ELEMENT =
  /<((?:[\w-]{1,40}:)?[\p{L}][\p{L}\p{N}_.-]{1,60})(?:\s[^<>]{0,120})?>\s{0,32}<(?:\w{1,20}:)?(?:[Vv]alue|[Pp]lain[Tt]ext|[Ss]tring)>\s{0,16}([^<>]{3,1024}?)\s{0,16}<\//gu;
/** Cells of a table of HTML, a term and its definition. */
const HTML_ROW =
  /<(?:t[dh]|dt)(?:\s[^<>]{0,120})?>\s{0,16}(?:<\w{1,8}(?:\s[^<>]{0,80})?>\s{0,8}){0,2}([\p{L}][\p{L}\p{N}_ .:-]{1,60}?)\s{0,16}(?:<\/\w{1,8}>\s{0,32}){1,3}<(?:td|dd)(?:\s[^<>]{0,120})?>\s{0,16}(?:<\w{1,8}(?:\s[^<>]{0,80})?>\s{0,8}){0,2}(?:&(?:quot|#39|#x27);|["'])?([^\s<>"'&]{4,1024})/gu;
/** `- value: …` and, in the next line, `name: SECRET_KEY`. */
const TURNED_LINE =
  /\b(?:value|val)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?([^\s"',]{4,1024})["']?,?[ \t]*\r?\n[ \t]{0,40}["']?(?:name|key|variable)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?([\w.-]{2,60})/g;
/** `variable "db_password" { default = "…" }` of Terraform. */
const BLOCK =
  /\b(?:variable|output|locals?|resource "[\w-]{1,60}")\s+"([\w-]{2,60})"\s*\{[^{}]{0,400}?\b(?:default|value)\s*=\s*"([^"\n]{3,1024})"/g;

/** `<input type="password" value="…">`, whatever its name is. */
const PASSWORD_INPUT =
  /<input\b(?=[^<>]{0,400}\btype=["']?(password)\b)[^<>]{0,400}?\bvalue=["']([^"'<>]{4,1024})["']/gi;
/** A settings error of pydantic: the name stands in the line before. */
const REFUSED_INPUT =
  /^([\w.]{2,80})\r?\n[ \t]{1,8}[^\n]{1,400}?\[type=\w{1,80}, input_value=["']([^\n]{4,1024}?)["'], input_type=/gm;
/** `s:8:"password";s:9:"…";` of PHP's `serialize`. */
const SERIALIZED = /\bs:\d{1,3}:"([^"]{2,60})";s:\d{1,4}:"((?:(?!";)[^\n]){1,1024})";/g;
/** `passwords:` and, in the next lines, `- …`. */
const YAML_ITEMS =
  /^[ \t-]{0,40}["']?([\w.-]{2,60})["']?:[ \t]*\r?\n((?:[ \t]{0,40}- +[^\s#][^\n]{2,512}(?:\r?\n|$)){1,100})/gm;
const YAML_ITEM = /- +["']?([^\s"'#][^\s"']{3,511})["']?[ \t]*$/gm;

/** Items of a list in YAML whose name tells what they are. */
function* listedValues(text: string, strengthOf: StrengthOf): Generator<NamedValue> {
  for (const { index, 0: whole, 1: name = "", 2: items = "" } of text.matchAll(YAML_ITEMS)) {
    const strength = strengthOf(name);
    if (strength === undefined) continue;
    const from = index + whole.length - items.length;
    for (const item of items.matchAll(YAML_ITEM)) {
      const value = item[1] ?? "";
      const start = from + item.index + item[0].indexOf(value);
      if (isWritten(value, strength)) yield { name, start, end: start + value.length };
    }
  }
}

/** Values under telling names in XML, HTML and tables of Markdown. */
export function* markupValues(text: string, strengthOf: StrengthOf): Generator<NamedValue> {
  if (text.includes("</")) yield* values(text, ELEMENT, 1, 2, strengthOf, isElementSecret);
  if (text.includes("<")) yield* values(text, NAMED_ATTRIBUTE, 2, 4, strengthOf, isSecretValue);
  if (text.includes("</")) {
    yield* values(text, NESTED_ELEMENT, 1, 2, strengthOf, isElementSecret);
    yield* values(text, HTML_ROW, 1, 2, strengthOf, isWritten);
  }
  if (text.includes("<key>")) yield* values(text, PLIST, 1, 2, strengthOf, isSecretValue);
  if (text.includes("|")) yield* values(text, ROW, 1, 2, strengthOf, isWritten);
  if (text.includes('"')) {
    yield* values(text, NAMED_MEMBER, 1, 2, strengthOf, isSecretValue);
    yield* values(text, NAMED_ELEMENT, 2, 3, strengthOf, isElementSecret);
    yield* values(text, TURNED_ATTRIBUTE, 4, 2, strengthOf, isWritten);
    yield* values(text, BLOCK, 1, 2, strengthOf, isSecretValue);
    yield* values(text, NESTED_MEMBER, 1, 2, strengthOf, isSecretValue);
  }
  if (text.includes("<input")) yield* values(text, PASSWORD_INPUT, 1, 2, strengthOf, isWritten);
  if (text.includes("input_value=")) yield* values(text, REFUSED_INPUT, 1, 2, strengthOf, isWritten);
  if (text.includes('";s:')) yield* values(text, SERIALIZED, 1, 2, strengthOf, isSecretValue);
  if (text.includes("- ")) yield* listedValues(text, strengthOf);
  yield* values(text, TURNED_LINE, 2, 1, strengthOf, isWritten);
  yield* values(text, NAMED_LINE, 1, 2, strengthOf, isSecretValue);
}

/** Markup of a form has labels where that of a setting has values. */
function isElementSecret(value: string, strength: Strength): boolean {
  return isSecretValue(value, strength) && (!/\s/.test(value.trim()) || isWritten(value, strength));
}

function isWritten(value: string, strength: Strength): boolean {
  return isAssignedSecret(value, strength, true);
}

function* values(
  text: string,
  pattern: RegExp,
  nameGroup: number,
  valueGroup: number,
  strengthOf: StrengthOf,
  isSecret: (value: string, strength: Strength) => boolean,
): Generator<NamedValue> {
  for (const match of text.matchAll(pattern)) {
    const name = match[nameGroup] ?? "";
    const value = match[valueGroup] ?? "";
    const strength = strengthOf(name);
    if (strength === undefined || !isSecret(value, strength)) continue;
    const start = match.index + match[0].lastIndexOf(value);
    yield { name, start, end: start + value.length };
  }
}
