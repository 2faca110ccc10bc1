import { pythonFloat } from "../asgi/index.ts";
import type { Answer } from "../exchange/index.ts";
import { type Script, headerValue } from "../http/index.ts";
import type { OglVersion } from "../openapi/index.ts";
import { type WorldModel, costOf, toMicro } from "./state/index.ts";

/** The tokens of an answer, as OGL itself counted them. */
export interface CountedTokens {
  readonly prompt: number;
  readonly completion: number;
}

/**
 * Reads OGL's own `usage` from an answer, in a stream the last one. Only a usage with a cost is OGL's own: for an upstream's
 * usage that OGL relays, nothing is charged (observed on 0.4.1: chat-up-json-charset).
 *
 * @returns `undefined` if the answer has no usage of OGL's own
 */
export function readUsage({ script, by }: Answer): CountedTokens | undefined {
  if (script.head?.status !== 200) return undefined;
  if (by.kind !== "cassette") return findUsage(script) ?? readWhole(script);
  let known = counted.get(script);
  if (known === undefined) {
    known = { tokens: findUsage(script) ?? readWhole(script) };
    counted.set(script, known);
  }
  return known.tokens;
}

/** Tokens of recorded answers, which are given many times. */
const counted = new WeakMap<Script, { readonly tokens: CountedTokens | undefined }>();

/** Length of a usage up to its cost. */
const REACH = 160;
const USAGE = /"usage": ?\{"prompt_tokens": ?(\d+), ?"completion_tokens": ?(\d+), ?"total_tokens": ?\d+, ?$/;

/** Finds the usage by its cost, without parsing the answer: each answer is recorded, and the vectors of one are long. */
function findUsage({ ops }: Script): CountedTokens | undefined {
  for (let i = ops.length - 1; i >= 0; i--) {
    const op = ops[i];
    if (op?.op !== "write") continue;
    const bytes = Buffer.from(op.bytes.buffer, op.bytes.byteOffset, op.bytes.length);
    const at = bytes.lastIndexOf('"cost"');
    if (at === -1) continue;
    const found = USAGE.exec(bytes.toString("latin1", Math.max(0, at - REACH), at));
    return found === null ? undefined : { prompt: Number(found[1]), completion: Number(found[2]) };
  }
  return undefined;
}

function readWhole({ head, ops }: Script): CountedTokens | undefined {
  const text = Buffer.concat(ops.flatMap((op) => (op.op === "write" ? [op.bytes] : []))).toString("utf8");
  const stream = (headerValue(head?.headers ?? [], "content-type") ?? "").startsWith("text/event-stream");
  const sources = stream
    ? text
        .split("\n")
        .filter((line) => line.startsWith("data: {"))
        .map((line) => line.slice(6))
    : [text];
  for (const source of sources.toReversed()) {
    const usage = parseUsage(source);
    if (usage !== undefined) return usage;
  }
  return undefined;
}

function parseUsage(source: string): CountedTokens | undefined {
  if (!source.includes('"usage"')) return undefined;
  try {
    const { usage } = JSON.parse(source) as { usage?: Record<string, unknown> };
    const { prompt_tokens: prompt, completion_tokens: completion, cost } = usage ?? {};
    return typeof prompt === "number" && typeof completion === "number" && cost !== undefined
      ? { prompt, completion }
      : undefined;
  } catch {
    return undefined;
  }
}

const NONE = pythonFloat(0);
const RANGE = { min: NONE, max: NONE };
const IMPACTS = { kWh: NONE, kgCO2eq: NONE };

/** The last members of OGL's usage by generation (observed on 0.4.1, and with the schemas of 0.4.5: stream-plain). */
const LAST_MEMBERS: Readonly<Record<OglVersion, object>> = {
  "0.4.1": { carbon: IMPACTS, requests: 1 },
  "0.4.5": { carbon: { kWh: RANGE, kgCO2eq: RANGE }, impacts: IMPACTS, requests: 1 },
  next: { impacts: IMPACTS },
};

/** The vector model's part of a chat that searches. */
export interface VectorUse {
  readonly model: WorldModel;
  /** Tokens of the question. */
  readonly tokens: number;
}

/**
 * The `usage` that OGL adds. The energy, which OGL estimates from the time of the call, is 0 here.
 *
 * @param vectors the part of the vector model, which is added to that of the model
 */
export function usageObject(
  ogl: OglVersion,
  model: WorldModel,
  { prompt, completion }: CountedTokens,
  vectors?: VectorUse,
): object {
  const all = prompt + (vectors?.tokens ?? 0);
  return {
    prompt_tokens: all,
    completion_tokens: completion,
    total_tokens: all + completion,
    cost: pythonFloat(costWithVectors(model, { prompt, completion }, vectors)),
    ...LAST_MEMBERS[ogl],
    ...(vectors === undefined || !("requests" in LAST_MEMBERS[ogl]) ? {} : { requests: 2 }),
  };
}

/** The cost of an answer, that of the question's vector included (observed on 0.4.1: chatsearch-02). */
export function costWithVectors(
  model: WorldModel,
  { prompt, completion }: CountedTokens,
  vectors: VectorUse | undefined,
): number {
  const cost = costOf(model, prompt, completion);
  return vectors === undefined ? cost : toMicro(cost + costOf(vectors.model, vectors.tokens, 0));
}
