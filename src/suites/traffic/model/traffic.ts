import type { Trace } from "../../../exchange/index.ts";
import { decodeSse, headerValue, mediaType, sseEvents, writesOf } from "../../../http/index.ts";
import { defined } from "../../../util/index.ts";
import type { CommandEnd, ExchangeTrace, RunTrace } from "../../model/index.ts";

/** Exchange of a command that chooses its own requests: only their form is judged. */
export interface Observed extends ExchangeTrace {
  /** Position by arrival of the request, from 0. */
  readonly id: number;
  /** The user's own cassettes have this request, so its content is intended. */
  readonly recorded: boolean;
  /** False if the program that saved the exchange may have removed the key. */
  readonly keyKept: boolean;
  /** Deviations of the answer from the OpenAPI; absent if the answer was not checked. */
  readonly drift?: readonly string[];
}

/** All exchanges of a command, or of a file of saved traffic. */
export interface Traffic {
  readonly exchanges: readonly Observed[];
  /** Absent for saved traffic. */
  readonly command?: CommandEnd;
  /** False if the times of the requests are unknown: checks of time do not apply. */
  readonly timed: boolean;
  /** Keys given to the command or found in its requests. */
  readonly keys: readonly string[];
}

export interface ObserveOptions {
  /** End of the command, in ms since the epoch; absent for saved traffic. */
  readonly endedAt?: number;
  /** Titles of the interactions of the user's own cassettes. */
  readonly own?: ReadonlySet<string>;
  /** Exchanges saved by a program that removes keys. */
  readonly keyless?: ReadonlySet<Trace>;
  /** Finds an answer's deviations from the OpenAPI; `undefined` for an answer that is not judged. */
  readonly findDrift?: (trace: Trace) => readonly string[] | undefined;
}

/** Grace period (ms): a connection closed this soon before the command's end was closed by that end. */
const END_MS = 50;

/** Turns traces into exchanges sorted by their requests, with times in ms since the first request. */
export function observe(traces: readonly Trace[], options: ObserveOptions = {}): Observed[] {
  const sorted = traces.toSorted((a, b) => a.startedAt - b.startedAt);
  const origin = sorted[0]?.startedAt ?? 0;
  const lastStart = sorted.at(-1)?.startedAt ?? 0;
  return sorted.map((trace, id) => observed(trace, id, origin, lastStart, options));
}

function observed(
  trace: Trace,
  id: number,
  origin: number,
  lastStart: number,
  options: ObserveOptions,
): Observed {
  const { by } = trace.answer;
  const at = trace.startedAt - origin;
  const endedAt = at + trace.ms;
  const drift = options.findDrift?.(trace);
  return {
    ...trace,
    id,
    at,
    expected: true,
    keyKept: options.keyless?.has(trace) !== true,
    recorded: by.kind === "cassette" && options.own?.has(by.title) === true,
    endedAt,
    endedBy: endedBy(trace, endedAt + origin, lastStart, options.endedAt),
    ...defined({ drift }),
  };
}

/** Party that ended an exchange. The command's end ends connections shortly before it, unless later requests came. */
function endedBy(
  { delivery }: Trace,
  at: number,
  lastStart: number,
  commandEndedAt: number | undefined,
): Observed["endedBy"] {
  if (delivery.ended !== "aborted" && delivery.ended !== "stall") return "server";
  if (commandEndedAt === undefined || lastStart > at) return "client";
  return at >= commandEndedAt - END_MS ? "runner" : "client";
}

/** Wraps exchanges as a run trace for the checks of the client suite. */
export function runTraceOf(exchanges: readonly Observed[]): RunTrace {
  return { calls: [], exchanges, capabilities: [], sees: ["wire"] };
}

/** Method and target of the request, `POST /v1/chat/completions`, with a long target cut. */
export function lineOf({ request: { method, target } }: Observed): string {
  return `${method} ${target.length <= 120 ? target : `${target.slice(0, 119)}…`}`;
}

/** Status of the answer; `undefined` without a head. */
export function statusOf({ answer }: Observed): number | undefined {
  return answer.script.head?.status;
}

/** Value of the named request header. */
export function requestHeader({ request }: Observed, name: string): string | undefined {
  return headerValue(request.headers, name);
}

/** Value of the named header of the answer. */
export function answerHeader({ answer }: Observed, name: string): string | undefined {
  return headerValue(answer.script.head?.headers ?? [], name);
}

/** JSON body of the request; `undefined` if the body is not a JSON object or array. */
export function observedBody({ request }: Observed): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(Buffer.from(request.body ?? []).toString("utf8")) as unknown;
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes of the answer's body that were sent. */
export function answerBody({ answer, delivery }: Observed): Buffer {
  const parts: Uint8Array[] = [];
  for (const bytes of writesOf(answer.script.ops)) {
    if (parts.length >= delivery.writes) break;
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

/**
 * Whether the answer was complete. A client may leave after `[DONE]`, as openai's do (observed: openai 7.57.0 for Node):
 * such an answer counts as complete.
 */
export function isWhole(exchange: Observed): boolean {
  const { delivery } = exchange;
  const ended = delivery.ended === "complete" || delivery.ended === "close";
  if (mediaType(answerHeader(exchange, "content-type")) !== "text/event-stream") return ended;
  const events = sseEvents(decodeSse(answerBody(exchange)));
  return events.some(({ data }) => data === "[DONE]" || /"finish_reason": ?"/.test(data));
}
