import type { Answer } from "../../../exchange/index.ts";
import type { Header } from "../../../http/index.ts";
import { ownAnswer, wholeResponse } from "../base/index.ts";

const NAME = "tei";

/** Headers that the CORS layer adds to each answer. */
const CORS: readonly Header[] = [
  ["vary", "origin, access-control-request-method, access-control-request-headers"],
  ["access-control-allow-origin", "*"],
];

/** An answer as hyper sends it: names in lower case, the date last. */
function teiAnswer(
  status: number,
  type: string | undefined,
  body: string,
  how: string,
  more: readonly Header[],
): Answer {
  const headers: readonly Header[] = [
    ...(type === undefined ? [] : [["content-type", type] as const]),
    ...more,
    ["content-length", null],
    ...CORS,
    ["date", null],
  ];
  return ownAnswer(NAME, how, wholeResponse(status, headers, body));
}

/** An answer in JSON. @param more headers between type and length */
export function teiJson(status: number, body: unknown, how: string, more: readonly Header[] = []): Answer {
  return teiAnswer(status, "application/json", JSON.stringify(body), how, more);
}

/** An answer without a body: a health check, or axum's own refusal of a route. */
export function teiEmpty(status: number, more: readonly Header[] = []): Answer {
  return teiAnswer(status, undefined, "", `${status}`, more);
}

/** A refusal by axum's reader of JSON, in plain text. */
export function teiRejection(status: number, text: string): Answer {
  return teiAnswer(status, "text/plain; charset=utf-8", text, `${status}`, []);
}

/** Statuses of TEI's kinds of errors. */
const STATUSES = {
  Unhealthy: 503,
  Backend: 424,
  Overloaded: 429,
  Tokenizer: 422,
  Validation: 413,
  Empty: 400,
} as const;
type ErrorType = keyof typeof STATUSES;

/** A refusal of a handler. @param isOpenAi whether the route has OpenAI's form of a request */
export function teiError(type: ErrorType, text: string, isOpenAi: boolean): Answer {
  const code = STATUSES[type];
  return teiJson(code, isOpenAi ? { message: text, code, type } : { error: text, error_type: type }, type);
}

/** A refusal that a source of the mock gives. Its type is the nearest that TEI has. */
export function teiRefused(status: number, text: string, isOpenAi: boolean): Answer {
  const known = (Object.keys(STATUSES) as ErrorType[]).find((type) => STATUSES[type] === status);
  const type = known ?? (status < 500 ? "Validation" : "Backend");
  const body = isOpenAi ? { message: text, code: status, type } : { error: text, error_type: type };
  return teiJson(status, body, type);
}
