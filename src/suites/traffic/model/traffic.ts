import type { Trace } from "../../../exchange/index.ts";
import { decodeSse, headerValue, mediaType, sseEvents, writesOf } from "../../../http/index.ts";
import { defined } from "../../../util/index.ts";
import type { CommandEnd, ExchangeTrace, RunTrace } from "../../model/index.ts";

/** One exchange of a command that nobody drives: what it asked is its own affair, how it asked is judged. */
export interface Observed extends ExchangeTrace {
  /** Counted in the order in which the requests came. */
  readonly id: number;
  /** True if a cassette of the user's own has just this request: whatever it asks is what it is meant to ask. */
  readonly recorded: boolean;
  /** False where who saved it may have left the key out. */
  readonly keyKept: boolean;
  /** What of the answer does not keep to the OpenAPI; absent where that was not looked at. */
  readonly drift?: readonly string[];
}

/** All that was seen of a command, or of a file of saved traffic. */
export interface Traffic {
  readonly exchanges: readonly Observed[];
  /** Absent for traffic that was saved. */
  readonly command?: CommandEnd;
  /** False where nothing says when requests were sent: what is about time can't be judged. */
  readonly timed: boolean;
  /** Keys that were given to the command, or stand in its requests. */
  readonly keys: readonly string[];
}

export interface ObserveOptions {
  /** When the command had ended, in ms since the epoch; absent for saved traffic. */
  readonly endedAt?: number;
  /** Titles of the interactions of the user's own cassettes. */
  readonly own?: ReadonlySet<string>;
  /** Exchanges that were saved by something that leaves keys out. */
  readonly keyless?: ReadonlySet<Trace>;
  /** `undefined` where the answer is not to be judged. */
  readonly driftOf?: (trace: Trace) => readonly string[] | undefined;
}

/** A connection that its own process's end has closed is told of within this time, in ms. */
const END_MS = 50;

/** Exchanges in the order of their requests, with times in ms since the first. */
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
  const drift = options.driftOf?.(trace);
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

/** A connection closed shortly before the command's end is closed by that, unless the command still asked afterwards. */
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

/** Some exchanges in the form in which the checks of clients look at them. */
export function runTraceOf(exchanges: readonly Observed[]): RunTrace {
  return { calls: [], exchanges, capabilities: [], sees: ["wire"] };
}

/** `POST /v1/chat/completions`. */
export function lineOf({ request: { method, target } }: Observed): string {
  return `${method} ${target.length <= 120 ? target : `${target.slice(0, 119)}…`}`;
}

export function statusOf({ answer }: Observed): number | undefined {
  return answer.script.head?.status;
}

export function requestHeader({ request }: Observed, name: string): string | undefined {
  return headerValue(request.headers, name);
}

export function answerHeader({ answer }: Observed, name: string): string | undefined {
  return headerValue(answer.script.head?.headers ?? [], name);
}

/** The request's body as an object; `undefined` if it is none. */
export function observedBody({ request }: Observed): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(Buffer.from(request.body ?? []).toString("utf8")) as unknown;
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The bytes of the answer's body that were sent. */
export function answerBody({ answer, delivery }: Observed): Buffer {
  const parts: Uint8Array[] = [];
  for (const bytes of writesOf(answer.script.ops)) {
    if (parts.length >= delivery.writes) break;
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

/**
 * True if nothing more was to come. A client may leave when it has read `[DONE]`, as openai's do (observed: openai 7.57.0
 * for Node): such an answer is whole too.
 */
export function isWhole(exchange: Observed): boolean {
  const { delivery } = exchange;
  const ended = delivery.ended === "complete" || delivery.ended === "close";
  if (mediaType(answerHeader(exchange, "content-type")) !== "text/event-stream") return ended;
  const events = sseEvents(decodeSse(answerBody(exchange)));
  return events.some(({ data }) => data === "[DONE]" || /"finish_reason": ?"/.test(data));
}
