import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messagesOf } from "../../../src/mock/synthesizer/base/body.ts";
import { digestOf } from "../../../src/mock/synthesizer/base/digest.ts";
import { namesIn, numbersIn } from "../../../src/mock/synthesizer/text/keywords.ts";
import { detectLanguage } from "../../../src/mock/synthesizer/text/language.ts";
import { findTopic } from "../../../src/mock/synthesizer/text/topic.ts";
import { findChatTopic, writeAnswer } from "../../../src/mock/synthesizer/text/write.ts";
import { Random } from "../../../src/util/random.ts";
import { scaled } from "../../support/scaled.ts";
import { user } from "./support.ts";

const write = (messages: unknown, seed: unknown = 0): string =>
  writeAnswer(messagesOf({ messages }), findChatTopic(messagesOf({ messages })), new Random(digestOf(seed)));

/** Questions, and the words of each that an answer should speak of. */
const QUESTIONS: readonly (readonly [question: string, language: "en" | "fr", words: readonly string[]])[] = [
  ["What is the capital of France?", "en", ["capital", "France"]],
  ["How do I fix a flat bicycle tyre?", "en", ["fix a flat bicycle tyre"]],
  ["Explain quantum computing to me, please.", "en", ["quantum computing"]],
  ["Give me 3 ideas for a birthday party", "en", ["a birthday party"]],
  ["Could you write a python function that reverses a list?", "en", ["python function"]],
  ["Why is the sky blue?", "en", ["sky"]],
  ["Summarize this: bees make honey in summer.", "en", ["bees"]],
  ["Quelle est la capitale de la France ?", "fr", ["capitale de la France"]],
  ["Comment faire un gâteau au chocolat ?", "fr", ["un gâteau au chocolat"]],
  ["Peux-tu m'expliquer la photosynthèse ?", "fr", ["photosynthèse"]],
  ["Donne-moi trois idées de voyage en Bretagne", "fr", ["voyage en Bretagne"]],
  ["Qu'est-ce que la TVA ?", "fr", ["la TVA"]],
  ["Pourquoi l'eau de mer est-elle salée ?", "fr", ["mer"]],
  ["Réponds en anglais : où est Lyon ?", "en", ["Lyon"]],
];

describe("an answer", () => {
  it.each(QUESTIONS)("to %j is in its language and speaks of it", (question, language, words) => {
    for (let seed = 0; seed < 20; seed++) {
      const answer = write(user(question), seed);
      expect(detectLanguage([answer.replaceAll(/[“«][^”»]*[”»]/g, "")])).toBe(language);
      for (const word of words) expect(answer).toContain(word);
      expect(answer).not.toMatch(/[{}]|undefined|lorem/i);
    }
  });

  it("varies, and is the same for the same seed", () => {
    const answers = Array.from({ length: 20 }, (_, seed) =>
      write(user("What is the history of France?"), seed),
    );
    expect(new Set(answers).size).toBeGreaterThan(12);
    expect(write(user("What is the history of France?"), 3)).toBe(answers[3]);
  });

  it("is the same on every machine", () => {
    const all = QUESTIONS.flatMap(([question]) => [0, 1, 2].map((seed) => write(user(question), seed)));
    expect(digestOf(all)).toMatchInlineSnapshot(
      `"52704fcb89630e29c0d57e751d52ff1eb394d64bc41b7eb18285f56acb46e8f3"`,
    );
  });

  it.each([
    ["hi", /^(?:Hello|Hi)!/],
    ["Bonjour !", /^Bonjour !/],
    ["Say this is a test", /^this is a test$/],
    ['Reply with exactly "pong".', /^pong$/],
    ["Réponds uniquement par OUI", /^OUI$/],
    ["Give me 5 tips for a talk", /(?:\n- [A-Z].*){5}/],
    ["How do I bake bread?", /\n1\. [^]*\n2\. /],
    ["Write a javascript function that sorts names", /```python\ndef \w+\(value\):\n[^]*```/],
    ["What is the capital of France?", /^The capital of France is Paris\.$/],
    ["Quelle est la capitale de l'Italie ?", /^La capitale de l'Italie est Rome\.$/],
    ["What is 17 + 25?", /^17 \+ 25 = 42$/],
    ["What is the capital of Atlantis?", /the capital of Atlantis/],
    ["", /\?$|\.$/],
    ["😀", /😀/],
  ])("to %j has its form", (question, form) => {
    for (let seed = 0; seed < 5; seed++) expect(write(user(question), seed)).toMatch(form);
  });

  it("speaks of what was attached", () => {
    const content = [
      { type: "text", text: "What is this?" },
      { type: "image_url", image_url: { url: "data:," } },
    ];
    expect(write(user(content))).toContain("image");
  });

  it("goes by the language of the conversation where the last message has none", () => {
    const system = { role: "system", content: "Tu es un assistant utile, réponds toujours poliment." };
    expect(write([system, { role: "user", content: "Python 3.12 ?" }])).toMatch(/Python/);
    expect(findTopic("42", [system.content]).language).toBe("fr");
  });

  it("is made of anything that a message can be, on one line where a stream would tear", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), fc.nat(5), (question, seed) => {
        const answer = write(user(question), seed);
        expect(answer.length).toBeGreaterThan(0);
        expect(answer).not.toMatch(/[\u0085\u2028\u2029]/u);
      }),
      { numRuns: scaled(300) },
    );
  });

  it("takes no longer for a long message", () => {
    for (const unit of ["a", "a ", "1", "'", "A b", "-", "l'", "\n", "Écris "])
      expect(write(user(unit.repeat(100_000)))).toBeTruthy();
  });
});

describe("a prompt's words", () => {
  it.each([
    ["What's the weather in Lyon and New York today?", ["Lyon", "New York"]],
    ["Quelle est la capitale de l'Italie ?", ["Italie"]],
    ["Tell me about bees", []],
  ])("give names: %s", (prompt, names) => {
    expect(namesIn(prompt)).toEqual(names);
  });

  it("give numbers that are no part of dates, times or versions", () => {
    expect(numbersIn("add 2 and -3.5, on 2026-12-24 at 10:30, with 1.2.3 and a4, 7!")).toEqual([2, -3.5, 7]);
  });
});
