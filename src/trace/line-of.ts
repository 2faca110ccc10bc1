import type { AnsweredBy, FaultNote, Trace } from "../exchange/index.ts";
import type { Header, Op } from "../http/index.ts";
import type { Finding } from "../openapi/index.ts";
import type { Sanitizer } from "../secrets/index.ts";
import { tenths } from "../util/index.ts";
import type { ExchangeLine, LineBytes, LineWrite } from "./exchange-line.ts";

export interface LineOptions {
  readonly id: number;
  /** Replaces secrets; absent if there are none, or they are replaced later. */
  readonly sanitizer?: Sanitizer;
  /** Limit of a body or write, in bytes; the rest is cut. */
  readonly maxBody: number;
  /** Sizes of the bodies, if the trace lacks parts of them. */
  readonly bytes?: BodySizes;
  /** The exchange's part in a run. The answer is then printed write by write instead of as a whole body. */
  readonly run?: {
    /** Ms since the first call of the run. */
    readonly start: number;
    readonly endedBy: NonNullable<ExchangeLine["delivered"]["by"]>;
  };
}

/** Sizes of the whole bodies, in bytes. */
export interface BodySizes {
  readonly request: number;
  readonly answer: number;
}

/** Bytes beyond the printed ones that are looked at: a secret may begin among those that are printed. */
const BEYOND = 64 * 1024;

/** Number of bytes of a body that its printed form depends on. @param maxBody limit of a printed body */
export function readBytesOf(maxBody: number): number {
  return maxBody + BEYOND;
}

/** Number of writes that are kept at each end of an answer. */
const MAX_WRITES = 100;

/** The serialised form of a trace. */
export function exchangeLineOf(trace: Trace, options: LineOptions): ExchangeLine {
  const clean = new Clean(options.sanitizer, options.maxBody);
  const { request, answer, delivery } = trace;
  const { head, ops } = answer.script;
  const { id, run } = options;
  return {
    id,
    at: new Date(trace.startedAt).toISOString(),
    ...(run === undefined ? {} : { start: tenths(run.start) }),
    session: clean.text(trace.session),
    operation: trace.operation ?? null,
    request: {
      method: clean.name(request.method),
      target: clean.text(request.target),
      headers: clean.headers(request.headers),
      ...(request.body ? clean.body([request.body], options.bytes?.request) : {}),
    },
    findings: trace.findings.map((finding) => clean.finding(finding)),
    answer: {
      by: clean.by(answer.by),
      ...(answer.faults === undefined ? {} : { faults: answer.faults.map((note) => clean.fault(note)) }),
      status: head?.status ?? null,
      ...(run === undefined || head === null
        ? {}
        : { reason: clean.text(head.reason), framing: head.framing }),
      headers: clean.headers(head?.headers ?? []),
      ...(run === undefined
        ? clean.body(oneRound(ops), options.bytes?.answer)
        : { bytes: sizeOf(oneRound(ops)), writes: clean.writes(ops, delivery.at) }),
    },
    delivered: {
      ended: delivery.ended,
      ...(run === undefined ? {} : { by: run.endedBy }),
      writes: delivery.writes,
      bytes: delivery.bytes,
      ...(run === undefined ? { at: delivery.at.map(tenths) } : {}),
      ms: tenths(trace.ms),
    },
  };
}

/** Replaces secrets and cuts long bodies. */
class Clean {
  readonly #sanitizer: Sanitizer | undefined;
  readonly #maxBody: number;

  constructor(sanitizer: Sanitizer | undefined, maxBody: number) {
    this.#sanitizer = sanitizer;
    this.#maxBody = maxBody;
  }

  text(text: string): string {
    return this.#sanitizer?.replaceText(text) ?? text;
  }

  /** Names, details and errors may hold what a request held. */
  by(by: AnsweredBy): AnsweredBy {
    return Object.fromEntries(
      Object.entries(by).map(([key, value]) => [key, typeof value === "string" ? this.text(value) : value]),
    ) as unknown as AnsweredBy;
  }

  /** Faults may come from a request's header. */
  fault(note: FaultNote): FaultNote {
    const { fault, why } = note;
    return { ...note, fault: this.text(fault), ...(why === undefined ? {} : { why: this.text(why) }) };
  }

  name(name: string): string {
    return this.#sanitizer?.replaceName(name) ?? name;
  }

  /** Names of headers and members that a request has stand in the pointer. */
  finding(finding: Finding): Finding {
    return { ...finding, pointer: this.text(finding.pointer), message: this.text(finding.message) };
  }

  headers(headers: readonly Header[]): Header[] {
    return headers.map(([name, value]) => [
      this.name(name),
      value === null ? null : (this.#sanitizer?.replaceHeader(name, value) ?? value),
    ]);
  }

  /**
   * The kept bytes of a body. Secrets are replaced before it is cut, since a cut secret would not be recognised. Of a large body
   * only its first bytes are looked at, which takes long enough.
   */
  body(parts: readonly Uint8Array[], bytes = sizeOf(parts)): LineBytes {
    if (bytes === 0) return { bytes: 0 };
    const whole = Buffer.concat(parts, Math.min(sizeOf(parts), readBytesOf(this.#maxBody)));
    const body = Buffer.concat(this.#sanitizer?.replaceWrites([whole]) ?? [whole]);
    const cut = body.length > this.#maxBody || bytes > whole.length;
    const kept = body.subarray(0, this.#maxBody);
    const text = kept.toString("utf8");
    const isText = cut || Buffer.from(text).equals(kept);
    return {
      bytes,
      ...(isText ? { body: text } : { hex: kept.toString("hex") }),
      ...(cut ? { cut: true } : {}),
    };
  }

  /** The writes that were made: those of the script, in order, as many as have a time. */
  writes(ops: readonly Op[], at: readonly number[]): (LineWrite | null)[] {
    const records: (LineWrite | null)[] = [];
    let n = 0;
    for (const bytes of allRounds(ops)) {
      const time = at[n];
      if (time === undefined) break;
      if (n < MAX_WRITES || n >= at.length - MAX_WRITES)
        records.push({ at: tenths(time), ...this.body([bytes]) });
      else if (n === MAX_WRITES) records.push(null);
      n++;
    }
    return records;
  }
}

/** The writes of a script, with a single round of each repeat. */
export function oneRound(ops: readonly Op[]): Uint8Array[] {
  return ops.flatMap((op) => (op.op === "write" ? [op.bytes] : op.op === "repeat" ? oneRound(op.ops) : []));
}

/** The writes of a script; endless if the script is. */
function* allRounds(ops: readonly Op[]): Generator<Uint8Array> {
  for (const op of ops) {
    if (op.op === "write") yield op.bytes;
    else if (op.op === "repeat") {
      if (!op.ops.some((inner) => inner.op === "write" || inner.op === "repeat")) continue;
      for (let round = 0; round < (op.times ?? Infinity); round++) yield* allRounds(op.ops);
    }
  }
}

/** Bytes of a script, with a single round of each repeat. */
export function sizeOfOps(ops: readonly Op[]): number {
  let size = 0;
  for (const op of ops) {
    if (op.op === "write") size += op.bytes.length;
    else if (op.op === "repeat") size += sizeOfOps(op.ops);
  }
  return size;
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
