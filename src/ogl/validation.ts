import {
  type PyValue,
  type Verdict,
  answerOf,
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

/** Judged once, whoever asks. */
const verdicts = new WeakMap<ExchangeRequest, Refusing | "accepted">();

/** What FastAPI refuses before anything else, the key too: a body that it can't read (auth-none-badjson, http-bad-utf8). */
export function refuseSyntax(spec: Spec, exchange: ExchangeRequest): Answer | undefined {
  const { body, json, operation } = exchange;
  if (body.length === 0 || json !== undefined || operation?.definition.requestBody === undefined)
    return undefined;
  const verdict = validationVerdict(spec, exchange);
  return verdict !== "accepted" && isSyntax(verdict) ? answerTo(verdict) : undefined;
}

/** FastAPI's answer to a request whose fields are not as OGL's models have them: a 422 in pydantic's words. */
export function refuseFields(spec: Spec, exchange: ExchangeRequest): Answer | undefined {
  const { findings, operation, json } = exchange;
  if (operation === undefined || (findings.length === 0 && !needsFullLook(fastApiOf(spec), operation, json)))
    return undefined;
  const verdict = validationVerdict(spec, exchange);
  return verdict === "accepted" ? undefined : answerTo(verdict);
}

/**
 * What Python reads but can't send on to an upstream: a number that is none, half a surrogate pair (observed on 0.4.1:
 * http-nan, http-lone-surrogate).
 */
export function refuseUnsendable({ exchange: { json, body }, operation }: RequestFacts): Answer | undefined {
  if (body.length === 0 || !runsOnModel(operation)) return undefined;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  const escaped = bytes.includes("\\ud") || bytes.includes("\\uD");
  if (json !== undefined && !escaped) return undefined;
  const decoded = readPythonJson(body);
  if (!("value" in decoded)) return undefined;
  const printed = printPython(decoded.value);
  // How deep an answer may echo a body is another limit than how deep one may be sent on.
  if (!("failure" in printed) || printed.failure === "RecursionError") return undefined;
  return refuse(500, printed.failure);
}

/**
 * The body as OGL's gatekeeper reads it, whatever its content type says; `undefined` where that is nothing. It takes a
 * byte order mark for no JSON, unlike FastAPI (read in OGL's source).
 */
export function bodyValue({ json, body, form, headers }: ExchangeRequest): unknown {
  if (body.length === 0) return undefined;
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return undefined;
  if (json !== undefined) return json;
  const type = (headerValue(headers, "content-type") ?? "").toLowerCase();
  if (type.startsWith("multipart/form-data"))
    return Object.fromEntries((form ?? []).map(({ name, text }) => [name, text]));
  if (type.startsWith("application/x-www-form-urlencoded"))
    return Object.fromEntries(queryPairs(Buffer.from(body).toString("latin1")));
  const decoded = readPythonJson(body);
  return "value" in decoded ? plain(decoded.value, 0) : undefined;
}

function validationVerdict(spec: Spec, exchange: ExchangeRequest): Refusing | "accepted" {
  let verdict = verdicts.get(exchange);
  if (verdict === undefined) {
    const { params, target, body, headers } = exchange;
    const mark = target.indexOf("?");
    const judged = checkRequest(fastApiOf(spec), {
      operation: exchange.operation as Operation,
      params,
      query: mark === -1 ? [] : queryPairs(target.slice(mark + 1)),
      contentType: headerValue(headers, "content-type"),
      body,
    });
    verdict = judged.kind === "accepted" ? "accepted" : judged;
    verdicts.set(exchange, verdict);
  }
  return verdict;
}

function isSyntax(verdict: Refusing): boolean {
  return verdict.kind === "errors"
    ? verdict.errors[0]?.type === "json_invalid" && verdict.errors[0].loc.length === 2
    : verdict.kind === "refused" && verdict.status === 400;
}

function answerTo(verdict: Refusing): Answer {
  const { status, contentType, body } = answerOf(verdict);
  return isJsonType(contentType) ? refuseWith(status, body) : failure();
}

/** A value of Python's as one of ours, as deep as a chat's body goes. */
function plain(value: PyValue, depth: number): unknown {
  if (typeof value === "bigint") return Number(value);
  if (depth > 8 || value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [key, plain(item, depth + 1)]));
  return undefined;
}
