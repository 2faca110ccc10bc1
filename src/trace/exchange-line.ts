import type { ValidateFunction } from "ajv";
import type { AnsweredBy, FaultNote } from "../exchange/index.ts";
import { type Finding, newAjv } from "../spec/index.ts";
import type { Delivery, Header } from "../wire/index.ts";
import schema from "./exchange-1.schema.json" with { type: "json" };

/** The serialised form of an exchange, a line of JSON Lines, as exchange-1.schema.json describes it. */
export interface ExchangeLine {
  /** Counts up from 1 in one run. */
  readonly id: number;
  /** When the request's head had been read, ISO 8601. */
  readonly at: string;
  /** `""` where the request named none. */
  readonly session: string;
  readonly operation: string | null;
  readonly request: {
    readonly method: string;
    /** Without a session prefix. */
    readonly target: string;
    readonly headers: readonly Header[];
  } & Partial<LineBody>;
  readonly findings: readonly Finding[];
  readonly answer: {
    readonly by: AnsweredBy;
    readonly faults?: readonly FaultNote[];
    /** `null`: no head was sent. */
    readonly status: number | null;
    readonly headers: readonly Header[];
  } & LineBody;
  readonly delivered: Delivery & {
    /** The whole exchange, in ms. */
    readonly ms: number;
  };
}

/** A body, as much of it as is kept. */
export interface LineBody {
  /** The size of the whole body, in bytes. */
  readonly bytes: number;
  /** Text without secrets; absent where the body is empty. */
  readonly body?: string;
  /** Set if the body is longer than what is kept of it. */
  readonly cut?: true;
}

/** A line that is no exchange; `incomplete` where it is no JSON, as the last line after a crash. */
interface LineProblem {
  readonly problem: string;
  readonly incomplete: boolean;
}

/** Reads a line as `TracePrinter` prints it. */
export function parseExchangeLine(line: string): ExchangeLine | LineProblem {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { problem: `no JSON: ${(error as Error).message}`, incomplete: true };
  }
  validate ??= newAjv({ strictTuples: false }).compile<ExchangeLine>(schema);
  if (validate(value)) return value as ExchangeLine;
  const { instancePath, message } = validate.errors?.[0] ?? {};
  return { problem: `${instancePath || "the line"} ${message}`, incomplete: false };
}

let validate: ValidateFunction<ExchangeLine> | undefined;
