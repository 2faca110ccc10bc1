import type { Answer } from "../../../exchange/index.ts";
import type { Header, Op, Script } from "../../../http/index.ts";
import { chunkedResponse, ownAnswer, wholeResponse } from "../base/index.ts";

const NAME = "openai";

/** Headers that OpenAI documents for its answers; the values are the same for every one. */
const DOCUMENTED: readonly Header[] = [
  ["openai-organization", "org-gatetape"],
  ["openai-processing-ms", "12"],
  ["openai-version", "2020-10-01"],
  ["x-ratelimit-limit-requests", "10000"],
  ["x-ratelimit-limit-tokens", "200000"],
  ["x-ratelimit-remaining-requests", "9999"],
  ["x-ratelimit-remaining-tokens", "199900"],
  ["x-ratelimit-reset-requests", "6ms"],
  ["x-ratelimit-reset-tokens", "30ms"],
  ["x-request-id", "req_00000000000000000000000000000000"],
];

function openaiHeaders(type: string, framing: Header): Header[] {
  return [["Date", null], ["Content-Type", type], framing, ...DOCUMENTED];
}

/** An answer in JSON, printed over lines as OpenAI does. @param indent blanks of a level */
export function openaiJson(status: number, body: unknown, how: string, indent = 2): Answer {
  const text = `${JSON.stringify(body, undefined, indent)}\n`;
  const headers = openaiHeaders("application/json", ["Content-Length", null]);
  return ownAnswer(NAME, how, wholeResponse(status, headers, text));
}

/** A stream of events. @param wait milliseconds before the head */
export function openaiStream(ops: readonly Op[], wait: number): Script {
  const type = "text/event-stream; charset=utf-8";
  const headers = openaiHeaders(type, ["Transfer-Encoding", null]);
  return chunkedResponse(headers, ops, wait);
}

/** The parts of OpenAI's error object. */
export interface OpenAiProblem {
  readonly status: number;
  readonly message: string;
  readonly type?: string;
  readonly param?: string;
  readonly code?: string;
}

/** A refusal in OpenAI's envelope. */
export function openaiError(problem: OpenAiProblem): Answer {
  const { status, message, type = "invalid_request_error", param = null, code = null } = problem;
  // Refusals of a key are printed by another service, with wider blanks.
  return openaiJson(status, { error: { message, type, param, code } }, `${status}`, status === 401 ? 4 : 2);
}

/** Types and codes of errors by status, for refusals that a source of the mock gives. */
const KINDS: Readonly<Record<number, Pick<OpenAiProblem, "type" | "code">>> = {
  401: { code: "invalid_api_key" },
  404: { code: "model_not_found" },
  429: { type: "requests", code: "rate_limit_exceeded" },
  500: { type: "server_error" },
  503: { type: "server_error" },
};

/** A refusal that a source of the mock gives: a reply, or a fault model. */
export function openaiRefused(status: number, message: string): Answer {
  return openaiError({ status, message, ...KINDS[status] });
}
