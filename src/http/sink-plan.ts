import type { Timed } from "./schedule.ts";
import { type End, type Head, type Op, type Script, bodyLength } from "./script.ts";
import { chunkParts, writeChunk, writeLastChunk } from "./writer.ts";

/** Bytes that leave at once: in one part or, where they are many, without a copy in several. */
interface Send {
  readonly op: "send";
  /** As they go to the socket, HTTP chunk sizes included. */
  readonly parts: readonly Uint8Array[];
  /** Sizes of the script's writes in the parts. */
  readonly sizes: readonly number[];
  readonly flush: boolean;
}

interface Ending {
  readonly op: "end";
  readonly how: End;
  /** Bytes that leave together with the end: the last write, or what ends the message by its framing. */
  readonly tail: Uint8Array | undefined;
  /** Sizes of the script's writes in the tail. */
  readonly sizes: readonly number[];
}

/** A step of the node sink, which takes no time. */
export type Step = Send | Ending;

/** A script with its bytes prepared. Made once for each script and pace; a replay only walks through it. */
export interface Plan {
  readonly steps: readonly Timed<Step>[];
  /** Name, value, name, value … as `writeHead` takes them. */
  readonly headers: readonly string[];
  /** Indices of the header values to fill in with the time of sending. */
  readonly dates: readonly number[];
}

/** Writes without a wait between them leave together, up to this many bytes: a slow reader must still hold up the rest. */
const MAX_JOINED = 64 * 1024;

const plans = { paced: new WeakMap<Script, Plan>(), instant: new WeakMap<Script, Plan>() };

/** @param instant leaves waits out */
export function planOf(script: Script, instant: boolean): Plan {
  const known = instant ? plans.instant : plans.paced;
  let plan = known.get(script);
  if (plan === undefined) {
    plan = makePlan(script, instant);
    known.set(script, plan);
  }
  return plan;
}

function makePlan(script: Script, instant: boolean): Plan {
  const { head } = script;
  const chunked = head?.framing === "chunked" && head.http !== "1.0";
  const steps = script.ops.flatMap((op) => stepsOf(op, chunked, instant, head));
  return {
    steps: withTail(chunked && instant ? joinedSteps(steps) : steps),
    ...plannedHeaders(script, head),
  };
}

function stepsOf(op: Op, chunked: boolean, instant: boolean, head: Head | null): Timed<Step>[] {
  switch (op.op) {
    case "write":
      return [
        {
          op: "send",
          parts: chunked ? framedChunk(op.bytes) : [op.bytes],
          sizes: [op.bytes.length],
          flush: op.flush ?? false,
        },
      ];
    case "wait":
      return instant ? [] : [op];
    case "repeat": {
      const ops = withTail(op.ops.flatMap((inner) => stepsOf(inner, chunked, instant, head)));
      return [{ ...op, ops }];
    }
    default: {
      const completes = endsMessage(op.op);
      const tail = chunked && completes ? writeLastChunk(head?.trailers) : undefined;
      return [{ op: "end", how: op.op, tail, sizes: [] }];
    }
  }
}

/** An HTTP chunk (RFC 9112 section 7.1); none for an empty write, since that would end the body. */
function framedChunk(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length === 0) return [];
  return bytes.length > MAX_JOINED ? chunkParts(bytes) : [writeChunk(bytes)];
}

/** Puts what leaves at once into one buffer, chunk by chunk, the end of the message included. */
function joinedSteps(steps: readonly Timed<Step>[]): Timed<Step>[] {
  const result: Timed<Step>[] = [];
  let parts: Uint8Array[] = [];
  let sizes: number[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (sizes.length > 0) result.push({ op: "send", parts: [Buffer.concat(parts)], sizes, flush: false });
    parts = [];
    sizes = [];
    bytes = 0;
  };
  for (const step of steps) {
    if (step.op === "send" && !step.flush && step.parts.length <= 1) {
      const length = step.parts[0]?.length ?? 0;
      if (bytes + length > MAX_JOINED) flush();
      parts.push(...step.parts);
      sizes.push(...step.sizes);
      bytes += length;
      continue;
    }
    const ending = step.op === "end" && step.tail !== undefined && sizes.length > 0;
    if (ending) parts.push(step.tail);
    flush();
    result.push(ending ? { ...step, tail: undefined } : step);
  }
  flush();
  return result;
}

/** Lets the last write leave together with the end of its message: head, body and end in one system call. */
function withTail(steps: readonly Timed<Step>[]): Timed<Step>[] {
  const result: Timed<Step>[] = [];
  for (const step of steps) {
    const last = result.at(-1);
    const merges =
      step.op === "end" &&
      endsMessage(step.how) &&
      step.tail === undefined &&
      last?.op === "send" &&
      !last.flush &&
      last.parts.length === 1;
    if (merges) result[result.length - 1] = { ...step, tail: last.parts[0], sizes: last.sizes };
    else result.push(step);
  }
  return result;
}

/** True for the ends by which the message is complete. */
export function endsMessage(how: End): boolean {
  return how === "complete" || how === "close";
}

function plannedHeaders(script: Script, head: Head | null): Pick<Plan, "headers" | "dates"> {
  const headers: string[] = [];
  const dates: number[] = [];
  for (const [name, value] of head?.headers ?? []) {
    const lower = name.toLowerCase();
    if (value === null && lower === "date") dates.push(headers.length + 1);
    headers.push(name, value ?? computedValue(lower, script));
  }
  return { headers, dates };
}

/** The value of a header that a sink computes, but for the date. @param name in lower case */
export function computedValue(name: string, script: Script): string {
  if (name === "content-length") return String(bodyLength(script.ops) ?? 0);
  return name === "transfer-encoding" ? "chunked" : "";
}
