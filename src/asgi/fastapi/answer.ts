import type { Loc, PydanticError } from "./errors.ts";
import { type PrintFailure, printPython } from "./print.ts";
import type { Verdict } from "./request.ts";
import type { PyValue } from "./value.ts";

/** The status, type and bytes of an answer, as FastAPI sends them. */
export interface FastApiAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** The answer to an unhandled exception. The server then closes the connection. */
const CRASH: FastApiAnswer = {
  status: 500,
  contentType: "text/plain; charset=utf-8",
  body: Buffer.from("Internal Server Error"),
};

/** The answer to a request that was not accepted: a 422, the exception's own status, or a 500. */
export function printAnswer(verdict: Exclude<Verdict, { kind: "accepted" }>): FastApiAnswer {
  if (verdict.kind === "crashed") return CRASH;
  if (verdict.kind === "refused") {
    const body = Buffer.from(JSON.stringify({ detail: verdict.detail }));
    return { status: verdict.status, contentType: "application/json", body };
  }
  const body = validationBody(verdict.errors);
  return "failure" in body ? CRASH : { status: 422, contentType: "application/json", body: body.bytes };
}

/**
 * The body of a 422.
 *
 * @returns the bytes, or the exception with which FastAPI fails on an `input` that JSON can't send (NaN, a lone surrogate)
 */
export function validationBody(
  errors: readonly PydanticError[],
): { readonly bytes: Uint8Array } | { readonly failure: PrintFailure } {
  const printed = new Map<PyValue, string>();
  const chunks: Buffer[] = [];
  let failure: PrintFailure | undefined;
  const print = (value: PyValue): string => {
    const known = printed.get(value);
    if (known !== undefined) return known;
    const result = printPython(value);
    if ("failure" in result) {
      failure ??= result.failure;
      return "";
    }
    // Many errors may echo one value, such as a body that lacks many fields: it is printed once.
    if (typeof value === "object") printed.set(value, result.text);
    return result.text;
  };
  errors.forEach((error, i) => {
    const { type, loc, msg, input, ctx, url } = error;
    const members = [
      `"type":${print(type)}`,
      `"loc":${print(locOf(loc))}`,
      `"msg":${print(msg)}`,
      `"input":${print(input)}`,
      ...(ctx !== undefined ? [`"ctx":${print(ctx)}`] : []),
      ...(url !== undefined ? [`"url":${print(url)}`] : []),
    ];
    if (failure === undefined) chunks.push(Buffer.from(`${i > 0 ? "," : ""}{${members.join(",")}}`));
  });
  if (failure !== undefined) return { failure };
  return { bytes: Buffer.concat([Buffer.from('{"detail":['), ...chunks, Buffer.from("]}")]) };
}

const locOf = (loc: Loc): PyValue => loc.map((part) => (typeof part === "number" ? BigInt(part) : part));
