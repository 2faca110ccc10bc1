import type { AnsweredBy } from "../../../exchange/index.ts";
import type { OglVersion } from "../../../openapi/index.ts";
import { Random, isObject, printSpacedUnicode } from "../../../util/index.ts";
import {
  type Json,
  type Message,
  REPLIED,
  type Reply,
  type Tool,
  digestOf,
  messagesOf,
  positive,
  stopsOf,
  synthesized,
} from "../base/index.ts";
import { type Hints, findHints, jsonObject, makeStructured, requestedSchema } from "../schema/index.ts";
import { type Topic, findChatTopic, writeAnswer } from "../text/index.ts";
import { chooseTools } from "./choose-tools.ts";
import { type TextToken, cutTokens, tokenize, textOf, tokensIn } from "./tokens.ts";

export interface Call {
  readonly id: string;
  readonly name: string;
  readonly arguments: readonly TextToken[];
}

/** Choice of an answer, cut at the request's limits. */
export interface Choice {
  readonly reasoning: readonly TextToken[];
  /** `null` if the model only calls tools. */
  readonly content: readonly TextToken[] | null;
  readonly calls: readonly Call[];
  readonly finish: string;
  /** Stop sequence that ended the content. */
  readonly stopReason: string | null;
}

/** Model's answer to a chat. */
export interface Completion {
  readonly choices: readonly Choice[];
  readonly by: AnsweredBy;
}

/** Refusal of an upstream, relayed by OGL. */
export interface Refused {
  readonly status: number;
  readonly message: string;
}

const MAX_CHOICES = 128;

/** Completes a chat. The same body gives the same completion, streamed or not. */
export function say(body: Json, model: string, ogl: OglVersion, reply?: Reply): Completion | Refused {
  if (reply?.error !== undefined) return reply.error;
  const messages = messagesOf(body);
  const { tools, why, unknown } = chooseTools(body, messages, ogl);
  if (unknown !== undefined && reply === undefined)
    return {
      status: 400,
      message: "The tool specified in `tool_choice` does not match any of the specified `tools`",
    };
  const seed = digestOf(model, body["messages"], body["tools"], body["response_format"], body["seed"]);
  const count = Math.min(positive(body["n"]) ?? 1, MAX_CHOICES);
  const drafts = Array.from({ length: count }, (_, i) => {
    const own = digestOf(seed, i);
    return reply === undefined ? draft(body, messages, tools, own) : draftReply(reply);
  });
  return {
    choices: drafts.map((each, i) => cutChoice(each, body, () => digestOf(seed, i, "calls"))),
    by: reply === undefined ? synthesized([drafts[0]?.how, why].filter(Boolean).join("; ")) : REPLIED,
  };
}

/** Completion before it is cut. */
interface Draft {
  readonly reasoning: string;
  readonly content: string | null;
  readonly calls: readonly { readonly name: string; readonly arguments: string }[];
  readonly finish: string | undefined;
  readonly how: string;
}

function draft(body: Json, messages: readonly Message[], tools: readonly Tool[], seed: string): Draft {
  const topic = findChatTopic(messages);
  const text = writeAnswer(messages, topic, new Random(seed));
  const plain = { reasoning: "", content: text, calls: [], finish: undefined };
  if (tools.length > 0) {
    const hints = hintsFor(messages, topic, text);
    const calls = tools.map((tool, i) => ({
      name: tool.name,
      arguments: printSpacedUnicode(argumentsFor(tool, hints, digestOf(seed, i))),
    }));
    return { ...plain, content: null, calls, how: `calls ${tools.map(({ name }) => name).join(", ")}` };
  }
  const request = requestedSchema(body);
  if (request === undefined) {
    const language = topic.language === "fr" ? "French" : "English";
    return { ...plain, how: `text in ${language} on the last message's words` };
  }
  const hints = hintsFor(messages, topic, text);
  const { value, fit } =
    request.schema === undefined
      ? { value: jsonObject(messages, hints, seed), fit: "matches" as const }
      : makeStructured(request.schema, hints, seed, false);
  return {
    ...plain,
    content: request.bare && typeof value === "string" ? value : printSpacedUnicode(value),
    how: `${request.name}${FIT_TEXTS[fit]}`,
  };
}

const FIT_TEXTS = {
  matches: "",
  differs: ", for which no matching value was found",
  unchecked: ", by which the value could not be validated",
} as const;

function hintsFor(messages: readonly Message[], { phrase, language }: Topic, sentence: string): Hints {
  const request = messages.filter(({ role }) => role === "user").map(({ text }) => text);
  return findHints(request.at(-1) ?? "", phrase, language, sentence);
}

function argumentsFor({ parameters }: Tool, hints: Hints, seed: string): unknown {
  if (!isObject(parameters) || Object.keys(parameters).length === 0) return {};
  const { value } = makeStructured(parameters, hints, seed, true);
  return value ?? {};
}

function draftReply({ content, reasoning, toolCalls = [], finishReason }: Reply): Draft {
  return {
    reasoning: reasoning ?? "",
    content: content ?? (toolCalls.length > 0 ? null : ""),
    calls: toolCalls.map(({ name, arguments: given }) => ({
      name,
      arguments: typeof given === "string" ? given : printSpacedUnicode(given ?? {}),
    })),
    finish: finishReason,
    how: "",
  };
}

/** Cuts a draft at the request's stop sequences, then at its number of tokens. */
function cutChoice({ reasoning, content, calls, finish }: Draft, body: Json, seed: () => string): Choice {
  const stop = content === null ? undefined : firstStop(content, stopsOf(body));
  const whole = stop === undefined || content === null ? content : content.slice(0, stop.at);
  const most = positive(body["max_completion_tokens"]) ?? positive(body["max_tokens"]) ?? Infinity;
  let left = most;
  let isCut = false;
  const fit = (text: string): readonly TextToken[] => {
    const all = tokenize(text);
    const kept = cutTokens(all, left);
    isCut ||= kept.length < all.length;
    left -= tokensIn(kept);
    return kept;
  };
  const thought = fit(reasoning);
  const completion = whole === null ? null : fit(whole);
  const called: Call[] = [];
  for (const [i, call] of calls.entries()) {
    if (left <= 0) isCut = true;
    if (isCut) break;
    const id = `chatcmpl-tool-${digestOf(seed(), i).slice(0, 32)}`;
    called.push({ id, name: call.name, arguments: fit(call.arguments) });
  }
  return {
    reasoning: thought,
    content: completion,
    calls: called,
    finish: isCut ? "length" : (finish ?? (called.length > 0 ? "tool_calls" : "stop")),
    stopReason: isCut ? null : (stop?.sequence ?? null),
  };
}

function firstStop(text: string, sequences: readonly string[]): { at: number; sequence: string } | undefined {
  return sequences
    .map((sequence) => ({ at: text.indexOf(sequence), sequence }))
    .filter(({ at }) => at !== -1)
    .toSorted((a, b) => a.at - b.at)[0];
}

/** Text of a choice; `null` if it only calls tools. */
export function choiceText({ content }: Choice): string | null {
  return content === null ? null : textOf(content);
}
