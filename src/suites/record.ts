import { tenths } from "../util/index.ts";
import type { Finding } from "../spec/index.ts";
import {
  bodyLength,
  type Delivery,
  type End,
  type Header,
  type Op,
  type Script,
  writesOf,
} from "../wire/index.ts";
import type { ClientInfo, Control } from "./driver.ts";
import type { Outcome } from "./outcome.ts";
import type { ExchangeTrace, RunTrace } from "./run-trace.ts";
import type { Level, Scenario } from "./scenario.ts";
import type { Coverage } from "./gate/coverage.ts";
import type { CommandEnd } from "./gate/traffic.ts";
import type { Verdict } from "./verdict.ts";

/**
 * A line of the record of a run (NDJSON). A run begins with `run` and ends with `end`: one without an end was cut short.
 * Before each verdict that is no pass, its `trace` has all that a report needs.
 */
export type RecordLine =
  | { readonly run: RunRecord }
  | { readonly trace: TraceRecord }
  | { readonly verdict: Verdict }
  | { readonly end: EndRecord };

export interface RunRecord {
  /** The version of this format. */
  readonly record: 1;
  readonly gatetape: string;
  readonly ogl: string;
  readonly client: ClientInfo;
  readonly startedAt: string;
  /** How many verdicts will come. */
  readonly scenarios: number;
  readonly shard?: string;
  readonly profile?: string;
  /** Absent: a client by scenarios. `traffic`: whatever a command asked, or what was saved, by checks. */
  readonly judges?: "traffic";
}

export interface EndRecord {
  readonly ms: number;
  readonly exitCode: number;
  /** What else was found, beside verdicts: stale known failures, too many skips, an adapter that broke the protocol. */
  readonly problems: readonly string[];
  /** Of traffic: how many requests there were, what of cassettes and operations was asked, how the command ended. */
  readonly traffic?: {
    readonly requests: number;
    readonly coverage: Coverage;
    readonly command?: CommandEnd;
  };
}

export interface TraceRecord {
  readonly subject: string;
  readonly scenario: string;
  readonly judges?: "traffic";
  /** What the server does; of traffic, what is asked of the client. */
  readonly title: string;
  readonly why: string;
  readonly evidence: readonly string[];
  readonly checks: readonly { readonly id: string; readonly says: string; readonly level: Level }[];
  readonly calls: readonly CallRecord[];
  readonly exchanges: readonly ExchangeRecord[];
}

export interface CallRecord {
  readonly operation: string;
  readonly baseUrl: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly control: Control;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly outcome?: Outcome;
}

export interface ExchangeRecord {
  readonly at: number;
  readonly request: {
    readonly method: string;
    readonly target: string;
    readonly headers: readonly Header[];
  } & Bytes;
  readonly findings: readonly Finding[];
  /** Absent where the server never began to answer. */
  readonly head?: {
    readonly status: number;
    readonly reason: string;
    readonly framing: string;
    readonly headers: readonly Header[];
  };
  /** What was sent, write by write; `null` stands for those in the middle that are left out. */
  readonly writes: readonly (WriteRecord | null)[];
  readonly written: { readonly writes: number; readonly bytes: number };
  readonly ended: string;
  readonly endedBy: ExchangeTrace["endedBy"];
  readonly endedAt: number;
}

export interface WriteRecord extends Bytes {
  readonly at: number;
  readonly bytes: number;
}

/** Bytes as text where they are text; cut where they are long. */
export interface Bytes {
  readonly text?: string;
  readonly hex?: string;
  readonly cut?: true;
}

/** What is kept of one body or write, in bytes, and of how many writes at each end of an answer. */
const MAX_BYTES = 4096;
const MAX_WRITES = 100;

/** What a report needs of a trace, bounded in size. */
export function traceRecord(scenario: Scenario, verdict: Verdict, trace: RunTrace): TraceRecord {
  const { title, why, evidence, checks } = scenario;
  return traceRecordOf(
    {
      subject: verdict.subject,
      scenario: scenario.id,
      title,
      why,
      evidence,
      checks: checks.map(({ id, says, level = scenario.level }) => ({ id, says, level })),
    },
    trace,
  );
}

export function traceRecordOf(
  about: Omit<TraceRecord, "calls" | "exchanges">,
  trace: Pick<RunTrace, "calls" | "exchanges">,
): TraceRecord {
  return {
    ...about,
    calls: trace.calls.map(({ run, startedAt, endedAt, outcome }) => ({
      operation: run.operation,
      baseUrl: run.baseUrl,
      params: run.params,
      control: run.control,
      startedAt: tenths(startedAt),
      ...(endedAt === undefined ? {} : { endedAt: tenths(endedAt) }),
      ...(outcome === undefined ? {} : { outcome: cutOutcome(outcome) }),
    })),
    exchanges: trace.exchanges.map(exchangeRecord),
  };
}

function exchangeRecord(exchange: ExchangeTrace): ExchangeRecord {
  const { script, delivery, method, target, headers, body } = exchange;
  const { head } = script;
  return {
    at: tenths(exchange.at),
    request: { method, target, headers, ...(body.length === 0 ? {} : spelled(body)) },
    findings: exchange.findings,
    ...(head === null
      ? {}
      : { head: { status: head.status, reason: head.reason, framing: head.framing, headers: head.headers } }),
    writes: writeRecords(script.ops, delivery.at),
    written: { writes: delivery.writes, bytes: delivery.bytes },
    ended: delivery.ended,
    endedBy: exchange.endedBy,
    endedAt: tenths(exchange.endedAt),
  };
}

/** What a scenario sends to its first request, for listings; `undefined` where that depends on the request. */
export function plannedExchange({ answers, calls }: Scenario): ExchangeRecord | undefined {
  if (typeof answers === "function") return undefined;
  const script = "ops" in answers ? answers : answers[0];
  if (script === undefined) return undefined;
  const { at, end } = scheduleOf(script);
  const delivery: Delivery = { ended: end, writes: at.length, bytes: bodyLength(script.ops) ?? 0, at };
  return exchangeRecord({
    at: 0,
    method: calls[0]?.operation.startsWith("models") ? "GET" : "POST",
    target: `(${calls[0]?.operation})`,
    headers: [],
    body: new Uint8Array(0),
    expected: true,
    findings: [],
    script,
    delivery,
    endedAt: at.at(-1) ?? 0,
    endedBy: "server",
  });
}

/** When each write would be made; of an endless repeat one round is shown. */
export function scheduleOf({ wait, ops }: Script): { at: number[]; end: End } {
  const at: number[] = [];
  let now = wait;
  let end: End = "complete";
  for (const op of ops) {
    if (op.op === "wait") now += op.ms;
    else if (op.op === "write") at.push(now);
    else if (op.op === "repeat") at.push(...op.ops.flatMap((inner) => (inner.op === "write" ? [now] : [])));
    else end = op.op;
  }
  return { at, end };
}

/** The writes that were made: the script's, in order, as many as have a time. */
function writeRecords(ops: readonly Op[], at: readonly number[]): (WriteRecord | null)[] {
  const records: (WriteRecord | null)[] = [];
  let n = 0;
  for (const bytes of writesOf(ops)) {
    const time = at[n];
    if (time === undefined) break;
    if (n < MAX_WRITES || n >= at.length - MAX_WRITES)
      records.push({ at: tenths(time), bytes: bytes.length, ...spelled(bytes) });
    else if (n === MAX_WRITES) records.push(null);
    n++;
  }
  return records;
}

function spelled(bytes: Uint8Array): Bytes {
  const cut = bytes.length > MAX_BYTES;
  const kept = Buffer.from(bytes.subarray(0, MAX_BYTES));
  const text = kept.toString("utf8");
  const isText = cut || Buffer.from(text).equals(kept);
  return { ...(isText ? { text } : { hex: kept.toString("hex") }), ...(cut ? { cut: true } : {}) };
}

/** A text of megabytes is no help in a report. */
function cutOutcome(outcome: Outcome): Outcome {
  return JSON.parse(
    JSON.stringify(outcome, (_, value: unknown) =>
      typeof value === "string" && value.length > MAX_BYTES ? `${value.slice(0, MAX_BYTES)}…` : value,
    ),
  ) as Outcome;
}
