import { asgiResponse } from "../../../asgi/index.ts";
import type { Answer } from "../../../exchange/index.ts";
import { ownAnswer } from "../base/index.ts";

const NAME = "vllm";

/** An answer in JSON. @param how what it is, for the journal */
export function vllmJson(status: number, body: unknown, how: string): Answer {
  return ownAnswer(NAME, how, asgiResponse(status, Buffer.from(JSON.stringify(body))));
}

const TYPES: Readonly<Record<number, string>> = { 400: "BadRequestError", 404: "NotFoundError" };

/** A refusal of a handler. */
export function vllmError(status: number, message: string): Answer {
  const type = TYPES[status] ?? (status < 500 ? "BadRequestError" : "InternalServerError");
  return vllmJson(status, { error: { message, type, param: null, code: status } }, `${status}`);
}

/** A refusal of FastAPI's validation, which vLLM answers as 400 with the errors as Python prints them. */
export function vllmInvalid(errors: string): Answer {
  const error = { message: `[${errors}]`, type: "Bad Request", param: null, code: 400 };
  return vllmJson(400, { error }, "400");
}

/** FastAPI's own answer to a path or a method without a route. @param allow value of `Allow` for a wrong method */
export function vllmRouting(allow: string | undefined): Answer {
  const [status, detail] = allow === undefined ? [404, "Not Found"] : [405, "Method Not Allowed"];
  const body = Buffer.from(JSON.stringify({ detail }));
  return ownAnswer(
    NAME,
    `${status}`,
    asgiResponse(status, body, allow === undefined ? [] : [["allow", allow]]),
  );
}
