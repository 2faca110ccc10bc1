import type { Answer } from "../../../exchange/index.ts";
import type { Op } from "../../../http/index.ts";
import { isObject } from "../../../util/index.ts";
import {
  type Json,
  eventReader,
  goJson,
  goStream,
  innerBody,
  innerError,
  hasEventStream,
} from "../base/index.ts";
import { addCallDelta } from "../openai-api/index.ts";
import { type TextKind, lastMembers, startOf, ollamaCalls } from "./lines.ts";
import { ginJson, ollamaError } from "./refusal.ts";

/** An OpenAI answer as Ollama's: JSON, a stream of lines, or an error. */
export function textAnswer(kind: TextKind, model: string, answer: Answer): Answer {
  const { script, by } = answer;
  // An upstream that dies without an answer does so here too.
  if (script.head === null) return answer;
  if (script.head.status !== 200) {
    return { ...ollamaError(script.head.status, innerError(innerBody(answer))), by };
  }
  if (hasEventStream(script)) {
    const ops = lineOps(kind, model, script.ops);
    return { ...answer, script: goStream("application/x-ndjson", ops, script.wait) };
  }
  const made = ginJson(200, jsonMembers(kind, model, innerBody(answer)), kind);
  const ops = [...script.ops.filter(({ op }) => op === "wait"), ...made.script.ops];
  return { ...answer, script: { ...made.script, wait: script.wait, ops } };
}

function jsonMembers(kind: TextKind, model: string, body: Json): Json {
  const choice = firstChoice(body);
  const message = isObject(choice["message"]) ? choice["message"] : {};
  return {
    ...startOf(kind, model, body["created"], linePartsOf(message, deltaCalls(message))),
    ...lastMembers(kind, choice["finish_reason"], body["usage"]),
  };
}

function firstChoice({ choices }: Json): Json {
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  return isObject(first) ? first : {};
}

function deltaCalls(message: Json): Json[] {
  const calls = message["tool_calls"];
  return Array.isArray(calls) ? calls.filter(isObject) : [];
}

function linePartsOf(message: Json, calls: readonly Json[]): Parameters<typeof startOf>[3] {
  const { content } = message;
  const thinking = message["reasoning_content"] ?? message["reasoning"];
  return {
    content: typeof content === "string" ? content : "",
    ...(typeof thinking === "string" && thinking !== "" ? { thinking } : {}),
    ...(calls.length === 0 ? {} : { calls: ollamaCalls(calls) }),
  };
}

/** The ops of a stream of lines, at the times of the stream of events. */
function lineOps(kind: TextKind, model: string, ops: readonly Op[]): Op[] {
  const events = eventReader();
  const translate = translator(kind, model);
  const write = (line: Json): Op => ({ op: "write", bytes: Buffer.from(`${goJson(line)}\n`) });
  const translated = (list: readonly Op[]): Op[] =>
    list.flatMap((op): Op[] => {
      if (op.op === "write") return events(op.bytes).flatMap(translate.chunk).map(write);
      if (op.op === "repeat") return [{ ...op, ops: translated(op.ops) }];
      return op.op === "complete" || op.op === "close" ? [...translate.end().map(write), op] : [op];
    });
  return translated(ops);
}

interface Translator {
  /** The lines of a chunk. */
  chunk(chunk: Json): Json[];
  /** The last line, of a stream that was finished. */
  end(): Json[];
}

/**
 * Makes a translator of one stream. The last line waits for the last usage, and a tool call for its arguments, which
 * Ollama sends whole.
 */
function translator(kind: TextKind, model: string): Translator {
  const calls: Json[] = [];
  let reason: unknown;
  let usage: unknown;
  let created: unknown;
  const line = (chunk: Json, parts: Parameters<typeof startOf>[3]): Json => ({
    ...startOf(kind, model, chunk["created"], parts),
    done: false,
  });
  const translate = (chunk: Json): Json[] => {
    if (chunk["error"] !== undefined) return [{ error: innerError(chunk) }];
    const choice = firstChoice(chunk);
    if (choice["index"] !== undefined && choice["index"] !== 0) return [];
    const delta = isObject(choice["delta"]) ? choice["delta"] : {};
    const lines: Json[] = [];
    const parts = linePartsOf(delta, []);
    if (parts.content !== "" || parts.thinking !== undefined) lines.push(line(chunk, parts));
    for (const call of deltaCalls(delta)) addCallDelta(calls, call);
    if (typeof choice["finish_reason"] === "string") {
      reason = choice["finish_reason"];
      if (calls.length > 0) lines.push(line(chunk, { content: "", calls: ollamaCalls(calls) }));
    }
    usage = chunk["usage"] ?? usage;
    created ??= chunk["created"];
    return lines;
  };
  const end = (): Json[] =>
    reason === undefined
      ? []
      : [{ ...startOf(kind, model, created, { content: "" }), ...lastMembers(kind, reason, usage) }];
  return { chunk: translate, end };
}
