import type { ErrorKind, OutcomeError } from "../../src/suites/model/outcome.ts";
import type { Has } from "./mutants.ts";

/** An error as the users of the reference client see it. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly kind: ErrorKind;
  readonly status: number | undefined;

  constructor(kind: ErrorKind, message: string, status?: number) {
    super(message);
    this.kind = kind;
    this.status = status;
  }

  outcome(): OutcomeError {
    return { kind: this.kind, message: this.message, status: this.status ?? null };
  }
}

/** What a body says is wrong, in any of the shapes that OGL and its upstreams have; `undefined` if it says nothing. */
export function messageOf(value: unknown, has: Has): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return undefined;
  const { detail, error, message } = value as Record<string, unknown>;
  if (error !== undefined && error !== null) {
    if (typeof error === "string") return has("error-must-be-object") ? "(no message)" : error;
    return messageOf(error, has);
  }
  if (typeof message === "string") return has("flat-message-not-read") ? undefined : message;
  if (detail !== undefined && !has("detail-not-read")) return detailOf(detail, has);
  return undefined;
}

function detailOf(detail: unknown, has: Has): string | undefined {
  if (typeof detail === "string") {
    if (has("detail-must-be-list")) throw new TypeError("detail.map is not a function");
    return detail;
  }
  if (Array.isArray(detail)) {
    if (has("detail-list-as-string")) return String(detail);
    return detail
      .map((entry: { loc?: unknown[]; msg?: string }) => `${entry.loc?.join(".")}: ${entry.msg}`)
      .join("; ");
  }
  return has("detail-object-as-string") ? String(detail) : messageOf(detail, has);
}

/** The message of an error's body, be it JSON, an event, or anything else. */
export function bodyMessage(text: string, has: Has): string {
  if (has("error-body-is-no-event") && text.startsWith("event:")) return "(no message)";
  const data = /^data: ?(.*)$/m.exec(text)?.[1];
  for (const candidate of [text, ...(data === undefined ? [] : [data])]) {
    try {
      const message = messageOf(JSON.parse(candidate) as unknown, has);
      if (message !== undefined) return message;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return has("detail-not-read") || text === "" ? "(no message)" : text.slice(0, 200);
}
