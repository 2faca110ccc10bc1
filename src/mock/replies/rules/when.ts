import { globPattern } from "../../../util/index.ts";
import { type Test, nameTest, textTest } from "./pattern.ts";
import { type Question, userTexts, systemTexts, toolNames, turnOf } from "./question.ts";
import type { Pattern, When } from "./types.ts";

/** Test of a request. */
export type QuestionTest = (question: Question) => boolean;

/**
 * Makes one test of conditions. The cheap ones come first: they do not read the body.
 * @throws SyntaxError for a regular expression that is none
 */
export function questionTest(when: When): QuestionTest {
  const { operation, model, message, system, turn, tool } = when;
  const tests: QuestionTest[] = [];
  if (operation !== undefined) {
    const glob = globPattern(operation);
    tests.push((question) => glob.test(question.operation));
  }
  if (model !== undefined) {
    const named = nameTest(model);
    tests.push((question) => question.model !== undefined && named(question.model));
  }
  if (turn !== undefined) tests.push(({ body }) => turnOf(body()) === turn);
  tests.push(...bodyTest(message, textTest, userTexts));
  tests.push(...bodyTest(system, textTest, systemTexts));
  tests.push(...bodyTest(tool, nameTest, toolNames));
  return (question) => tests.every((test) => test(question));
}

function bodyTest(
  pattern: Pattern | undefined,
  testOf: (pattern: Pattern) => Test,
  textsOf: (body: ReturnType<Question["body"]>) => readonly string[],
): QuestionTest[] {
  if (pattern === undefined) return [];
  const test = testOf(pattern);
  return [({ body }) => textsOf(body()).some(test)];
}
