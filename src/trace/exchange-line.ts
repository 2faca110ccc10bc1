import type { ValidateFunction } from "ajv";
import type { AnsweredBy, FaultNote } from "../exchange/index.ts";
import type { Delivery, Header } from "../http/index.ts";
import type { Finding } from "../openapi/index.ts";
import { newAjv } from "../util/index.ts";
import schema from "./exchange-1.schema.json" with { type: "json" };

/** The serialised form of an exchange, a line of JSON Lines, as exchange-1.schema.json describes it. */
export interface ExchangeLine {
  /** Counts up from 1 in one run. */
  readonly id: number;
  /** When the request's head had been read, ISO 8601. */
  readonly at: string;
  /** Ms since the first call of the run that the exchange belongs to. */
  readonly start?: number;
  /** `""` where the request named none. */
  readonly session: string;
  readonly operation: string | null;
  readonly request: {
    readonly method: string;
    /** Without a session prefix. */
    readonly target: string;
    readonly headers: readonly Header[];
  } & Partial<LineBytes>;
  readonly findings: readonly Finding[];
  readonly answer: {
    readonly by: AnsweredBy;
    readonly faults?: readonly FaultNote[];
    /** `null`: no head was sent. */
    readonly status: number | null;
    /** In the record of a run. */
    readonly reason?: string;
    /** In the record of a run. */
    readonly framing?: string;
    readonly headers: readonly Header[];
    /** In the record of a run, in place of the body; `null` stands for writes in the middle that are left out. */
    readonly writes?: readonly (LineWrite | null)[];
  } & LineBytes;
  readonly delivered: Omit<Delivery, "at"> & {
    /** Who ended the exchange, in the record of a run. */
    readonly by?: "server" | "client" | "runner";
    /** When each write was made, in ms since the start of the answer; absent where the writes say it themselves. */
    readonly at?: readonly number[];
    /** The whole exchange, in ms. */
    readonly ms: number;
  };
}

/** Bytes, as many of them as are kept: as text without secrets, or in hexadecimal digits where they are no text. */
export interface LineBytes {
  /** The size of the whole, in bytes. */
  readonly bytes: number;
  readonly body?: string;
  readonly hex?: string;
  /** Set if there were more than what is kept. */
  readonly cut?: true;
}

/** One write of an answer. */
export interface LineWrite extends LineBytes {
  /** Ms since the start of the answer. */
  readonly at: number;
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
  const problem = exchangeLineProblem(value);
  return problem === undefined ? (value as ExchangeLine) : { problem, incomplete: false };
}

/** The first deviation of a value from exchange-1.schema.json; `undefined` if it keeps to it. */
export function exchangeLineProblem(value: unknown): string | undefined {
  validate ??= newAjv({ strictTuples: false }).compile<ExchangeLine>(schema);
  if (validate(value)) return undefined;
  const { instancePath, message } = validate.errors?.[0] ?? {};
  return `${instancePath || "the exchange"} ${message}`;
}

let validate: ValidateFunction<ExchangeLine> | undefined;
