import { type Delivery, type End, type Script, bodyLength } from "../../http/index.ts";
import { type ExchangeLine, exchangeLineOf } from "../../trace/index.ts";
import { tenths } from "../../util/index.ts";
import type {
  ClientInfo,
  CommandEnd,
  Control,
  Coverage,
  ExchangeTrace,
  Lateness,
  Level,
  Outcome,
  RunTrace,
  Scenario,
  Verdict,
} from "../model/index.ts";

/**
 * A line of a run's record (NDJSON). A run begins with `run` and ends with `end`; a record without `end` was cut short.
 * Each verdict other than a pass is preceded by a `trace` with all that a report needs.
 */
export type RecordLine =
  | { readonly run: RunRecord }
  | { readonly trace: TraceRecord }
  | { readonly verdict: Verdict }
  | { readonly end: EndRecord };

export interface RunRecord {
  /** The version of this format. */
  readonly record: 2;
  readonly gatetape: string;
  readonly ogl: string;
  readonly client: ClientInfo;
  readonly startedAt: string;
  /** Number of verdicts to come. */
  readonly scenarios: number;
  readonly shard?: string;
  readonly profile?: string;
  /**
   * Absent for a client judged by scenarios. `traffic`: a command's or saved traffic, judged by checks. `server`: a live
   * server, judged by checks.
   */
  readonly judges?: "traffic" | "server";
  /** Command that plays one scenario again, as the user called it: `--only ID` goes between its parts. */
  readonly rerun?: { readonly before: string; readonly after: string };
}

export interface EndRecord {
  readonly ms: number;
  readonly exitCode: number;
  /** Problems beside verdicts: stale known failures, too many skips, an adapter that broke the protocol. */
  readonly problems: readonly string[];
  /** Summary of judged traffic: number of requests, coverage, end of the command. */
  readonly traffic?: {
    readonly requests: number;
    readonly coverage: Coverage;
    readonly command?: CommandEnd;
  };
}

export interface TraceRecord {
  readonly subject: string;
  readonly scenario: string;
  readonly judges?: "traffic" | "server";
  /** Behaviour of the server; where checks judge, the requirement on the client or the server. */
  readonly title: string;
  readonly why: string;
  readonly evidence: readonly string[];
  readonly checks: readonly { readonly id: string; readonly says: string; readonly level: Level }[];
  readonly calls: readonly CallRecord[];
  readonly exchanges: readonly ExchangeLine[];
  /** Lateness of the machine meanwhile. */
  readonly lateness?: Lateness;
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

/** Maximum size of a text of an outcome, a body or a write; longer ones are cut. */
const MAX_BYTES = 4096;

/** Makes a trace record from a scenario's run, bounded in size. */
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

/** Makes a trace record from its description and the calls and exchanges of a run, bounded in size. */
export function traceRecordOf(
  about: Omit<TraceRecord, "calls" | "exchanges">,
  trace: Pick<RunTrace, "calls" | "exchanges" | "lateness">,
): TraceRecord {
  const { lateness } = trace;
  return {
    ...about,
    ...(lateness === undefined ? {} : { lateness: roundedLateness(lateness) }),
    calls: trace.calls.map(({ run, startedAt, endedAt, outcome }) => ({
      operation: run.operation,
      baseUrl: run.baseUrl,
      params: run.params,
      control: run.control,
      startedAt: tenths(startedAt),
      ...(endedAt === undefined ? {} : { endedAt: tenths(endedAt) }),
      ...(outcome === undefined ? {} : { outcome: cutOutcome(outcome) }),
    })),
    exchanges: trace.exchanges.map((exchange, i) => recordLine(exchange, i + 1)),
  };
}

function roundedLateness({ longest, total, ownCpu, queued }: Lateness): Lateness {
  const share = ownCpu === undefined ? {} : { ownCpu: Math.round(ownCpu * 1000) / 1000 };
  const wait = queued === undefined ? {} : { queued: tenths(queued) };
  return { longest: tenths(longest), total: tenths(total), ...share, ...wait };
}

function recordLine(exchange: ExchangeTrace, id: number): ExchangeLine {
  const { at: start, endedBy } = exchange;
  return exchangeLineOf(exchange, { id, maxBody: MAX_BYTES, run: { start, endedBy } });
}

/** The scenario's answer to its first request, for listings; `undefined` if it depends on the request. */
export function plannedExchange({ id, answers, calls }: Scenario): ExchangeLine | undefined {
  if (typeof answers === "function") return undefined;
  const script = "ops" in answers ? answers : answers[0];
  if (script === undefined) return undefined;
  const { at, end } = scheduleOf(script);
  const delivery: Delivery = { ended: end, writes: at.length, bytes: bodyLength(script.ops) ?? 0, at };
  return recordLine(
    {
      startedAt: 0,
      at: 0,
      request: {
        method: calls[0]?.operation.startsWith("models") ? "GET" : "POST",
        target: `(${calls[0]?.operation})`,
        headers: [],
      },
      session: "",
      expected: true,
      findings: [],
      answer: { by: { kind: "reply", from: "scenario", name: id }, script },
      delivery,
      ms: at.at(-1) ?? 0,
      endedAt: at.at(-1) ?? 0,
      endedBy: "server",
    },
    1,
  );
}

/** Times (ms) of the script's writes, and its end. An endless repeat counts for one round. */
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

/** Cuts long texts: a text of megabytes is no help in a report. */
function cutOutcome(outcome: Outcome): Outcome {
  return JSON.parse(
    JSON.stringify(outcome, (_, value: unknown) =>
      typeof value === "string" && value.length > MAX_BYTES ? `${value.slice(0, MAX_BYTES)}…` : value,
    ),
  ) as Outcome;
}
