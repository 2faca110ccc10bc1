import { type Json, type Message, messagesOf, toolsOf } from "../../synthesizer/index.ts";

/** A request as the conditions of replies see it. */
export interface Question {
  /** `chat.create`, `chat.stream`, `embeddings.create`, `rerank`, or any other operation. */
  readonly operation: string;
  /** Name of the model in the request. */
  readonly model: string | undefined;
  /** Name of the session; `""` without one. */
  readonly session: string;
  /** Parsed body; read only if a condition needs it, since a large one takes long. */
  readonly body: () => Json;
  /** Body as the model gets it after a search. @default the parsed body */
  readonly sent?: () => Json;
  /** False if the model can't answer, also not where a condition names it. @default the model can */
  readonly canAnswer?: (namesModel: boolean) => boolean;
}

/** Texts that a user asks about: the last message, the inputs of embeddings, or the query of a ranking. */
export function userTexts(body: Json): readonly string[] {
  const { input, query } = body;
  if (Array.isArray(body["messages"])) {
    const last = messagesOf(body).findLast(({ role }) => role === "user");
    return last === undefined ? [] : [last.text];
  }
  if (typeof query === "string") return [query];
  const inputs: readonly unknown[] = Array.isArray(input) ? input : [input];
  return inputs.filter((text) => typeof text === "string");
}

/** Texts of the system's and the developer's messages. */
export function systemTexts(body: Json): readonly string[] {
  return messagesOf(body).flatMap(({ role, text }) =>
    role === "system" || role === "developer" ? [text] : [],
  );
}

/** Number of the assistant's messages. */
export function turnOf(body: Json): number {
  return messagesOf(body).filter(({ role }) => role === "assistant").length;
}

/** Names of the functions that are offered, and of the one whose result is the last message. */
export function toolNames(body: Json): readonly string[] {
  return [...toolsOf(body).map(({ name }) => name), ...answeredTool(messagesOf(body))];
}

function answeredTool(messages: readonly Message[]): readonly string[] {
  const last = messages.at(-1);
  if (last?.role !== "tool") return [];
  return messages
    .flatMap(({ calls }) => calls)
    .filter(({ id }) => id === last.callId)
    .map(({ name }) => name);
}
