import { STREAM_HEADERS, asgiResponse } from "../../../asgi/index.ts";
import type { Op, Script } from "../../../http/index.ts";
import { countDelta, usageObject } from "../../../ogl/index.ts";
import { printSpaced } from "../../../util/index.ts";
import { CREATED, type SynthesisRequest, idOf } from "../base/index.ts";
import type { ChunkSpec } from "./types.ts";

/** Block of a stream, and the time (ms) that passes before it. */
export interface Block {
  readonly text: string;
  readonly wait?: number;
}

/** Makes the script of a stream of blocks. */
export function streamScript(blocks: readonly Block[]): Script {
  const { head } = asgiResponse(200, new Uint8Array(0));
  return {
    wait: 0,
    head: head && { ...head, framing: "chunked", headers: STREAM_HEADERS },
    ops: [
      ...blocks.flatMap(({ text, wait = 0 }): Op[] => [
        ...(wait > 0 ? [{ op: "wait" as const, ms: wait }] : []),
        { op: "write", bytes: Buffer.from(text) },
      ]),
      { op: "complete" },
    ],
  };
}

/** Blocks of a script, one for each of its writes. */
export function textBlocks({ ops }: Script): Block[] {
  let wait = 0;
  return ops.flatMap((op): Block[] => {
    if (op.op === "wait") wait += op.ms;
    if (op.op !== "write") return [];
    const block = { text: Buffer.from(op.bytes).toString("utf8"), wait };
    wait = 0;
    return [block];
  });
}

/** True if a block has generated text in it. */
export function hasContent({ text }: Block): boolean {
  return /"delta":\{"(?:content|reasoning_content)":"[^"]/.test(text);
}

/** Makes a chunk as the upstream sends it. */
export function chunkBlock(request: SynthesisRequest, choices: readonly object[], more: object = {}): string {
  return `data: ${JSON.stringify({ ...chunkBase(request), choices, ...more })}\n\n`;
}

/** OGL's own chunk: a copy of the last one, with OGL's usage. */
export function usageBlock(request: SynthesisRequest, completion: number, base?: object): string {
  const { ogl, model, prompt } = request;
  const usage = usageObject(ogl, model, { prompt, completion });
  return `data: ${printSpaced({ ...(base ?? { ...chunkBase(request), choices: [] }), usage })}\n\n`;
}

function chunkBase(request: SynthesisRequest): object {
  const { model } = request;
  return {
    id: idOf(request, "chatcmpl-"),
    object: "chat.completion.chunk",
    created: CREATED,
    model: model.provider_name ?? model.id,
  };
}

/** Makes the blocks of fixed chunks. OGL's usage chunk copies the first one if that has no choices, as Azure's. */
export function fixedBlocks(request: SynthesisRequest, specs: readonly ChunkSpec[]): Block[] {
  let tokens = 0;
  const [first] = specs;
  const own = typeof first === "object" && "text" in first ? firstChunk(request, first.text) : undefined;
  return specs.map((spec) => {
    if (spec === "usage") return { text: usageBlock(request, tokens, own) };
    if ("text" in spec) return { text: `${spec.text}\n\n` };
    const { delta, finish = null, more } = spec;
    const { content = "" } = delta;
    tokens += UNREAD.test(content) ? 0 : countDelta(content, "");
    const choice = { index: 0, delta, logprobs: null, finish_reason: finish, token_ids: null };
    // OGL takes these characters for line ends (observed on 0.4.1: stream-up-u2028).
    return { text: chunkBlock(request, [choice], more).replaceAll(/[\u0085\u2028\u2029]/g, "\n\n") };
  });
}

/** Contents that OGL does not count, since it cannot read their events (observed on 0.4.1: stream-up-dataword). */
const UNREAD = /[\u0085\u2028\u2029]|data: /;

/** Members that OGL's chunk takes over from a first chunk without choices; `undefined` if it takes none. */
function firstChunk(request: SynthesisRequest, text: string): object | undefined {
  if (!text.startsWith("data: {")) return undefined;
  const chunk = JSON.parse(text.slice("data: ".length)) as Readonly<Record<string, unknown>>;
  if (!("error" in chunk)) return { ...chunkBase(request), id: chunk["id"], choices: [] };
  return { ...chunk, ...errorTail(request) };
}

/** Members that OGL adds to a copy of an error (observed on 0.4.1: stream-up-miderror). */
export function errorTail(request: SynthesisRequest): object {
  const { model } = request;
  return { choices: [], model: model.provider_name ?? model.id, id: idOf(request, "chatcmpl-") };
}
