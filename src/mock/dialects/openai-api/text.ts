import type { Answer } from "../../../exchange/index.ts";
import type { Op } from "../../../http/index.ts";
import { countCompletion } from "../../../ogl/index.ts";
import { isObject } from "../../../util/index.ts";
import { type Json, hasEventStream, innerBody, innerError } from "../base/index.ts";
import { readCompletion, streamPartOf } from "./completion.ts";
import type { Delta, Identity, Usage } from "./completion.ts";
import type { OpenAiWire, StreamWriter, TextRequest } from "./wire.ts";

/** An answer of the mock's own sources in a server's spelling: JSON, a stream, or a refusal. */
export function respell(wire: OpenAiWire, request: TextRequest, answer: Answer): Answer {
  const { script, by } = answer;
  // An upstream that dies without an answer does so here too.
  if (script.head === null) return answer;
  if (script.head.status !== 200) {
    const refused = wire.refused(script.head.status, innerError(innerBody(answer)));
    return { ...refused, by, script: { ...refused.script, wait: script.wait } };
  }
  if (hasEventStream(script)) {
    return { ...answer, script: wire.stream(streamOps(wire.writer(request), script.ops), script.wait) };
  }
  const made = wire.json(wire.whole(request, readCompletion(innerBody(answer))));
  const ops = [...script.ops.filter(({ op }) => op === "wait"), ...made.ops];
  return { ...answer, script: { ...made, wait: script.wait, ops } };
}

interface StreamState {
  identity: Identity;
  usage: Usage | undefined;
  /** Texts of the first choice so far. */
  readonly texts: { content: string; reasoning: string };
  /** Number of choices so far. */
  choices: number;
  /** Bytes of an event that is not complete yet. */
  rest: string;
  isDone: boolean;
}

/** The ops of a stream, at the times of the given one. */
function streamOps(writer: StreamWriter, ops: readonly Op[]): Op[] {
  const decoder = new TextDecoder();
  const state: StreamState = {
    identity: { id: "", created: 0 },
    usage: undefined,
    texts: { content: "", reasoning: "" },
    choices: 0,
    rest: "",
    isDone: false,
  };
  const written = (op: { readonly bytes: Uint8Array }): Op[] => {
    const blocks = (state.rest + decoder.decode(op.bytes, { stream: true })).split("\n\n");
    state.rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => writesOfBlock(writer, state, block)).map(writeOp);
  };
  const respelled = (list: readonly Op[]): Op[] =>
    list.flatMap((op): Op[] => {
      if (op.op === "write") return written(op);
      if (op.op === "repeat") return [{ ...op, ops: respelled(op.ops) }];
      if (op.op !== "complete" && op.op !== "close") return [op];
      // OGL tells of an upstream that died within the stream. The upstream itself only stops.
      if (state.rest.startsWith('{"detail"')) return deathOps(writer, state, op);
      const last = state.isDone ? [] : writer.end(state.identity, state.usage, false);
      const rest = state.rest === "" ? [] : (writer.other?.(state.rest) ?? [state.rest]);
      return [...[...last, ...rest].map(writeOp), op];
    });
  return respelled(ops);
}

/** The ops of an upstream's death within a stream; OGL's timeout stands for one that sends nothing more. */
function deathOps(writer: StreamWriter, { identity, rest }: StreamState, end: Op): Op[] {
  if (rest.includes("ReadTimeout")) return [{ op: "stall" }];
  const own = writer.died?.(identity);
  return own === undefined ? [{ op: "truncate" }] : [...own.map(writeOp), end];
}

function writeOp(text: string): Op {
  return { op: "write", bytes: Buffer.from(text) };
}

/** The writes for a block of the given stream; one that is no event of OpenAI's stays as it is. */
function writesOfBlock(writer: StreamWriter, state: StreamState, block: string): readonly string[] {
  if (block === "data: [DONE]") {
    state.isDone = true;
    return writer.end(state.identity, state.usage, true);
  }
  const event = jsonEvent(block);
  if (event === undefined || event["choices"] === undefined) return writer.other?.(block) ?? [`${block}\n\n`];
  const { identity, deltas, usage } = streamPartOf(event);
  state.identity = identity;
  for (const delta of deltas) addTexts(state, delta);
  if (usage !== undefined) state.usage = { prompt: usage.prompt, completion: tokensSoFar(state) };
  return deltas.flatMap((delta) => [...writer.delta(identity, delta)]);
}

function addTexts(state: StreamState, { index, content = "", reasoning = "" }: Delta): void {
  state.choices = Math.max(state.choices, index + 1);
  if (index !== 0) return;
  state.texts.content += content;
  state.texts.reasoning += reasoning;
}

/** The tokens of a stream as those of the same answer in JSON: OGL counts each delta by itself, a model's server does not. */
function tokensSoFar({ texts, choices }: StreamState): number {
  return countCompletion([texts.content, texts.reasoning], choices);
}

function jsonEvent(block: string): Json | undefined {
  if (!block.startsWith("data:")) return undefined;
  try {
    const json: unknown = JSON.parse(block.slice(5));
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
