import type { ValidateFunction } from "ajv";
import type { AnsweredBy, FaultNote } from "../exchange/index.ts";
import type { Delivery, Header } from "../http/index.ts";
import type { Finding } from "../openapi/index.ts";
import { newAjv } from "../util/index.ts";
import schema from "./exchange-1.schema.json" with { type: "json" };

/** The serialised form of an exchange, a line of JSON Lines, as exchange-1.schema.json describes it. */
export interface ExchangeLine {
  /** Number of the exchange in its run, from 1. */
  readonly id: number;
  /** Time at which the request's head had been read, ISO 8601. */
  readonly at: string;
  /** Ms since the first call of the run that the exchange belongs to. */
  readonly start?: number;
  /** Name of the session; `""` if the request named none. */
  readonly session: string;
  readonly operation: string | null;
  readonly request: {
    readonly method: string;
    /** The request target without a session prefix. */
    readonly target: string;
    readonly headers: readonly Header[];
  } & Partial<LineBytes>;
  readonly findings: readonly Finding[];
  readonly answer: {
    readonly by: AnsweredBy;
    readonly faults?: readonly FaultNote[];
    /** `null` if no head was sent. */
    readonly status: number | null;
    /** Reason phrase, in the record of a run. */
    readonly reason?: string;
    /** Framing of the body, in the record of a run. */
    readonly framing?: string;
    readonly headers: readonly Header[];
    /** The writes, in the record of a run, instead of the body; `null` stands for omitted writes in the middle. */
    readonly writes?: readonly (LineWrite | null)[];
  } & LineBytes;
  readonly delivered: Omit<Delivery, "at"> & {
    /** The side that ended the exchange, in the record of a run. */
    readonly by?: "server" | "client" | "runner";
    /** Time of each write, in ms since the start of the answer; absent if `writes` has the times. */
    readonly at?: readonly number[];
    /** Duration of the whole exchange, in ms. */
    readonly ms: number;
  };
}

/** The kept bytes, as text without secrets, or as hexadecimal digits if they are not text. */
export interface LineBytes {
  /** Size before cutting, in bytes. */
  readonly bytes: number;
  readonly body?: string;
  readonly hex?: string;
  /** Set if only the beginning is kept. */
  readonly cut?: true;
}

/** A write of an answer. */
export interface LineWrite extends LineBytes {
  /** Ms since the start of the answer. */
  readonly at: number;
}

/** A line that is not an exchange; `incomplete` if it is not JSON, like the last line after a crash. */
interface LineProblem {
  readonly problem: string;
  readonly incomplete: boolean;
}

/** Parses a line that `TracePrinter` printed. */
export function parseExchangeLine(line: string): ExchangeLine | LineProblem {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { problem: `no JSON: ${(error as Error).message}`, incomplete: true };
  }
  const problem = exchangeLineProblem(value);
  return problem === undefined ? (value as ExchangeLine) : { problem, incomplete: false };
}

/** The first deviation of a value from exchange-1.schema.json; `undefined` if it is valid. */
export function exchangeLineProblem(value: unknown): string | undefined {
  validate ??= newAjv({ strictTuples: false }).compile<ExchangeLine>(schema);
  if (validate(value)) return undefined;
  const { instancePath, message } = validate.errors?.[0] ?? {};
  return `${instancePath || "the exchange"} ${message}`;
}

let validate: ValidateFunction<ExchangeLine> | undefined;
