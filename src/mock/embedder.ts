import type { Embedded, WorldState } from "../ogl/index.ts";
import type { Replies } from "./replies/index.ts";
import { vectorsBy } from "./synthesizer/index.ts";

/**
 * Makes the vectors by which documents are searched: those that a request for embeddings of the same texts would be answered
 * with.
 */
export function embedder(
  replies: Replies,
  state: () => WorldState,
): (model: string, texts: readonly string[], session: string) => Embedded {
  return (model, input, session) => {
    const reply = replies.findVectors(model, input, session);
    if (reply?.error !== undefined) return { error: reply.error };
    if (reply?.embeddings !== undefined) return { vectors: reply.embeddings };
    return { vectors: vectorsBy(state().routerOf(model, session)?.model ?? { id: model }, input) };
  };
}
