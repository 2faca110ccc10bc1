/** Parts of chats' answers that several checks read. */
import {
  type Members,
  type ServerExchange,
  answeredBodyText,
  answeredObject,
  answeredType,
  asMembers,
  isSuccess,
  objectsAmong,
  streamChunks,
  streamEvents,
} from "../model/index.ts";

/** Finish reasons of OpenAI's API. */
export const FINISH_REASONS: ReadonlySet<unknown> = new Set([
  "stop",
  "length",
  "tool_calls",
  "content_filter",
  "function_call",
]);

/** Choices of a JSON answer. */
export function answeredChoices(exchange: ServerExchange): Members[] {
  return objectsAmong(answeredObject(exchange)?.["choices"]);
}

/** Text of a choice; `undefined` if it has none. */
export function assistantText(choice: Members | undefined): string | undefined {
  const content = asMembers(choice?.["message"])?.["content"];
  return typeof content === "string" ? content : undefined;
}

/** Whether the exchange is a stream of events that was answered as one, by its type or by its first line. */
export function isEventStream(exchange: ServerExchange): boolean {
  if (!isSuccess(exchange)) return false;
  return (
    answeredType(exchange) === "text/event-stream" || /^(?:data|event|id)?:/.test(answeredBodyText(exchange))
  );
}

/** Chunk of a stream's choice. */
export interface ChoiceDelta {
  readonly index: unknown;
  readonly delta: Members;
  readonly finishReason: unknown;
}

/** Chunks of all choices, in order. */
export function choiceDeltas(exchange: ServerExchange): ChoiceDelta[] {
  return streamChunks(exchange).flatMap((chunk) =>
    objectsAmong(chunk["choices"]).map((choice) => ({
      index: choice["index"],
      delta: asMembers(choice["delta"]) ?? {},
      finishReason: choice["finish_reason"] ?? null,
    })),
  );
}

/** Text of a choice's deltas, joined. */
export function joinedText(exchange: ServerExchange, index = 0): string {
  return choiceDeltas(exchange)
    .filter((choice) => choice.index === index)
    .map(({ delta }) => (typeof delta["content"] === "string" ? delta["content"] : ""))
    .join("");
}

/** Whether a stream ends in `[DONE]`. */
export function hasDone(exchange: ServerExchange): boolean {
  return streamEvents(exchange).at(-1)?.data === "[DONE]";
}

/** Problems of a usage object. */
export function usageProblems(usage: unknown): string[] {
  const members = asMembers(usage);
  if (members === undefined) return ["usage is no object"];
  const [prompt, completion, total] = ["prompt_tokens", "completion_tokens", "total_tokens"].map(
    (name) => members[name],
  );
  const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0;
  if (!isCount(prompt) || !isCount(total)) return ["usage lacks prompt_tokens or total_tokens"];
  const sum = prompt + (isCount(completion) ? completion : 0);
  return sum === total
    ? []
    : [`usage does not add up: ${prompt} + ${isCount(completion) ? completion : 0} is not ${total}`];
}
