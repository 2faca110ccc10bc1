import { asgiResponse } from "../../asgi/index.ts";
import { type Answer, upstreamRefusal } from "../../exchange/index.ts";
import { type WorldModel, failure, generationOf, usageObject } from "../../ogl/index.ts";
import { type SynthesisRequest, CREATED, REPLIED, idOf, positive, synthesized } from "./base/index.ts";
import { answered, relayed } from "./chat/index.ts";
import { shortened, embedText, vectorPrinter } from "./text/index.ts";

/** Vector length of models without one in the world or the table; most gateways' models have it. */
export const DEFAULT_DIMENSION = 1024;

/** Vector lengths of well-known models. */
const DIMENSIONS: readonly (readonly [RegExp, number])[] = [
  [/nomic-embed|mpnet|e5-base|gte-base|bge-base/i, 768],
  [/minilm|e5-small|gte-small|bge-small/i, 384],
  [/text-embedding-3-small|ada-002/i, 1536],
  [/text-embedding-3-large/i, 3072],
];

/** Answers an embeddings request. */
export function embeddings(request: SynthesisRequest): Answer {
  const { body, model, name, ogl, prompt, reply, pace } = request;
  if (reply?.error !== undefined) return relayed(reply.error, false, true);
  const inputs = inputsOf(body["input"]);
  if (model.provider === "tei" && inputs.length > MAX_TEI_BATCH) return teiBatchTooLarge(inputs.length);
  if (inputs.length > MAX_BATCH) return relayed(batchTooLarge(inputs.length), false, false);
  const own = dimensionOf(model);
  const wanted = Math.min(positive(body["dimensions"]) ?? own, own);
  const vectors = reply?.embeddings ?? inputs.map((input) => shortened(embedText(input, own), wanted));
  const by =
    reply?.embeddings === undefined
      ? synthesized(
          `${inputs.length} ${inputs.length === 1 ? "vector" : "vectors"} of ${wanted} from the words of the input`,
        )
      : REPLIED;
  if (body["encoding_format"] === "base64") return base64Embeddings(request);
  const usage = usageObject(ogl, model, { prompt, completion: 0 });
  const isTei = model.provider === "tei";
  const extras = {
    id: isTei ? idOf(request, "request-") : idOf(request, "embd-"),
    ...(isTei ? {} : { created: CREATED }),
  };
  const rest = JSON.stringify({ model: name, object: "list", usage, ...extras }).slice(1);
  const { script } = answered({}, by, pace.ttft ?? 0);
  const whole = asgiResponse(200, Buffer.concat([...vectorsJson(vectors), Buffer.from(rest)]));
  return { by, script: { ...script, ops: whole.ops } };
}

function dimensionOf({ id, dimension }: Pick<WorldModel, "id" | "dimension">): number {
  return dimension ?? DIMENSIONS.find(([pattern]) => pattern.test(id))?.[1] ?? DEFAULT_DIMENSION;
}

/** The vectors that a request for embeddings of these texts is answered with. */
export function vectorsBy(
  model: Pick<WorldModel, "id" | "dimension">,
  texts: readonly string[],
): Float64Array[] {
  return texts.map((text) => embedText(text, dimensionOf(model)));
}

/** Inputs of a request that TEI takes by default (observed on 0.4.1 behind a TEI). */
const MAX_TEI_BATCH = 32;
/** Inputs of a request that OpenAI's API takes, and the synthesizer for any other model: more are tens of megabytes. */
const MAX_BATCH = 2048;

function batchTooLarge(size: number): { readonly status: number; readonly message: string } {
  return { status: 400, message: `input has ${size} members, more than the maximum of ${MAX_BATCH}` };
}

/** Relays TEI's refusal of a large batch. */
function teiBatchTooLarge(size: number): Answer {
  const detail = { error: `Batch size ${size} exceeds maximum ${MAX_TEI_BATCH}`, error_type: "validation" };
  const script = asgiResponse(413, Buffer.from(JSON.stringify({ detail })));
  return {
    by: synthesized(`${upstreamRefusal(413)}: ${detail.error}`),
    script: script.head === null ? script : { ...script, head: { ...script.head, reason: TEI_REASON } },
  };
}

const TEI_REASON = "Request Entity Too Large";

/** Beginning of an answer with its vectors. Printed by hand: `JSON.stringify` does not print Python's floats, and is slow for so many numbers. */
function* vectorsJson(vectors: readonly ArrayLike<number>[]): Generator<Uint8Array> {
  const print = vectorPrinter(Math.max(0, ...vectors.map(({ length }) => length)));
  yield Buffer.from('{"data":[');
  for (const [index, vector] of vectors.entries()) {
    yield Buffer.from(`${index === 0 ? "" : ","}{"embedding":[`);
    yield print(vector);
    yield Buffer.from(`],"index":${index},"object":"embedding"}`);
  }
  yield Buffer.from("],");
}

/** Inputs of a request: a text or its tokens, or a list of either. */
function inputsOf(input: unknown): (string | readonly number[])[] {
  if (!Array.isArray(input)) return [typeof input === "string" ? input : ""];
  const list = input as unknown[];
  if (list.length > 0 && list.every((item) => typeof item === "number")) return [list];
  return list.map((item) => (Array.isArray(item) ? (item as number[]) : String(item)));
}

/**
 * Answers a base64 request. OGL lets base64 in and fails at the upstream's answer, which it reads as lists of numbers
 * (observed on a 0.4.1 with the schemas of 0.4.5: 045p-emb emb-base64). 0.4.1 itself refuses it earlier. Later versions
 * are only known to read the answer in the same way.
 */
function base64Embeddings({ ogl }: SynthesisRequest): Answer {
  if (generationOf(ogl).unreadAnswer === "errors") {
    const detail = [
      { type: "list_type", loc: ["data", 0, "embedding"], msg: "Input should be a valid list" },
    ];
    const script = asgiResponse(422, Buffer.from(JSON.stringify({ detail })));
    return { script, by: BASE64 };
  }
  return { ...failure("base64"), by: BASE64 };
}

const BASE64 = synthesized("base64, which OGL requests and cannot read");
