import type { ValidateFunction } from "ajv/dist/2020.js";
import {
  formatPointer,
  globPattern,
  isObject,
  nearestWord,
  type OwnSchema,
  validatorOf,
  explainSchemaError,
  withOthers,
} from "../../../util/index.ts";
import type { Reply } from "../../synthesizer/index.ts";
import { readPattern } from "./pattern.ts";
import { ReplyError, type ReplyErrorLocation } from "./reply-error.ts";
import { REPLY_RULE_SCHEMA } from "./schema.ts";
import type { ReplyRule, When } from "./types.ts";

/** Operations that a reply can answer. */
const REPLIED_OPERATIONS: readonly string[] = ["chat.create", "chat.stream", "embeddings.create", "rerank"];

const ROOT_FIX = 'write { "reply": "Bonjour", "when": { "message": "…" } }';

/** The form of a reply with its conditions. */
export const RULE_FORM: OwnSchema = {
  name: "reply",
  schema: REPLY_RULE_SCHEMA,
  options: { strict: false, allErrors: true },
};

let validate: ValidateFunction | undefined;

/**
 * Checks a list of replies with their conditions.
 * @throws ReplyError with the pointer of each mistake, the others as `cause`
 */
export function checkRules(json: unknown, at: ReplyErrorLocation): readonly ReplyRule[] {
  if (!Array.isArray(json)) throw new ReplyError("schema", at, "must be a list of replies", `[${ROOT_FIX}]`);
  return (json as unknown[]).map((rule, i) => checkRule(rule, { ...at, pointer: `${at.pointer}/${i}` }));
}

/**
 * Checks a reply with its conditions.
 * @throws ReplyError with the pointer of each mistake, the others as `cause`
 */
export function checkRule(json: unknown, at: ReplyErrorLocation): ReplyRule {
  validate ??= validatorOf(RULE_FORM);
  const plain = plainRule(json);
  if (!validate(plain))
    throw withOthers(
      (validate.errors ?? []).map((error) => {
        const { pointer, reason, fix } = explainSchemaError(error, REPLY_RULE_SCHEMA, plain, ROOT_FIX);
        return new ReplyError("schema", { ...at, pointer: at.pointer + pointer }, reason, fix);
      }),
    );
  const rule = json as ReplyRule;
  checkWhen(rule.when ?? {}, { ...at, pointer: `${at.pointer}/when` });
  checkReplies(rule.reply, { ...at, pointer: `${at.pointer}/reply` });
  return rule;
}

/** Replies as JSON can spell them: a function counts as a text, a `RegExp` as its source. */
export function plainRules(json: unknown): unknown {
  return Array.isArray(json) ? (json as unknown[]).map(plainRule) : json;
}

function plainRule(json: unknown): unknown {
  if (!isObject(json)) return json;
  const { reply, when } = json;
  const conditions = isObject(when)
    ? Object.entries(when).map(([name, value]) => [name, value instanceof RegExp ? String(value) : value])
    : undefined;
  return {
    ...json,
    ...(typeof reply === "function" ? { reply: "" } : {}),
    ...(conditions === undefined ? {} : { when: Object.fromEntries(conditions) as object }),
  };
}

/** Checks the conditions that a schema can't: regular expressions and names of operations. @throws ReplyError */
function checkWhen(when: When, at: ReplyErrorLocation): void {
  checkPatterns(when, at);
  checkOperation(when.operation, REPLIED_OPERATIONS, at);
}

/** Checks the regular expressions of conditions. @throws ReplyError */
export function checkPatterns(when: When, at: ReplyErrorLocation): void {
  for (const name of ["model", "message", "system", "tool"] as const) {
    const pattern = when[name];
    if (pattern === undefined) continue;
    try {
      readPattern(pattern);
    } catch (error) {
      throw new ReplyError(
        "pattern",
        { ...at, pointer: at.pointer + formatPointer([name]) },
        `no regular expression: ${(error as Error).message}`,
        "correct it, or leave out the slashes to search for the text itself",
      );
    }
  }
}

/** Checks the name of an operation, in which `*` stands for any characters. @throws ReplyError if it names none */
export function checkOperation(
  operation: string | undefined,
  known: readonly string[],
  at: ReplyErrorLocation,
): void {
  if (operation === undefined) return;
  const glob = globPattern(operation);
  if (known.some((id) => glob.test(id))) return;
  const near = nearestWord(operation, known);
  throw new ReplyError(
    "operation",
    { ...at, pointer: `${at.pointer}/operation` },
    known === REPLIED_OPERATIONS
      ? `a reply can't answer ${JSON.stringify(operation)}`
      : `no operation is called ${JSON.stringify(operation)}`,
    near !== undefined
      ? `did you mean ${near}?`
      : known === REPLIED_OPERATIONS
        ? `use ${REPLIED_OPERATIONS.join(", ")} or chat.*; an interaction can answer any other operation`
        : "`gatetape spec show` lists them; * is all",
  );
}

function checkReplies(reply: ReplyRule["reply"], at: ReplyErrorLocation): void {
  if (typeof reply === "string" || typeof reply === "function") return;
  if (isReply(reply)) {
    checkNotEmpty(reply, at);
    return;
  }
  for (const [i, one] of reply.entries())
    if (typeof one !== "string") checkNotEmpty(one, { ...at, pointer: `${at.pointer}/${i}` });
}

function isReply(reply: Exclude<ReplyRule["reply"], string | ((...args: never) => unknown)>): reply is Reply {
  return !Array.isArray(reply);
}

function checkNotEmpty(reply: Reply, at: ReplyErrorLocation): void {
  if (Object.values(reply).every((member) => member === undefined))
    throw new ReplyError(
      "empty",
      at,
      "the reply says nothing",
      "give it content, reasoning, toolCalls, embeddings, scores or an error",
    );
}

/**
 * Checks what a function has returned.
 * @throws ReplyError
 */
export function checkReturned(given: unknown, at: ReplyErrorLocation): Reply | undefined {
  if (given === undefined) return undefined;
  const { reply } = checkRule({ reply: given }, at);
  if (typeof reply === "string") return { content: reply };
  if (typeof reply !== "function" && isReply(reply)) return reply;
  throw new ReplyError("schema", at, "a function gives one reply", "return a text, an object or undefined");
}
