import type { ValidateFunction } from "ajv";
import { GatetapeError, newAjv } from "../../../util/index.ts";
import type { ClientHello, ClientRun, Outcome } from "../../model/index.ts";
import schema from "./adapter-1.schema.json" with { type: "json" };

export const PROTOCOL = 1;

/** Message of the runner; it has exactly one member. */
export type FromRunner =
  | { readonly hello: { readonly protocol: number; readonly runner: string } }
  | { readonly run: ClientRun }
  | { readonly cancel: { readonly id: string } }
  | { readonly close: { readonly session: string } }
  | { readonly bye: Record<string, never> };

type Hello = Omit<ClientHello, "capabilities"> & {
  readonly protocol: number;
  readonly capabilities?: ClientHello["capabilities"];
};

/** Message of the adapter; it has exactly one member. */
export interface FromAdapter {
  readonly hello?: Hello;
  readonly result?: { readonly id: string; readonly outcome: Outcome };
  readonly skipped?: { readonly id: string; readonly reason: string };
  readonly failed?: { readonly id: string; readonly message: string };
}

/** Error for a line that the protocol does not allow; `id` is the run that it names, if readable. */
export class MessageError extends GatetapeError<"message"> {
  override readonly name = "MessageError";
  readonly id: string | undefined;

  constructor(reason: string, id?: string) {
    super("message", {}, reason);
    this.id = id;
  }
}

const SHOWN = 200;

/** @throws MessageError if the line is not a message of the protocol */
export function parseMessage(line: string): FromAdapter {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    throw new MessageError(`a line begins with { and is not JSON: ${line.slice(0, SHOWN)}`);
  }
  const problem = messageProblem("fromAdapter", message);
  if (problem !== undefined)
    throw new MessageError(`${problem} in the message ${line.slice(0, SHOWN)}`, messageId(message));
  return message as FromAdapter;
}

/** @throws Error if the message breaks the protocol: a mistake of gatetape itself */
export function printMessage(message: FromRunner): string {
  const problem = messageProblem("fromRunner", message);
  if (problem !== undefined) throw new Error(`gatetape's own message is wrong: ${problem}`);
  return `${JSON.stringify(message)}\n`;
}

const validators = new Map<string, ValidateFunction>();

function messageProblem(side: "fromRunner" | "fromAdapter", message: unknown): string | undefined {
  let validate = validators.get(side);
  if (validate === undefined) {
    validate = newAjv({ allowUnionTypes: true }).compile({ ...schema, oneOf: [{ $ref: `#/$defs/${side}` }] });
    validators.set(side, validate);
  }
  if (validate(message)) return undefined;
  const errors = (validate.errors ?? []).filter(({ keyword }) => !/^(?:oneOf|anyOf|not|if)$/.test(keyword));
  const [first] = errors.toSorted((a, b) => b.instancePath.length - a.instancePath.length);
  if (first === undefined) return "the message does not match the schema";
  const detail = first.params["additionalProperty"] ?? first.params["allowedValues"];
  const what = detail === undefined ? "" : ` (${Array.isArray(detail) ? detail.join(", ") : String(detail)})`;
  return `${first.instancePath || "/"} ${first.message ?? "is wrong"}${what}`;
}

function messageId(message: unknown): string | undefined {
  const [inner] = Object.values((message ?? {}) as Record<string, { id?: unknown } | null>);
  return typeof inner?.id === "string" ? inner.id : undefined;
}
