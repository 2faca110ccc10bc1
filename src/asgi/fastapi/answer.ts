import type { Loc, PydanticError } from "./errors.ts";
import { type PrintFailure, printPython } from "./print.ts";
import type { Verdict } from "./request.ts";
import type { PyValue } from "./value.ts";

/** An answer's bytes, as FastAPI sends them. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** What an unhandled exception is answered with; the server then closes the connection. */
const CRASH: Answer = {
  status: 500,
  contentType: "text/plain; charset=utf-8",
  body: Buffer.from("Internal Server Error"),
};

/** The answer to a request that was not accepted. */
export function answerOf(verdict: Exclude<Verdict, { kind: "accepted" }>): Answer {
  if (verdict.kind === "crashed") return CRASH;
  if (verdict.kind === "refused") {
    const body = Buffer.from(JSON.stringify({ detail: verdict.detail }));
    return { status: verdict.status, contentType: "application/json", body };
  }
  const body = validationBody(verdict.errors);
  return "failure" in body ? CRASH : { status: 422, contentType: "application/json", body: body.bytes };
}

/**
 * The body of a 422. An `input` that JSON has no way to send, like NaN or a lone surrogate, makes FastAPI fail: then the
 * exception's name.
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
    // What many errors echo, like the body that lacks many fields, is printed once.
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
