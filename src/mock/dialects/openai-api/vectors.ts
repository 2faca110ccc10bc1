import type { Answer } from "../../../exchange/index.ts";
import { type Json, innerBody, innerError } from "../base/index.ts";
import { type Usage, objects, usageOf } from "./completion.ts";
import type { OpenAiWire } from "./wire.ts";

/** Vectors of an answer to embeddings. */
export interface Vectors {
  readonly vectors: readonly (readonly number[])[];
  readonly usage: Usage;
}

/** An answer of the mock's own sources to a request that streams nothing, in a server's spelling. @param make the body */
export function respellWhole(
  wire: Pick<OpenAiWire, "json" | "refused">,
  answer: Answer,
  make: (answer: Answer) => unknown,
): Answer {
  const { script, by } = answer;
  if (script.head === null) return answer;
  if (script.head.status !== 200) {
    return { ...wire.refused(script.head.status, innerError(innerBody(answer))), by };
  }
  return { ...answer, script: { ...wire.json(make(answer)), wait: script.wait } };
}

/** Reads the vectors of an answer of the mock's own sources. */
export function readVectors(answer: Answer): Vectors {
  const body = innerBody(answer);
  const vectors = objects(body["data"]).map(({ embedding }) =>
    Array.isArray(embedding) ? embedding.map(Number) : [],
  );
  return { vectors, usage: usageOf(body["usage"]) ?? { prompt: 0, completion: 0 } };
}

/** A vector as OpenAI sends it in base64: little-endian floats of 4 bytes. */
export function base64Vector(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, at) => bytes.writeFloatLE(value, at * 4));
  return bytes.toString("base64");
}

/** The first `length` values of a vector, scaled to length one; the vector itself if it has no more. */
export function cutVector(vector: readonly number[], length: number | undefined): readonly number[] {
  if (length === undefined || length >= vector.length) return vector;
  const cut = vector.slice(0, length);
  const norm = Math.hypot(...cut);
  return norm === 0 ? cut : cut.map((value) => value / norm);
}

/** The request for vectors that the mock's own sources get: as floats, whatever the client asked for. */
export function vectorsRequest(body: Json, model: string): Json {
  const { encoding_format: _, dimensions: __, ...rest } = body;
  return { ...rest, model };
}
