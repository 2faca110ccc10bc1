import type { Answer, Exchange, Source } from "../gateway/index.ts";
import type { Finding, Spec } from "../spec/index.ts";
import { type Header, headerValue, simpleScript } from "../wire/index.ts";

/** A refusal as OGL words it: `{"detail": …}`. */
function refuse(status: number, reason: string, detail: unknown, headers: readonly Header[] = []): Answer {
  return {
    script: simpleScript(status, reason, Buffer.from(JSON.stringify({ detail })), headers),
    by: `OGL's ${status}`,
  };
}

/**
 * Refuses a request without a key as OGL does (observed on 0.4.1: auth-chat-none): any non-empty Bearer key is accepted.
 * Operations that the OpenAPI does not secure need none.
 */
export class RequireKey implements Source {
  answer(exchange: Exchange): Answer | undefined {
    if (!exchange.operation?.secured) return undefined;
    const authorization = headerValue(exchange.headers, "authorization") ?? "";
    if (/^bearer\s+\S/i.test(authorization)) return undefined;
    return refuse(401, "Unauthorized", "Not authenticated", [["www-authenticate", "Bearer"]]);
  }
}

/** Refuses a request that does not keep to the OpenAPI with 422, in the shape of FastAPI's validation errors. */
export class RefuseInvalid implements Source {
  answer(exchange: Exchange): Answer | undefined {
    if (exchange.findings.length === 0) return undefined;
    return refuse(422, "Unprocessable Entity", exchange.findings.map(validationError));
  }
}

/** Answers what is no operation as FastAPI does: 405 with the methods that the path has, or 404. */
export class UnknownRoute implements Source {
  readonly #spec: Spec;

  constructor(spec: Spec) {
    this.#spec = spec;
  }

  answer(exchange: Exchange): Answer | undefined {
    if (exchange.operation !== undefined) return undefined;
    const methods = this.#spec.operations.methodsOf(exchange.path);
    if (methods.length === 0) return refuse(404, "Not Found", "Not Found");
    // OGL names the methods of the first route of that path only (observed on 0.4.1: http-405-post-models).
    const answer = refuse(405, "Method Not Allowed", "Method Not Allowed", [["allow", methods[0] as string]]);
    return exchange.method === "HEAD" ? withoutBody(answer) : answer;
  }
}

/** The answer to a HEAD: the head of the answer to a GET, content-length included, and no body. */
function withoutBody(answer: Answer): Answer {
  const { script } = answer;
  const size = script.ops.reduce((sum, op) => sum + (op.op === "write" ? op.bytes.length : 0), 0);
  const head = script.head && {
    ...script.head,
    framing: "none" as const,
    headers: script.head.headers.map(([name, value]): Header => [
      name,
      name === "content-length" ? String(size) : value,
    ]),
  };
  return { ...answer, script: { ...script, head, ops: [{ op: "complete" }] } };
}

function validationError({ part, pointer, message, missing, code }: Finding): unknown {
  const loc = [
    part === "event" ? "body" : part,
    ...pointer.split("/").slice(1),
    ...(missing === undefined ? [] : [missing]),
  ];
  if (missing !== undefined || code === "body-missing")
    return { type: "missing", loc, msg: "Field required" };
  return { type: code === "not-json" ? "json_invalid" : "value_error", loc, msg: message };
}
