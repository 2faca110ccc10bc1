import { keywordsOf } from "./keywords.ts";
import { type Language, detectLanguage } from "./language.ts";

/** Form of answer that a question requests. */
export type Kind = "greeting" | "echo" | "code" | "list" | "steps" | "thing" | "other";

/** Topic of a question, as far as its form shows. */
export interface Topic {
  readonly language: Language;
  readonly kind: Kind;
  /** Question without its introduction: `the capital of France`. */
  readonly phrase: string;
  readonly keywords: readonly string[];
  /** Text to repeat word for word. */
  readonly echo: string | undefined;
  /** Requested number of list items. */
  readonly points: number | undefined;
}

const GREETING =
  /^(?:hi|hello|hey|good (?:morning|evening|afternoon)|bonjour|bonsoir|salut|coucou|ping)\b[\s,!.?]*(?:there|everyone|à tous|tout le monde|you)?[\s!.?]*$/iu;
const ECHO =
  /^(?:please )?(?:say|repeat|(?:reply|answer|respond) (?:only )?with|dis|dites|répète|répétez|réponds(?: seulement| uniquement)? par)(?: (?:exactly|only|just|seulement|simplement|juste))?\s*:?\s+(?:the words?\s+)?["“«]?\s*([^"”»\n]{1,200}?)\s*["”»]?[.!]?$/iu;
const CODE =
  /\b(?:code|function|script|program|regex|sql|python|javascript|typescript|rust|java|fonction|programme)\b/iu;
const LIST =
  /\b(?:list|liste[rz]?|bullet|enumerate|ideas|names?|idées|points|éléments|avantages|advantages|tips|conseils)\b/iu;
const STEPS = /^(?:how (?:do|can|to|should|would)|comment|steps|étapes)\b/iu;
const THING =
  /^(?:what(?:'s|’s| is| are| was| were)|who(?:'s| is| are| was)|where(?:'s| is| are)|which|quel(?:le)?s?|qui|où|qu['’]est-ce qu(?:e|i|['’])|c['’]est quoi)/iu;
const COUNT = /\b(\d{1,2}|two|three|four|five|six|ten|deux|trois|quatre|cinq|dix)\b/iu;
const COUNTS: Readonly<Record<string, number>> = {
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  ten: 10,
  deux: 2,
  trois: 3,
  quatre: 4,
  cinq: 5,
  dix: 10,
};

/** Introductions before a topic, removed repeatedly until none is left. */
const FRAMES: readonly RegExp[] = [
  /^(?:please|hi|hello|hey|ok(?:ay)?|so|well|now|bonjour|bonsoir|salut|alors|s['’]il (?:te|vous) pla[iî]t|merci de)\b[\s,!.:]*/iu,
  /^(?:can|could|would|will) you(?: please)?\s+/iu,
  /^(?:i (?:want|need|would like)(?: you)? to|i['’]d like to|help me(?: to)?)\s+/iu,
  /^(?:peux-tu|pouvez-vous|pourrais-tu|pourriez-vous|peut-on|je (?:veux|voudrais)|aide[sz]?-moi à|est-ce qu(?:e|['’])(?: tu peux| vous pouvez)?)\s*/iu,
  /^(?:(?:m['’]|me )(?:expliquer|dire|donner|décrire|résumer|écrire|parler d(?:e|u|es)))\s+/iu,
  /^(?:tell me(?: more)?(?: about)?|explain(?: to me)?|describe|summari[sz]e|give me|show me|write(?: me)?|list|define|name)\b\s*/iu,
  /^(?:explique[sz]?|décri(?:s|vez|re)|résume[sz]?|donne[sz]?|écri(?:s|vez|re)|dis|dites|liste[sz]?|cite[sz]?|défini(?:s|ssez)|parle[sz]?)(?:-moi)?\b\s*/iu,
  /^(?:what(?:'s|’s)|who(?:'s|’s)|where(?:'s|’s))\s+/iu,
  /^(?:(?:what|who|where|when|which|why|how) )(?:is|are|was|were|does|do|did|can|could|should|would|to|much|many)\b\s*/iu,
  /^(?:[iI]|you|we|one|it|someone)\s+(?=\p{Ll})/u,
  /^(?:it )?possible to\s+/iu,
  /^(?:\d{1,2}|two|three|four|five|ten|some|des|deux|trois|quatre|cinq|dix|quelques) (?:\p{L}+ )?(?:ideas?|tips|examples?|names?|points?|reasons?|idées?|conseils?|exemples?|noms?|raisons?) (?:for|of|about|on|why|pour|de|sur)\s+/iu,
  /^(?:why|how|when|where|what|which|who)\s+/iu,
  /^(?:qu['’]est-ce que c['’]est que|qu['’]est-ce qu(?:e|i)|qu['’]est-ce qu['’]|c['’]est quoi)\s*/iu,
  /^(?:quel(?:le)?s?|qui|où|quand|comment|pourquoi|combien)(?: (?:est|sont|était|étaient|se trouve|faire pour|fait-on|de))?\b\s*/iu,
  /^(?:in|en) (?:one|two|three|a few|un|une|deux|trois|quelques) (?:words?|sentences?|mots?|phrases?)\b[\s,:]*/iu,
  /^(?:est|sont|is|are)\s+/iu,
];

const MAX_PHRASE = 80;

/** Finds the topic of a question; `context` helps to find the language. */
export function findTopic(question: string, context: readonly string[] = []): Topic {
  // Line separators are removed, since OGL would cut the stream at them. A gap without end would overflow V8's stack.
  const clean = question.replaceAll(/[\p{Cc}\u2028\u2029\s]{1,9999}/gu, (gap) =>
    gap.includes("\n") ? "\n" : " ",
  );
  const sentence = mainSentence(clean);
  const kind = topicKind(sentence);
  const count = COUNT.exec(sentence)?.[1]?.toLowerCase();
  const own = keywordsOf(sentence);
  return {
    language: detectLanguage([clean, ...context]),
    kind,
    phrase: phraseOf(sentence),
    keywords: own.length > 0 ? own : keywordsOf(clean),
    echo: kind === "echo" ? ECHO.exec(sentence)?.[1] : undefined,
    points: count === undefined ? undefined : Math.max(1, Math.min(10, COUNTS[count] ?? Number(count))),
  };
}

/** Main sentence: the last one with a question mark, else the first. */
function mainSentence(text: string): string {
  const sentences = text
    .split(/\n+|(?<=[.!?…])\s+(?=["“«(]?[\p{Lu}\p{N}])/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
  return sentences.findLast((sentence) => sentence.endsWith("?")) ?? sentences[0] ?? text.trim();
}

function topicKind(sentence: string): Kind {
  if (GREETING.test(sentence)) return "greeting";
  if (ECHO.test(sentence)) return "echo";
  if (STEPS.test(sentence)) return "steps";
  if (CODE.test(sentence)) return "code";
  if (LIST.test(sentence)) return "list";
  return THING.test(sentence) ? "thing" : "other";
}

function phraseOf(sentence: string): string {
  let phrase = sentence
    .replace(/[\s?!.:;…]+$/u, "")
    .replaceAll(/["“”«»`*#]/gu, "")
    .replace(
      /,? (?:in|en) (?:one|two|three|a few|un|une|deux|trois|quelques) (?:words?|sentences?|mots?|phrases?)$/iu,
      "",
    )
    .trim();
  for (let before = ""; before !== phrase;) {
    before = phrase;
    for (const frame of FRAMES) phrase = phrase.replace(frame, "");
  }
  if (phrase === "") return "";
  if (phrase.length > MAX_PHRASE) phrase = `${phrase.slice(0, MAX_PHRASE).replace(/\s+\S*$/u, "")}…`;
  return phrase;
}
