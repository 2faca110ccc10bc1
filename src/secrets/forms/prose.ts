import { NAME_HINT, type Strength, isAssignedSecret, isRandomText } from "../names/index.ts";
import type { NamedValue, StrengthOf } from "./named-value.ts";

/** Words that say what something is, in the languages of the names. */
const SAYS =
  /(?<=[\p{L}\p{N})"'»”*`])(?:\s+(?:is|are|was|equals|reads|says|est|sont|était|vaut|ist|sind|war|lautet|es|son|era|è|é|sono|são|is ingesteld op|c['’]est|は|هي|هو)(?:\s+(?:now|still|set to|actually|currently|simply|just|toujours|maintenant|le suivant|la suivante|jetzt|ahora|adesso|agora))?\s*:?|\s*:|\s+(?:to|en)|['’]s|)\s+(?=(["'«“`*]{0,3}\s?[^\s\p{C}]{4,512}))/giu;
/** The words before, in the same sentence. */
const WORDS_BEFORE = /(?:[\p{L}\p{N}_'’-]+[ \t\n]){0,6}[\p{L}\p{N}_'’-]+[*"»”`)]{0,3}$/u;
const OPENING = /^["'«“`*([]+\s?/;
const CLOSING = /(?:["'»”`*)\]]|[.,;:?](?=$))+$/;
const MAX_BEFORE = 96;
/** The end of a line of base64, which may end like a name by chance. */
const LINE_OF_BASE64 = /[\w+/]{40}={0,2}$/;
/** Words that may stand between a name and what says its value: `the password for the staging server is`. */
const MAX_BETWEEN = 5;

/** Nouns of which a sentence tells the value, and not that of the secret before them. */
const OF_SECRETS: ReadonlySet<string> = new Set(
  "fingerprint thumbprint id ids name type version length size count number format path file url endpoint address exchange algorithm prefix policy field column expiry lifetime ttl".split(
    " ",
  ),
);

/** Secrets that a sentence tells: "my password is …", "mon mot de passe est …", "use the token …". */
export function* proseValues(text: string, strengthOf: StrengthOf): Generator<NamedValue> {
  for (const match of text.matchAll(SAYS)) {
    const quoted = /^["'«“`]/.test(match[1] ?? "");
    const verb = match[0].trim() || (quoted ? "quoted" : "");
    const value = bareWord(match[1] ?? "");
    if (value === undefined || !/[\d!@#$%^&*?+]/.test(value.text)) continue;
    if (/[()[\]{};<>]|^(?:[a-z][A-Za-z_.-]*|[A-Z_.-]+)=(?!=*$)/.test(value.text) && !quoted) continue;
    const before = text.slice(Math.max(0, match.index - MAX_BEFORE), match.index);
    if (!NAME_HINT.test(before) || LINE_OF_BASE64.test(before)) continue;
    const words = (WORDS_BEFORE.exec(before)?.[0] ?? "")
      .split(/[\s"'’*»”`()]+/)
      .filter((word) => word !== "");
    // A line of base64 may end as a name does.
    if (isRandomText(words.at(-1) ?? "")) continue;
    const strength = strengthBefore(words, verb === "" || verb === "quoted" ? 0 : MAX_BETWEEN, strengthOf);
    if (strength === undefined) continue;
    if (
      verb === "" || verb === "to" || verb === "en"
        ? !isUnmistakable(value.text)
        : !isAssignedSecret(value.text, strength, quoted || verb.length > 1)
    )
      continue;
    const start = match.index + match[0].length + value.at;
    yield { name: "prose", start, end: start + value.text.length };
  }
}

/** "use … as the password", "… comme mot de passe" */
const AS =
  /(?<=^|[\s"'«“`(])([^\s"'«»“”`()]{6,255})(?:\s?»|["'»”`)]{0,2})\s+(?:as|for|comme|als|como|come)\s+((?:[\p{L}]+[ '’]){0,3}[\p{L}]+(?: [\p{L}]+)?)/gu;

/** Secrets that stand before what they are. */
export function* namedAfter(text: string, strengthOf: StrengthOf): Generator<NamedValue> {
  for (const { index, 1: value = "", 2: phrase = "" } of text.matchAll(AS)) {
    if (!/[\d!@#$%^&*?+]/.test(value) || !NAME_HINT.test(phrase)) continue;
    const words = phrase.split(/[\s'’]+/);
    const names = words.flatMap((_, begin) => words.map((__, end) => words.slice(begin, end + 1).join(" ")));
    if (!names.some((name) => name !== "" && strengthOf(name) === "strong")) continue;
    if (isAssignedSecret(value, "strong", true))
      yield { name: "prose", start: index, end: index + value.length };
  }
}

function bareWord(word: string): { at: number; text: string } | undefined {
  const at = OPENING.exec(word)?.[0].length ?? 0;
  const text = word.slice(at).replace(CLOSING, "");
  return text.length < 4 ? undefined : { at, text };
}

/** The certainty of the last name of a secret among the words, with at most so many other words after it. */
function strengthBefore(
  words: readonly string[],
  between: number,
  strengthOf: StrengthOf,
): Strength | undefined {
  let lesser: Strength | undefined;
  for (let end = words.length; end > 0 && end >= words.length - between; end--)
    for (let begin = end - 1; begin >= Math.max(0, end - 4); begin--) {
      const strength = strengthOf(words.slice(begin, end).join(" "));
      if (strength === "strong")
        return words.slice(end).some((word) => OF_SECRETS.has(word.toLowerCase())) ? undefined : strength;
      lesser ??= strength;
    }
  return lesser;
}

/** Without a verb before it, a word counts only if nothing else looks so. */
function isUnmistakable(text: string): boolean {
  return (
    isRandomText(text) ||
    (/^(?=.*\d)(?=.*[A-Za-z])(?=.*[!@#$%^&*?+])\S{8,}$/.test(text) && !/[=(){}<>/:]/.test(text))
  );
}
