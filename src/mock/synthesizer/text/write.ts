import { type Random, capital } from "../../../util/index.ts";
import type { Message } from "../base/index.ts";
import { factOn } from "./facts.ts";
import { PHRASES, type Phrases } from "./phrases.ts";
import { type Topic, findTopic } from "./topic.ts";

const MAX_RESULT = 400;

/** Finds the topic of a chat's last user message. */
export function findChatTopic(messages: readonly Message[]): Topic {
  const sentence = messages.findLast(({ role, text }) => role === "user" && text !== "");
  const others = messages.filter(({ role }) => role === "system" || role === "developer" || role === "user");
  return findTopic(sentence?.text ?? "", others.map(({ text }) => text).toReversed());
}

/** Writes an answer on a chat's topic, in the question's language, with its words and in the requested form. */
export function writeAnswer(messages: readonly Message[], topic: Topic, random: Random): string {
  const phrases = PHRASES[topic.language];
  const last = messages.at(-1);
  if (last !== undefined && (last.role === "tool" || last.role === "function"))
    return writeResult(messages, phrases, random);
  const seen = last?.role === "user" ? last.attachments : [];
  const before = seen.length === 0 ? [] : [fill(random.pick(phrases.attachment), { a: seen.join(", ") })];
  return [...before, writeAbout(topic, phrases, random)].join(" ");
}

function writeAbout(topic: Topic, phrases: Phrases, random: Random): string {
  if (topic.echo !== undefined) return topic.echo;
  if (topic.kind === "greeting") return random.pick(phrases.greetings);
  if (topic.phrase === "" && topic.keywords.length === 0) return random.pick(phrases.empty);
  const fact = factOn(topic);
  if (fact !== undefined) return fact;
  const values = phraseWords(topic, phrases);
  const opening = fill(random.pick(openings(topic, phrases)), values);
  const closing = random.pick(phrases.closing);
  switch (topic.kind) {
    case "list":
      return [opening, points(topic, phrases, random), closing].join("\n\n");
    case "steps":
      return [opening, tasks(topic, phrases), closing].join("\n\n");
    case "code":
      return [opening, code(topic), closing].join("\n\n");
    default:
      return [opening, ...body(topic, phrases, random), closing].join(" ");
  }
}

function openings({ kind, phrase }: Topic, phrases: Phrases): readonly string[] {
  if (kind === "list" || kind === "code") return phrases[kind];
  // A lower-case phrase after "how to" is a verb phrase; any other one is safer in quotes.
  if (kind === "steps") return /^\p{Ll}/u.test(phrase) ? phrases.steps : phrases.other;
  return kind === "thing" ? phrases.thing : phrases.other;
}

function body(topic: Topic, phrases: Phrases, random: Random): string[] {
  const usable = phrases.body.filter((sentence) => topic.keywords.length > 1 || !sentence.includes("{b}"));
  const sentences: string[] = [];
  const rest = [...usable];
  for (let left = 1 + random.int(3); left > 0 && rest.length > 0; left--) {
    const [sentence = ""] = rest.splice(random.int(rest.length), 1);
    sentences.push(capital(fill(sentence, phraseWords(topic, phrases, sentences.length))));
  }
  return sentences;
}

function points(topic: Topic, phrases: Phrases, random: Random): string {
  const count = topic.points ?? 3 + random.int(2);
  const from = random.int(phrases.points.length);
  return Array.from({ length: count }, (_, i) => {
    const point = phrases.points[(from + i) % phrases.points.length] as string;
    return `- ${capital(fill(point, phraseWords(topic, phrases, i)))}`;
  }).join("\n");
}

function tasks(topic: Topic, phrases: Phrases): string {
  const count = Math.min(topic.points ?? 4, phrases.tasks.length);
  return phrases.tasks
    .slice(0, count)
    .map((task, i) => `${i + 1}. ${fill(task, phraseWords(topic, phrases, i))}`)
    .join("\n");
}

function code({ keywords, language }: Topic): string {
  const name = keywords
    .slice(0, 3)
    .join("_")
    .normalize("NFD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]/g, "")
    .replace(/^(?=\d)|^$/, "f_");
  const comment = language === "fr" ? "# à compléter" : "# to be completed";
  return `\`\`\`python\ndef ${name}(value):\n    ${comment}\n    return value\n\`\`\``;
}

function writeResult(messages: readonly Message[], phrases: Phrases, random: Random): string {
  const results = messages.slice(messages.findLastIndex(({ role }) => role === "assistant") + 1);
  const calls = messages.flatMap((message) => message.calls);
  return results
    .filter(({ role }) => role === "tool" || role === "function")
    .map(({ text, callId }) => {
      const name = calls.findLast(({ id }) => id === callId)?.name ?? calls.at(-1)?.name ?? "the tool";
      return fill(random.pick(phrases.result), { name, result: oneLine(text) });
    })
    .join("\n");
}

function oneLine(text: string): string {
  const line = text.replaceAll(/[\s\u0080-\u009f]+/gu, " ").trim();
  return line.length > MAX_RESULT ? `${line.slice(0, MAX_RESULT).replace(/\s+\S*$/u, "")}…` : line;
}

/** Words for a sentence's template; each sentence of an answer starts with another keyword. */
function phraseWords(
  { phrase, keywords }: Topic,
  phrases: Phrases,
  offset = 0,
): Readonly<Record<string, string>> {
  const word = (i: number): string => {
    const found = keywords[i % Math.max(1, keywords.length)];
    if (found === undefined) return phrases.something;
    // Names need no article; other words are quoted, since their article is unknown.
    return /^\p{Lu}/u.test(found) ? found : phrases.quote.join(found);
  };
  return { topic: phrase || word(0), a: word(offset), b: word(offset + 1) };
}

function fill(phrase: string, values: Readonly<Record<string, string>>): string {
  return phrase.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
