import { isObject } from "../../../util/index.ts";
import { type Json, goJson, goStream, innerError } from "../base/index.ts";
import {
  type Choice,
  type Identity,
  type OpenAiWire,
  type StreamWriter,
  type Usage,
  addCallDelta,
} from "../openai-api/index.ts";
import { RUNNER_DIED, type TextKind, lastMembers, ollamaCalls, startOf } from "./lines.ts";
import { ginJson, ollamaError } from "./refusal.ts";

/** Ollama's own spelling of a chat or of generated text. @param model its name in the request */
export function nativeWire(kind: TextKind, model: string): OpenAiWire {
  return {
    json: (body) => ginJson(200, body, kind).script,
    stream: (ops, wait) => goStream("application/x-ndjson", ops, wait),
    whole: (_, { identity, choices, usage }) => ({
      ...startOf(kind, model, identity.created, linePartsOf(choices[0], choices[0]?.calls ?? [])),
      ...lastMembers(kind, choices[0]?.finish, usage),
    }),
    writer: () => lineWriter(kind, model),
    refused: ollamaError,
  };
}

function linePartsOf(choice: Choice | undefined, calls: readonly Json[]): Parameters<typeof startOf>[3] {
  const { content = "", reasoning = "" } = choice ?? {};
  return {
    content,
    ...(reasoning === "" ? {} : { thinking: reasoning }),
    ...(calls.length === 0 ? {} : { calls: ollamaCalls(calls) }),
  };
}

/** Writes lines. The last one waits for the usage, and a tool call for its arguments, which Ollama sends whole. */
function lineWriter(kind: TextKind, model: string): StreamWriter {
  const calls: Json[] = [];
  let reason: string | undefined;
  const line = ({ created }: Identity, parts: Parameters<typeof startOf>[3], more: Json): string =>
    `${goJson({ ...startOf(kind, model, created, parts), ...more })}\n`;
  return {
    delta: (identity, delta) => {
      if (delta.index !== 0) return [];
      const parts = linePartsOf(delta, []);
      const says = parts.content !== "" || parts.thinking !== undefined;
      for (const call of delta.calls) addCallDelta(calls, call);
      reason = delta.finish ?? reason;
      const called = delta.finish !== undefined && calls.length > 0;
      return [
        ...(says ? [line(identity, parts, { done: false })] : []),
        ...(called ? [line(identity, { content: "", calls: ollamaCalls(calls) }, { done: false })] : []),
      ];
    },
    end: (identity, usage: Usage = { prompt: 0, completion: 0 }) =>
      reason === undefined ? [] : [line(identity, { content: "" }, lastMembers(kind, reason, usage))],
    other: (block) => {
      const error = errorIn(block);
      return error === undefined ? [] : [`${goJson({ error })}\n`];
    },
    died: () => [`${goJson({ error: RUNNER_DIED })}\n`],
  };
}

/** The text of an error in an event; `undefined` for an event that has none. */
function errorIn(block: string): string | undefined {
  try {
    const json: unknown = JSON.parse(block.replace(/^data: ?/, ""));
    return isObject(json) && json["error"] !== undefined ? innerError(json) : undefined;
  } catch {
    return undefined;
  }
}
