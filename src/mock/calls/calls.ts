import type { AnsweredBy, FaultNote, Trace } from "../../exchange/index.ts";
import { headerValue, isJsonType } from "../../http/index.ts";
import type { Finding } from "../../openapi/index.ts";
import type { ExchangeLine, Journal, JournalExchange } from "../../trace/index.ts";
import { holds, isObject, nearestWord } from "../../util/index.ts";
import { ReplyError, type When, checkOperation, checkPatterns, questionTest } from "../replies/index.ts";

/** A request that the mock has answered, without its secrets. */
export interface Call {
  /** Number of the exchange, from 1. */
  readonly id: number;
  /** Time of the request, ISO 8601. */
  readonly at: string;
  /** Name of the session; `""` without one. */
  readonly session: string;
  readonly operation: string | null;
  /** Name of the model in the body; `null` if it has none. */
  readonly model: string | null;
  readonly method: string;
  readonly target: string;
  /** Parsed body; its text if it is not JSON, and `undefined` without one. */
  readonly body: unknown;
  /** Deviations of the request from the OpenAPI. */
  readonly findings: readonly Finding[];
  /** Status of the answer; `null` if none was sent. */
  readonly status: number | null;
  /** Author of the answer. */
  readonly by: AnsweredBy;
  readonly faults: readonly FaultNote[];
}

/** Choice of calls. All conditions that are given must hold. */
export interface CallFilter extends When {
  readonly session?: string;
  /** Status of the answer. */
  readonly status?: number;
  /** Kind of the answer's author: `reply`, `cassette`, `synthesizer`, `ogl`, `miss` … */
  readonly by?: AnsweredBy["kind"];
  /** Members that the body has, among others. */
  readonly body?: unknown;
}

/** Members of a filter. */
export const FILTER_MEMBERS: readonly (keyof CallFilter)[] = [
  "operation",
  "model",
  "message",
  "system",
  "turn",
  "tool",
  "session",
  "status",
  "by",
  "body",
];

/**
 * The calls of a journal that a filter chooses, oldest first. A body of which the journal keeps only a part fits no condition
 * on bodies.
 * @param operations names of all operations
 * @throws ReplyError for a filter that can choose nothing
 */
export function callsIn(journal: Journal, operations: readonly string[], filter: CallFilter = {}): Call[] {
  checkFilter(filter, operations);
  const fits = exchangeTest(filter);
  const { session } = filter;
  return [...journal.exchanges(session === undefined ? {} : { session })].filter(fits).map(callOfExchange);
}

/** Checks a filter: a slip in it would choose nothing, and look as if nothing had been asked. @throws ReplyError */
function checkFilter(filter: CallFilter, operations: readonly string[]): void {
  const at = { file: "the filter of calls", pointer: "" };
  for (const name of Object.keys(filter)) {
    if (FILTER_MEMBERS.some((known) => known === name)) continue;
    const near = nearestWord(name, FILTER_MEMBERS);
    throw new ReplyError(
      "schema",
      { ...at, pointer: `/${name}` },
      `there is no member ${JSON.stringify(name)}`,
      near === undefined
        ? `use one of ${FILTER_MEMBERS.join(", ")}`
        : `did you mean ${JSON.stringify(near)}?`,
    );
  }
  checkPatterns(filter, at);
  checkOperation(filter.operation, operations, at);
  const { by } = filter;
  if (by !== undefined && !AUTHORS.includes(by))
    throw new ReplyError(
      "schema",
      { ...at, pointer: "/by" },
      `nobody called ${JSON.stringify(by)} answers`,
      `use one of ${AUTHORS.join(", ")}`,
    );
}

const AUTHORS: readonly AnsweredBy["kind"][] = [
  "reply",
  "cassette",
  "ogl",
  "synthesizer",
  "upstream",
  "too-large",
  "miss",
  "failed",
];

function exchangeTest(filter: CallFilter): (exchange: JournalExchange) => boolean {
  const { status, by, body, session: _, ...when } = filter;
  const fitsWhen = questionTest(when);
  return (exchange) => {
    const { trace } = exchange;
    if (status !== undefined && trace.answer.script.head?.status !== status) return false;
    if (by !== undefined && trace.answer.by.kind !== by) return false;
    const json = exchange.isWhole ? bodyOfTrace(trace) : undefined;
    const own = isObject(json) ? json : {};
    const model = bodyModel(json ?? Buffer.from(trace.request.body ?? []).toString("utf8"));
    const operation = repliedOperation(trace);
    if (!fitsWhen({ operation, model, session: trace.session, body: () => own })) return false;
    return body === undefined || holds(body, json);
  };
}

/** The operation as replies name it. */
function repliedOperation({ operation = "", request }: Trace): string {
  return request.target.split("?", 1)[0] === "/v1/rerank" ? "rerank" : operation;
}

function bodyOfTrace({ request: { headers, body } }: Trace): unknown {
  return body === undefined || !isJsonType(headerValue(headers, "content-type"))
    ? undefined
    : bodyValue(Buffer.from(body).toString("utf8"));
}

function bodyValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The model that a body names. Of the beginning of a body it is what looks like it. */
function bodyModel(body: unknown): string | undefined {
  if (typeof body === "string") return /"model"\s*:\s*"([^"\\]*)"/.exec(body)?.[1];
  const { model } = isObject(body) ? body : {};
  return typeof model === "string" ? model : undefined;
}

function callOfExchange({ line, trace }: JournalExchange): Call {
  return callOfLine(line(), repliedOperation(trace));
}

function callOfLine(line: ExchangeLine, operation: string): Call {
  const { id, at, session, request, findings, answer } = line;
  const body = request.body === undefined ? request.hex : bodyValue(request.body);
  return {
    id,
    at,
    session,
    operation: operation === "" ? null : operation,
    model: bodyModel(body) ?? null,
    method: request.method,
    target: request.target,
    body,
    findings,
    status: answer.status,
    by: answer.by,
    faults: answer.faults ?? [],
  };
}
