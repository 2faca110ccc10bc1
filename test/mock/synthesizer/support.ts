/** What the tests of the synthesizer ask with, and read its answers by. Reads bytes on its own. */
import type { Answer } from "../../../src/exchange/answer.ts";
import type { SynthesisRequest } from "../../../src/mock/synthesizer/base/request.ts";
import { promptTokens } from "../../../src/ogl/tokens.ts";
import type { OglVersion } from "../../../src/openapi/document/versions.ts";

export const MODEL = {
  id: "m",
  type: "text-generation",
  aliases: ["alias"],
  provider_name: "provider/m",
  costs: { prompt_tokens: 1, completion_tokens: 2 },
} as const;

export function request(
  body: Record<string, unknown>,
  more: Partial<SynthesisRequest> & { ogl?: OglVersion } = {},
): SynthesisRequest {
  const operation =
    "input" in body ? "embeddings.create" : "query" in body ? "rerank_v1_rerank_post" : "chat.create";
  return {
    name: "alias",
    model: MODEL,
    body: { model: "alias", ...body },
    ogl: "0.4.1",
    prompt: promptTokens(operation, body),
    pace: {},
    reply: undefined,
    ...more,
  };
}

export const user = (content: unknown): { role: string; content: unknown }[] => [{ role: "user", content }];

export interface Choice {
  readonly index: number;
  readonly message: {
    readonly role: string;
    readonly content: string | null;
    readonly reasoning_content: string | null;
    readonly tool_calls: readonly {
      readonly id: string;
      readonly type: string;
      readonly function: { readonly name: string; readonly arguments: string };
    }[];
  };
  readonly logprobs: { readonly content: readonly Token[] } | null;
  readonly finish_reason: string;
  readonly stop_reason: string | null;
}

export interface Token {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
  readonly top_logprobs: readonly { readonly token: string; readonly logprob: number }[];
}

export interface Completion {
  readonly id: string;
  readonly object: string;
  readonly created: number;
  readonly model: string;
  readonly choices: readonly Choice[];
  readonly usage: Usage;
}

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly cost?: number;
}

export function bytesOf({ script }: Answer): string {
  return Buffer.concat(script.ops.flatMap((op) => (op.op === "write" ? [op.bytes] : []))).toString("utf8");
}

export function jsonOf<T = Completion>(answer: Answer): T {
  return JSON.parse(bytesOf(answer)) as T;
}

export interface Chunk {
  readonly id: string;
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly delta: {
      readonly role?: string;
      readonly content?: string;
      readonly reasoning_content?: string;
      readonly tool_calls?: readonly {
        readonly index: number;
        readonly id?: string;
        readonly type?: string;
        readonly function: { readonly name?: string; readonly arguments: string };
      }[];
    };
    readonly logprobs: { readonly content: readonly Token[] } | null;
    readonly finish_reason: string | null;
    readonly stop_reason?: string;
  }[];
  readonly usage?: Usage;
}

/** The `data:` of each write, which is one event: a stream that is not so framed fails here. */
export function eventsOf({ script }: Answer): string[] {
  return script.ops
    .filter((op) => op.op === "write")
    .map(({ bytes }) => {
      const found = /^data: ([^\n]+)\n\n$/.exec(Buffer.from(bytes).toString("utf8"));
      if (found === null) throw new Error(`not one event: ${Buffer.from(bytes).toString("utf8")}`);
      return found[1] as string;
    });
}

export function chunksOf(answer: Answer): Chunk[] {
  const events = eventsOf(answer);
  if (events.at(-1) !== "[DONE]") throw new Error("no [DONE]");
  return events.slice(0, -1).map((data) => JSON.parse(data) as Chunk);
}

/** The choices that a stream's deltas add up to, in the form that JSON has them in. */
export function addedUp(chunks: readonly Chunk[]): Choice[] {
  const choices = new Map<number, Added>();
  for (const { choices: parts } of chunks) for (const part of parts) add(choices, part);
  return [...choices]
    .toSorted(([a], [b]) => a - b)
    .map(([index, { content, reasoning, calls, tokens, finish, stop }]) => ({
      index,
      message: {
        role: "assistant",
        content: content === "" && calls.length > 0 ? null : content,
        reasoning_content: reasoning === "" ? null : reasoning,
        tool_calls: calls.map(({ id, type, name, args }) => ({
          id,
          type,
          function: { name, arguments: args },
        })),
      },
      logprobs: tokens.length === 0 ? null : { content: tokens },
      finish_reason: finish,
      stop_reason: stop,
    }));
}

interface Added {
  content: string;
  reasoning: string;
  calls: { id: string; type: string; name: string; args: string }[];
  tokens: Token[];
  finish: string;
  stop: string | null;
}

function add(choices: Map<number, Added>, part: Chunk["choices"][number]): void {
  const { index, delta, logprobs, finish_reason: finish, stop_reason: stop } = part;
  const choice = choices.get(index) ?? {
    content: "",
    reasoning: "",
    calls: [],
    tokens: [],
    finish: "",
    stop: null,
  };
  choices.set(index, choice);
  choice.content += delta.content ?? "";
  choice.reasoning += delta.reasoning_content ?? "";
  choice.tokens.push(...(logprobs?.content ?? []));
  for (const { index: at, id, type, function: called } of delta.tool_calls ?? []) {
    const call = (choice.calls[at] ??= { id: "", type: "", name: "", args: "" });
    call.id += id ?? "";
    call.type += type ?? "";
    call.name += called.name ?? "";
    call.args += called.arguments;
  }
  if (finish !== null) choice.finish = finish;
  if (stop !== undefined) choice.stop = stop;
}
