import type { Answer } from "../../../exchange/index.ts";
import type { Op } from "../../../http/index.ts";
import { isObject } from "../../../util/index.ts";
import { type Json, eventsOf, goStream, innerBody, innerError, isStream } from "../base/index.ts";
import { type TextKind, endOf, startOf, toolCalls } from "./lines.ts";
import { jsonAnswer, refuse } from "./refusal.ts";

/** An OpenAI answer as Ollama's: JSON, a stream of lines, or an error. */
export function textAnswer(kind: TextKind, model: string, answer: Answer): Answer {
  const { script, by } = answer;
  // An upstream that dies without an answer does so here too.
  if (script.head === null) return answer;
  if (script.head.status !== 200) {
    return { ...refuse(script.head.status, innerError(innerBody(answer))), by };
  }
  if (isStream(script)) {
    const ops = linesOf(kind, model, script.ops);
    return { ...answer, script: goStream("application/x-ndjson", ops, script.wait) };
  }
  const made = jsonAnswer(200, wholeOf(kind, model, innerBody(answer)), kind);
  const ops = [...script.ops.filter(({ op }) => op === "wait"), ...made.script.ops];
  return { ...answer, script: { ...made.script, wait: script.wait, ops } };
}

function wholeOf(kind: TextKind, model: string, body: Json): Json {
  const choice = firstChoice(body);
  const message = isObject(choice["message"]) ? choice["message"] : {};
  return {
    ...startOf(kind, model, body["created"], pieceOf(message, callsOf(message))),
    ...endOf(kind, choice["finish_reason"], body["usage"]),
  };
}

function firstChoice({ choices }: Json): Json {
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  return isObject(first) ? first : {};
}

function callsOf(message: Json): Json[] {
  const calls = message["tool_calls"];
  return Array.isArray(calls) ? calls.filter(isObject) : [];
}

function pieceOf(message: Json, calls: readonly Json[]): Parameters<typeof startOf>[3] {
  const { content } = message;
  const thinking = message["reasoning_content"] ?? message["reasoning"];
  return {
    content: typeof content === "string" ? content : "",
    ...(typeof thinking === "string" && thinking !== "" ? { thinking } : {}),
    ...(calls.length === 0 ? {} : { calls: toolCalls(calls) }),
  };
}

/** The ops of a stream of lines, at the times of the stream of events. */
function linesOf(kind: TextKind, model: string, ops: readonly Op[]): Op[] {
  const events = eventsOf();
  const translate = translator(kind, model);
  const write = (line: Json): Op => ({ op: "write", bytes: Buffer.from(`${JSON.stringify(line)}\n`) });
  const translated = (list: readonly Op[]): Op[] =>
    list.flatMap((op): Op[] => {
      if (op.op === "write") return events(op.bytes).flatMap(translate).map(write);
      return op.op === "repeat" ? [{ ...op, ops: translated(op.ops) }] : [op];
    });
  return translated(ops);
}

/**
 * Makes a function from a chunk to its lines. The last line waits for the usage, and a tool call for its arguments, which
 * Ollama sends whole.
 */
function translator(kind: TextKind, model: string): (chunk: Json) => Json[] {
  const calls: Json[] = [];
  let reason: unknown;
  let ended = false;
  const line = (chunk: Json, piece: Parameters<typeof startOf>[3]): Json => ({
    ...startOf(kind, model, chunk["created"], piece),
    done: false,
  });
  return (chunk) => {
    if (ended) return [];
    if (chunk["error"] !== undefined) return [{ error: innerError(chunk) }];
    const choice = firstChoice(chunk);
    if (choice["index"] !== undefined && choice["index"] !== 0) return [];
    const delta = isObject(choice["delta"]) ? choice["delta"] : {};
    const lines: Json[] = [];
    const piece = pieceOf(delta, []);
    if (piece.content !== "" || piece.thinking !== undefined) lines.push(line(chunk, piece));
    for (const call of callsOf(delta)) collect(calls, call);
    if (typeof choice["finish_reason"] === "string") {
      reason = choice["finish_reason"];
      if (calls.length > 0) lines.push(line(chunk, { content: "", calls: toolCalls(calls) }));
    }
    if (reason !== undefined && isObject(chunk["usage"])) {
      ended = true;
      const start = startOf(kind, model, chunk["created"], { content: "" });
      lines.push({ ...start, ...endOf(kind, reason, chunk["usage"]) });
    }
    return lines;
  };
}

/** Adds a delta of a tool call to the calls so far. */
function collect(calls: Json[], delta: Json): void {
  const at = typeof delta["index"] === "number" ? delta["index"] : calls.length;
  const known = calls[at] ?? {};
  const before = isObject(known["function"]) ? known["function"] : {};
  const added = isObject(delta["function"]) ? delta["function"] : {};
  const text = String(before["arguments"] ?? "") + String(added["arguments"] ?? "");
  calls[at] = {
    id: known["id"] ?? delta["id"],
    function: { name: before["name"] ?? added["name"], arguments: text },
  };
}
