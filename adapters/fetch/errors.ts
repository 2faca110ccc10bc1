/** What goes wrong with a request, as the user of the client sees it. */

export type Kind = "api" | "connection" | "timeout" | "decode" | "abort" | "incomplete";

export interface Details {
  readonly status?: number;
  readonly code?: string;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

export class GatewayError extends Error {
  readonly kind: Kind;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(kind: Kind, message: string, { status, code, retryAfterMs, cause }: Details = {}) {
    super(message, { cause });
    this.name = "GatewayError";
    this.kind = kind;
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * The error that an answer carries, whichever of the shapes it has: `{"detail": …}` of OGL's own, `{"error": …}` of
 * OpenAI and of what OGL passes on in streams, vLLM's flat `{"object":"error"}`, or text.
 */
export function errorOf(body: string, details: Details = {}): GatewayError {
  const value = parsed(body);
  const inner = isObject(value) ? (value["error"] ?? value["detail"] ?? value) : value;
  const found = isObject(inner) && isObject(inner["error"]) ? inner["error"] : inner;
  const message = isObject(found) && typeof found["message"] === "string" ? found["message"] : textOf(found);
  const code = isObject(found) && found["code"] !== undefined && found["code"] !== null;
  return new GatewayError(
    "api",
    message || `no message${details.status === undefined ? "" : `, status ${details.status}`}`,
    {
      ...details,
      ...(code && { code: String(found["code"]) }),
    },
  );
}

/** True of a 200's body, or of an event, that is an error all the same. An `"error": null` is none. */
export function isError(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { error, detail, object, choices } = value;
  return (
    (error !== undefined && error !== null) ||
    object === "error" ||
    (detail !== undefined && detail !== null && choices === undefined)
  );
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of a JSON text, or the text itself where it is none. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
