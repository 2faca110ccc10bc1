import type { Answer, ExchangeRequest } from "../../../exchange/index.ts";
import { type Script, headerValue, writesOf } from "../../../http/index.ts";
import type { Spec } from "../../../openapi/index.ts";
import { isObject } from "../../../util/index.ts";

export type Json = Readonly<Record<string, unknown>>;

/** An OpenAI request into which a dialect's request is translated. */
export interface Inner {
  readonly path: string;
  readonly body: Json;
}

/** The request that replies and the synthesizer are asked in place of a dialect's own. */
export function innerRequest(spec: Spec, request: ExchangeRequest, { path, body }: Inner): ExchangeRequest {
  const found = spec.operationOf("POST", path, body);
  if (found === undefined) throw new Error(`no operation for ${path}`);
  const { insight: _, ...rest } = request;
  return {
    ...rest,
    method: "POST",
    target: path,
    path,
    query: [],
    body: Buffer.from(JSON.stringify(body)),
    json: body,
    operation: found.operation,
    params: found.params,
    findings: [],
  };
}

/** Whether a script streams events. */
export function hasEventStream({ head }: Script): boolean {
  const type = head === null ? undefined : headerValue(head.headers, "content-type");
  return type?.startsWith("text/event-stream") === true;
}

/** The body of an answer that is no stream, as JSON; an empty object if it is none. */
export function innerBody({ script }: Answer): Json {
  try {
    const json: unknown = JSON.parse(Buffer.concat([...writesOf(script.ops, 1)]).toString("utf8"));
    return isObject(json) ? json : {};
  } catch {
    return {};
  }
}

/** Text of an error in OpenAI's or FastAPI's envelope. */
export function innerError(body: Json): string {
  const { error, detail, message } = body;
  if (isObject(error) && typeof error["message"] === "string") return error["message"];
  if (typeof error === "string") return error;
  if (typeof detail === "string") return detail;
  return typeof message === "string" ? message : JSON.stringify(detail ?? body);
}
