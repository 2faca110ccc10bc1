import { type WorldModel, generationOf } from "../../../ogl/index.ts";
import type { OglVersion } from "../../../openapi/index.ts";
import type { Json } from "./body.ts";
import { digestOf } from "./digest.ts";
import type { Pace } from "./pace.ts";
import type { Reply } from "./respond.ts";

/** A request as the synthesizer answers it. */
export interface SynthesisRequest {
  /** The model's name as the request has it: JSON answers repeat that. */
  readonly name: string;
  readonly model: WorldModel;
  readonly body: Json;
  readonly ogl: OglVersion;
  /** The prompt tokens that OGL counts. */
  readonly prompt: number;
  readonly pace: Pace;
  readonly reply: Reply | undefined;
}

/** Unix time of all answers, since the same request gets the same one: that of the vLLM behind the captures. */
export const CREATED = 1_760_000_000;

/** The id of an answer: the upstream's own, or OGL's where that has none, as all of the next generation. */
export function idOf({ body, model, ogl }: SynthesisRequest, prefix: string): string {
  const { stream: _, stream_options: __, ...rest } = body;
  const digest = digestOf(model.id, rest);
  return `${generationOf(ogl).reprintsAnswers ? "request-" : prefix}${digest.slice(0, 32)}`;
}
