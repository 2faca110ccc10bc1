import { isObject } from "../../../util/index.ts";
import type { Json } from "../base/index.ts";
import type { Usage } from "../openai-api/index.ts";

/** Text of an answer whose runner died (observed: ollama-trouble-chat-runner-dies-json). */
export const RUNNER_DIED = "an error was encountered while running the model: unexpected EOF";

/** Text operation that a line belongs to. */
export type TextKind = "chat" | "generate";

/** Duration (ns) of a token, and of a model's loading; the same for every answer, so that answers are the same everywhere. */
const TOKEN_NS = 10_000_000;
const LOAD_NS = 1_000_000;

/** A time as Go prints it, of Unix seconds. */
export function goTime(seconds: unknown): string {
  const at = new Date(typeof seconds === "number" ? seconds * 1000 : 0);
  return at.toISOString().replace(/\.?0*Z$/, "Z");
}

/** Parts of a line: content, thinking and tool calls, in Ollama's order. */
interface LineParts {
  readonly content: string;
  readonly thinking?: string;
  readonly calls?: readonly Json[];
}

/** A line without its end, or the start of an answer in JSON. */
export function startOf(kind: TextKind, model: string, created: unknown, parts: LineParts): Json {
  const { content, thinking, calls } = parts;
  const thought = thinking === undefined ? {} : { thinking };
  const tools = calls === undefined ? {} : { tool_calls: calls };
  const completion =
    kind === "chat"
      ? { message: { role: "assistant", content, ...thought, ...tools } }
      : { response: content, ...thought, ...tools };
  return { model, created_at: goTime(created), ...completion };
}

/** The members that end an answer. @param reason OpenAI's finish_reason */
export function lastMembers(kind: TextKind, reason: string | undefined, usage: Usage): Json {
  const { prompt: prompts, completion: count } = usage;
  const [reading, writing] = [prompts * (TOKEN_NS / 10), count * TOKEN_NS];
  return {
    done: true,
    // A tool call ends with `stop` as well (observed: chat-tools-stream).
    done_reason: reason === "length" ? "length" : "stop",
    ...(kind === "generate" ? { context: Array.from({ length: prompts + count }, (_, at) => at + 1) } : {}),
    total_duration: LOAD_NS + reading + writing,
    load_duration: LOAD_NS,
    prompt_eval_count: prompts,
    prompt_eval_duration: reading,
    eval_count: count,
    eval_duration: writing,
  };
}

/** OpenAI's tool calls in Ollama's form: no type, and arguments as an object. */
export function ollamaCalls(calls: readonly Json[]): Json[] {
  return calls.map((call, index) => {
    const made = isObject(call["function"]) ? call["function"] : {};
    return {
      id: call["id"],
      function: { index, name: made["name"], arguments: argumentsOf(made["arguments"]) },
    };
  });
}

function argumentsOf(text: unknown): unknown {
  try {
    return JSON.parse(String(text)) as unknown;
  } catch {
    return {};
  }
}
