import { asgiResponse } from "../../../asgi/index.ts";
import type { Script } from "../../../http/index.ts";
import { countDelta, usageObject } from "../../../ogl/index.ts";
import { isObject } from "../../../util/index.ts";
import { CREATED, type Json, type SynthesisRequest, idOf } from "../base/index.ts";
import {
  type Block,
  textBlocks,
  chunkBlock,
  errorTail,
  hasContent,
  streamScript,
  usageBlock,
} from "./chunks.ts";
import type { JsonForm, StreamForm } from "./types.ts";

/** Changes an answer in JSON. */
type ChangeJson = (made: Json, request: SynthesisRequest) => object;
/** Changes the blocks of a stream. */
type ChangeStream = (blocks: readonly Block[], request: SynthesisRequest) => readonly Block[];

/** Prompt tokens that the upstream counts beyond OGL's count: those of its chat template. */
const TEMPLATE_TOKENS = 10;

function usageFor({ ogl, model, prompt }: SynthesisRequest, completion: number): object {
  return usageObject(ogl, model, { prompt, completion });
}

function completionOf({ usage }: Json): number {
  const { completion_tokens: tokens } = isObject(usage) ? usage : {};
  return typeof tokens === "number" ? tokens : 0;
}

const requestId = (request: SynthesisRequest): string =>
  `request-${idOf(request, "").replace("request-", "").slice(0, 32)}`;

/** The answer as the upstream sent it: its own name of the model, its own usage. */
function fromUpstream(made: Json, { model, prompt }: SynthesisRequest): object {
  const [input, output] = [prompt + TEMPLATE_TOKENS, completionOf(made)];
  const usage = {
    prompt_tokens: input,
    total_tokens: input + output,
    completion_tokens: output,
    prompt_tokens_details: null,
  };
  return { ...made, model: model.provider_name ?? model.id, usage };
}

/** The choices of an upstream that sends the least. */
function shortChoices({ choices }: Json): object[] {
  return (Array.isArray(choices) ? (choices as unknown[]) : []).flatMap((choice, index) => {
    const { message, finish_reason: finish } = isObject(choice) ? choice : {};
    const { content } = isObject(message) ? message : {};
    return [{ index, message: { role: "assistant", content }, finish_reason: finish }];
  });
}

const CHAT = { object: "chat.completion", created: CREATED };

/** Forms of answers in JSON (observed on 0.4.1: the captures whose names end in that of the model). */
const JSON_FORMS: Readonly<Record<JsonForm, ChangeJson>> = {
  "upstream-usage": fromUpstream,
  "no-choices": (_, request) => ({
    id: "c-1",
    ...CHAT,
    created: 1,
    model: request.name,
    usage: usageFor(request, 0),
  }),
  "no-id": (made, request) => ({
    ...CHAT,
    model: request.name,
    choices: shortChoices(made),
    id: requestId(request),
    usage: usageFor(request, completionOf(made)),
  }),
  "null-id": (made, request) => ({
    id: null,
    ...CHAT,
    model: request.name,
    choices: shortChoices(made),
    usage: usageFor(request, completionOf(made)),
  }),
  "error-in-200": (_, request) => ({
    error: { message: "soft failure", type: "x", code: 1 },
    model: request.name,
    id: requestId(request),
    usage: usageFor(request, 0),
  }),
};

const KEEPALIVE = ": keepalive\n\n";

/** Error of vLLM within a stream. */
const ENGINE_ERROR = {
  error: {
    object: "error",
    message: "EngineCore encountered an issue",
    type: "InternalServerError",
    param: null,
    code: 500,
  },
};

/** Number of characters of a big chunk, and of big chunks. */
const BIG = 70_000;
const BIG_CHUNKS = 4;

const PRELUDE = [": ping - 2026-11-21", "event: message", "id: 42", "retry: 1000"];

/** Time (ms) between two chunks of a slow upstream. */
const SLOW_MS = 400;

/** Forms of streams (observed on 0.4.1: the captures whose names end in that of the model). */
const STREAM_FORMS: Readonly<Record<Exclude<StreamForm, "plain-json">, ChangeStream>> = {
  slow: (blocks) =>
    blocks.map(({ text, wait = 0 }, i) => ({
      text,
      wait: i === 0 || i === blocks.length - 1 ? wait : Math.max(wait, SLOW_MS),
    })),
  comments: (blocks) => [
    ...PRELUDE.map((line) => ({ text: `${line}\n\n` })),
    ...blocks.flatMap((block) =>
      hasContent(block) ? [{ ...block, text: KEEPALIVE }, { text: block.text }] : [block],
    ),
  ],
  "no-space": (blocks) =>
    blocks
      .filter((_, i) => i !== blocks.length - 2)
      .map((block) => ({ ...block, text: block.text.replace(/^data: /, "data:") })),
  "error-midway": (blocks, request) => {
    const before = blocks.slice(0, 3);
    const tokens = before.filter(hasContent).length;
    return [
      ...before,
      { text: `data: ${JSON.stringify(ENGINE_ERROR)}\n\n` },
      { text: usageBlock(request, tokens, { ...ENGINE_ERROR, ...errorTail(request) }) },
      { text: "data: [DONE]\n\n" },
    ];
  },
  "big-chunks": (blocks, request) => {
    const content = "x".repeat(BIG);
    const choice = { index: 0, delta: { content }, logprobs: null, finish_reason: null, token_ids: null };
    const big = { text: chunkBlock(request, [choice]) };
    const rest = blocks.filter((block) => !hasContent(block));
    return [
      ...rest.slice(0, 1),
      ...Array.from({ length: BIG_CHUNKS }, () => big),
      ...rest.slice(1, -2),
      { text: usageBlock(request, BIG_CHUNKS * countDelta(content, "")) },
      ...rest.slice(-1),
    ];
  },
  "usage-in-chunks": (blocks, { prompt }) => {
    let tokens = 0;
    return blocks.map((block) => {
      if (!hasContent(block)) return block;
      tokens++;
      const input = prompt + TEMPLATE_TOKENS;
      const usage = { prompt_tokens: input, total_tokens: input + tokens, completion_tokens: tokens };
      return { ...block, text: block.text.replace(/\}\n\n$/, `,"usage":${JSON.stringify(usage)}}\n\n`) };
    });
  },
};

/** Block of an answer without a body. */
const NO_BLOCK: Block = { text: "{}" };

/** Changes an answer in JSON to another form. */
export function inJsonForm(form: JsonForm, script: Script, request: SynthesisRequest): Script {
  const [{ text } = NO_BLOCK] = textBlocks(script);
  const value = JSON_FORMS[form](JSON.parse(text) as Json, request);
  return { ...asgiResponse(200, Buffer.from(JSON.stringify(value))), wait: script.wait };
}

/** Changes a stream to another form. */
export function inStreamForm(
  form: Exclude<StreamForm, "plain-json">,
  script: Script,
  request: SynthesisRequest,
): Script {
  return { ...streamScript(STREAM_FORMS[form](textBlocks(script), request)), wait: script.wait };
}

/** Streams an answer in JSON as one line, as OGL relays it (observed on 0.4.1: stream-up-stream-json). */
export function inOneLine(script: Script, request: SynthesisRequest): Script {
  const [{ text } = NO_BLOCK] = textBlocks(script);
  const value = fromUpstream(JSON.parse(text) as Json, request);
  return { ...streamScript([{ text: `${JSON.stringify(value)}\n\n` }]), wait: script.wait };
}
