import { bodyLength, type End, type Head, type Op, type Script } from "./script.ts";
import { chunkParts, writeChunk, writeLastChunk } from "./writer.ts";

/** What the node sink does, step by step. Made once for each script and pace; a replay only walks through it. */
export type Step =
  /**
   * Bytes as they go to the socket, HTTP chunk sizes included, in one part or, where they are many, without a copy in
   * several; `sizes` are those of the script's writes in it.
   */
  | {
      readonly do: "send";
      readonly parts: readonly Uint8Array[];
      readonly sizes: readonly number[];
      readonly flush: boolean;
    }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "repeat"; readonly steps: readonly Step[]; readonly every: number; readonly times: number }
  /** `tail` ends the message by its framing. */
  | { readonly do: "end"; readonly how: End; readonly tail: Uint8Array | undefined };

export interface Plan {
  readonly steps: readonly Step[];
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
  return { steps: chunked && instant ? joined(steps) : steps, ...headersOf(script, head) };
}

function stepsOf(op: Op, chunked: boolean, instant: boolean, head: Head | null): Step[] {
  switch (op.op) {
    case "write":
      return [
        {
          do: "send",
          parts: chunked ? chunkOf(op.bytes) : [op.bytes],
          sizes: [op.bytes.length],
          flush: op.flush ?? false,
        },
      ];
    case "wait":
      return instant || op.ms === 0 ? [] : [{ do: "wait", ms: op.ms }];
    case "repeat": {
      const steps = op.ops.flatMap((inner) => stepsOf(inner, chunked, instant, head));
      return op.times === 0 ? [] : [{ do: "repeat", steps, every: op.every, times: op.times ?? Infinity }];
    }
    default: {
      const completes = op.op === "complete" || op.op === "close";
      return [
        { do: "end", how: op.op, tail: chunked && completes ? writeLastChunk(head?.trailers) : undefined },
      ];
    }
  }
}

/** One HTTP chunk (RFC 9112 section 7.1); none for an empty write, since that would end the body. */
function chunkOf(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length === 0) return [];
  return bytes.length > MAX_JOINED ? chunkParts(bytes) : [writeChunk(bytes)];
}

/** Puts what leaves at once into one buffer, chunk by chunk, the end of the message included. */
function joined(steps: readonly Step[]): Step[] {
  const result: Step[] = [];
  let parts: Uint8Array[] = [];
  let sizes: number[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (sizes.length > 0) result.push({ do: "send", parts: [Buffer.concat(parts)], sizes, flush: false });
    parts = [];
    sizes = [];
    bytes = 0;
  };
  for (const step of steps) {
    if (step.do === "send" && !step.flush && step.parts.length <= 1) {
      const length = step.parts[0]?.length ?? 0;
      if (bytes + length > MAX_JOINED) flush();
      parts.push(...step.parts);
      sizes.push(...step.sizes);
      bytes += length;
      continue;
    }
    const ending = step.do === "end" && step.tail !== undefined && sizes.length > 0;
    if (ending) parts.push(step.tail);
    flush();
    result.push(ending ? { ...step, tail: undefined } : step);
  }
  flush();
  return result;
}

function headersOf(script: Script, head: Head | null): Pick<Plan, "headers" | "dates"> {
  const headers: string[] = [];
  const dates: number[] = [];
  for (const [name, value] of head?.headers ?? []) {
    const lower = name.toLowerCase();
    if (value === null && lower === "date") dates.push(headers.length + 1);
    headers.push(name, value ?? computed(lower, script));
  }
  return { headers, dates };
}

function computed(name: string, script: Script): string {
  if (name === "content-length") return String(bodyLength(script.ops) ?? 0);
  return name === "transfer-encoding" ? "chunked" : "";
}
