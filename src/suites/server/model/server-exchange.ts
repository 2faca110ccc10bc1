import type { SseEvent, SseToken } from "../../../http/index.ts";
import { decodeSse, headerValue, mediaType, sseEvents, writesOf } from "../../../http/index.ts";
import { isObject, jsonValue } from "../../../util/index.ts";
import type { ExchangeTrace } from "../../model/index.ts";

/** Exchange with the judged server, as its bytes came. */
export interface ServerExchange extends ExchangeTrace {
  /** Position in its probe, from 0. */
  readonly nth: number;
  /** Part that the request plays in its probe. */
  readonly part?: string;
  /** Number of bytes that came after the end of the message on the same connection. */
  readonly surplus: number;
  /** Problem of the connection or of the message's framing. */
  readonly trouble?: string;
}

/** JSON object of an answer. */
export type Members = Readonly<Record<string, unknown>>;

/** Status of the answer; 0 if no head came. */
export function answeredStatus({ answer }: ServerExchange): number {
  return answer.script.head?.status ?? 0;
}

/** Value of a header of the answer. */
export function answeredHeader({ answer }: ServerExchange, name: string): string | undefined {
  return headerValue(answer.script.head?.headers ?? [], name);
}

/** Media type of the answer. */
export function answeredType(exchange: ServerExchange): string | undefined {
  return mediaType(answeredHeader(exchange, "content-type"));
}

/** Body of the answer, as far as it came. */
export function answeredBytes({ answer }: ServerExchange): Buffer {
  return Buffer.concat([...writesOf(answer.script.ops)]);
}

/** Body of the answer as text. */
export function answeredBodyText(exchange: ServerExchange): string {
  return answeredBytes(exchange).toString("utf8");
}

/** Object of a JSON answer; `undefined` if the body is none. */
export function answeredObject(exchange: ServerExchange): Members | undefined {
  return asMembers(jsonValue(answeredBodyText(exchange)));
}

/** Value as a JSON object; `undefined` if it is none. */
export function asMembers(value: unknown): Members | undefined {
  return isObject(value) ? value : undefined;
}

/** Value as a list of JSON objects; other items are left out. */
export function objectsAmong(value: unknown): Members[] {
  return Array.isArray(value) ? value.filter((item): item is Members => isObject(item)) : [];
}

/** Tokens of an event stream. */
export function streamTokens(exchange: ServerExchange): readonly SseToken[] {
  return decodeSse(answeredBytes(exchange));
}

/** Events of an event stream. */
export function streamEvents(exchange: ServerExchange): readonly SseEvent[] {
  return sseEvents(streamTokens(exchange));
}

/** Chunks of a streamed chat: the objects of its events, in order. */
export function streamChunks(exchange: ServerExchange): Members[] {
  return objectsAmong(streamEvents(exchange).map(({ data }) => jsonValue(data)));
}

/** Whether the answer came to its end by its framing. */
export function isWholeAnswer({ delivery }: ServerExchange): boolean {
  return delivery.ended === "complete" || delivery.ended === "close";
}

/** Whether the answer is a success. */
export function isSuccess(exchange: ServerExchange): boolean {
  const status = answeredStatus(exchange);
  return status >= 200 && status < 300;
}

/** Request with its answer's status, for messages: `POST /v1/chat/completions -> 200`. */
export function shownExchange(exchange: ServerExchange): string {
  const { method, target } = exchange.request;
  const status = answeredStatus(exchange);
  return `${method} ${target} -> ${status === 0 ? "no answer" : status}`;
}

/** Key of an answer that has made one, by the member of any generation; `undefined` if there is none. */
export function madeKey(exchange: ServerExchange): string | undefined {
  const { key, token, value } = answeredObject(exchange) ?? {};
  return [key, token, value].find((one): one is string => typeof one === "string" && one !== "");
}
