import { type ChatSearch, type WorldModel, generationOf } from "../../../ogl/index.ts";
import type { OglVersion } from "../../../openapi/index.ts";
import type { Json } from "./body.ts";
import { digestOf } from "./digest.ts";
import type { Pace } from "./pace.ts";
import type { Reply } from "./respond.ts";

/** Request with the context that the synthesizer needs. */
export interface SynthesisRequest {
  /** Model name in the request, which JSON answers repeat. */
  readonly name: string;
  readonly model: WorldModel;
  readonly body: Json;
  readonly ogl: OglVersion;
  /** Number of prompt tokens, as OGL counts them. */
  readonly prompt: number;
  readonly pace: Pace;
  readonly reply: Reply | undefined;
  /** The search that OGL has made for a chat. */
  readonly search?: ChatSearch | undefined;
}

/** Unix time of all answers, fixed so that the same request gets the same answer; from the captures' vLLM. */
export const CREATED = 1_760_000_000;

/**
 * Makes the id of an answer: the upstream's own, OGL's if the upstream has none, and in the next generation one of OGL's
 * without a prefix (test_chatcompletions.py 1481fd2a).
 */
export function idOf({ body, model, ogl }: SynthesisRequest, prefix: string): string {
  const { stream: _, stream_options: __, ...rest } = body;
  const digest = digestOf(model.id, rest);
  return `${generationOf(ogl).reprintsAnswers ? "" : prefix}${digest.slice(0, 32)}`;
}
