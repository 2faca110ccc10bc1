import { isUtf8 } from "node:buffer";
import {
  type Inputs,
  type PyValue,
  type Verdict,
  printAnswer,
  checkRequest,
  needsFullLook,
  printPython,
  queryPairs,
  readPythonJson,
} from "../asgi/index.ts";
import type { Answer, ExchangeRequest } from "../exchange/index.ts";
import { headerValue, isJsonType } from "../http/index.ts";
import type { Operation, Spec } from "../openapi/index.ts";
import { failure, refuse, refuseWith } from "./errors.ts";
import type { RequestFacts } from "./facts.ts";
import { runsOnModel } from "./operations.ts";
import { fastApiOf } from "./rules/index.ts";

type Refusing = Exclude<Verdict, { kind: "accepted" }>;

/** Verdicts by request, so that each request is judged once. */
const verdicts = new WeakMap<ExchangeRequest, Verdict>();

/**
 * Refuses a body that FastAPI can't read, which it does even before it checks the key (observed on 0.4.1:
 * auth-none-badjson, http-bad-utf8).
 */
export function refuseSyntax(spec: Spec, exchange: ExchangeRequest, now?: number): Answer | undefined {
  if (exchange.insight !== undefined) return exchange.insight.syntax;
  const { body, json, operation } = exchange;
  if (body.length === 0 || operation?.definition.requestBody === undefined) return undefined;
  // A number of too many digits is infinite in JavaScript, and is not read by Python.
  if (json !== undefined && !holdsInfinity(json)) return undefined;
  const verdict = validationVerdict(spec, exchange, now);
  return verdict.kind !== "accepted" && isSyntax(verdict) ? verdictAnswer(verdict) : undefined;
}

/**
 * Refuses a request whose fields do not fit OGL's models: a 422 in pydantic's words.
 *
 * @param now milliseconds since 1970
 * @returns `undefined` if the request is accepted
 */
export function refuseFields(spec: Spec, exchange: ExchangeRequest, now?: number): Answer | undefined {
  if (exchange.insight !== undefined) return exchange.insight.fields;
  const { findings, operation, json } = exchange;
  if (operation === undefined || (findings.length === 0 && !needsFullLook(fastApiOf(spec), operation, json)))
    return undefined;
  const verdict = validationVerdict(spec, exchange, now);
  return verdict.kind === "accepted" ? undefined : verdictAnswer(verdict);
}

/**
 * The values that FastAPI makes of a request.
 *
 * @returns `undefined` if it refuses the request
 */
export function requestInputs(spec: Spec, exchange: ExchangeRequest, now: number): Inputs | undefined {
  const verdict = validationVerdict(spec, exchange, now);
  return verdict.kind === "accepted" ? verdict.inputs : undefined;
}

/**
 * Refuses the form of an upload by the model that OGL makes of it itself, in a dependency that comes before all others
 * (observed on 0.4.1: nostore-15).
 */
export function refuseForm(spec: Spec, exchange: ExchangeRequest, now: number): Answer | undefined {
  const verdict = validationVerdict(spec, exchange, now);
  return verdict.kind === "errors" && verdict.errors.some(({ url }) => url !== undefined)
    ? verdictAnswer(verdict)
    : undefined;
}

/**
 * Refuses a body that Python reads but can't send on to an upstream: NaN, or half a surrogate pair (observed on 0.4.1:
 * http-nan, chat-float-exponent, http-lone-surrogate).
 */
export function refuseUnsendable({
  exchange,
  operation,
}: Pick<RequestFacts, "exchange" | "operation">): Answer | undefined {
  if (exchange.insight !== undefined) return exchange.insight.unsendable;
  const { json, body } = exchange;
  if (body.length === 0 || !runsOnModel(operation)) return undefined;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  const escaped = bytes.includes("\\ud") || bytes.includes("\\uD");
  if (json !== undefined && !escaped && !holdsInfinity(json)) return undefined;
  const decoded = readPythonJson(body);
  if (!("value" in decoded)) return undefined;
  const printed = printPython(decoded.value);
  // The depth of an echo has another limit than the depth of a body that is sent on.
  if (!("failure" in printed) || printed.failure === "RecursionError") return undefined;
  return refuse(500, printed.failure, "the body can't be sent on to an upstream");
}

/**
 * Reads a body as OGL's own checks of access and limits do, whatever its content type. Unlike FastAPI they read no JSON
 * after a byte order mark, and none in UTF-16 or UTF-32 (read in OGL's source).
 *
 * @returns `undefined` if there is no body or it can't be read
 */
export function readBodyValue(exchange: ExchangeRequest): unknown {
  if (exchange.insight !== undefined) return exchange.insight.outline;
  const { json, body, form, headers } = exchange;
  if (body.length === 0) return undefined;
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return undefined;
  if (json !== undefined) return isUtf8(body) && body[0] !== 0 && body[1] !== 0 ? json : undefined;
  const type = (headerValue(headers, "content-type") ?? "").toLowerCase();
  if (type.startsWith("multipart/form-data"))
    return Object.fromEntries(
      (form ?? []).map(({ name, text, filename }) => [name, filename === undefined ? text : {}]),
    );
  if (type.startsWith("application/x-www-form-urlencoded"))
    return Object.fromEntries(queryPairs(Buffer.from(body).toString("latin1")));
  const decoded = readPythonJson(body);
  return "value" in decoded ? plain(decoded.value, 0) : undefined;
}

function validationVerdict(spec: Spec, exchange: ExchangeRequest, now?: number): Verdict {
  let verdict = verdicts.get(exchange);
  if (verdict === undefined) {
    const { params, target, body, headers } = exchange;
    const mark = target.indexOf("?");
    const request = {
      operation: exchange.operation as Operation,
      params,
      query: mark === -1 ? [] : queryPairs(target.slice(mark + 1)),
      contentType: headerValue(headers, "content-type"),
      body,
    };
    verdict = checkRequest(fastApiOf(spec), request, now);
    verdicts.set(exchange, verdict);
  }
  return verdict;
}

function isSyntax(verdict: Refusing): boolean {
  return verdict.kind === "errors"
    ? verdict.errors[0]?.type === "json_invalid" && verdict.errors[0].loc.length === 2
    : verdict.kind === "refused" && verdict.status === 400;
}

function verdictAnswer(verdict: Refusing): Answer {
  const { status, contentType, body } = printAnswer(verdict);
  const why = reasonOf(verdict);
  return isJsonType(contentType) ? refuseWith(status, body, why) : failure(why);
}

/** Length (characters) of a location or message in a reason. */
const MAX_LOC = 200;
/** Number of errors of a 422 that a reason names. */
const MAX_REASONS = 3;

/** Reason of a refusal in one line: `body.messages: Field required`. */
function reasonOf(verdict: Refusing): string {
  if (verdict.kind === "refused") return verdict.detail;
  if (verdict.kind === "crashed") return verdict.exception;
  const { errors } = verdict;
  const [first] = errors;
  if (first?.type === "json_invalid")
    return `not JSON at character ${first.loc.at(-1)}: ${first.ctx?.get("error")}`;
  const shown = errors
    .slice(0, MAX_REASONS)
    .map(({ loc, msg }) => `${loc.join(".").slice(0, MAX_LOC)}: ${msg.slice(0, MAX_LOC)}`);
  const more = errors.length - shown.length;
  return shown.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

/** True if JSON holds a number beyond those of JavaScript. */
function holdsInfinity(json: unknown): boolean {
  if (typeof json === "number") return !Number.isFinite(json);
  if (typeof json !== "object" || json === null) return false;
  return (Array.isArray(json) ? (json as unknown[]) : Object.values(json)).some(holdsInfinity);
}

/** Converts a value of Python to one of JavaScript, to the depth of a chat's body. */
function plain(value: PyValue, depth: number): unknown {
  if (typeof value === "bigint") return Number(value);
  if (depth > 8 || value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [key, plain(item, depth + 1)]));
  return undefined;
}
