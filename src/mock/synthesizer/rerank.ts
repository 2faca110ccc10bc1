import { pythonFloat, stripText } from "../../asgi/index.ts";
import type { Answer } from "../../exchange/index.ts";
import { generationOf, usageObject } from "../../ogl/index.ts";
import { type SynthesisRequest, REPLIED, idOf, positive, synthesized } from "./base/index.ts";
import { answered, relayed } from "./chat/index.ts";
import { embedText } from "./text/index.ts";

/** Length of the vectors by which texts are compared; independent of the model's. */
const DIMENSION = 256;

/** Ranks documents by the words that they share with the query, best first, like TEI and vLLM. */
export function rerank(request: SynthesisRequest): Answer {
  const { body, model, name, ogl, prompt, reply, pace } = request;
  if (reply?.error !== undefined) return relayed(reply.error, false, true);
  const documents = (Array.isArray(body["documents"]) ? (body["documents"] as unknown[]) : []).map((text) =>
    stripText(String(text)),
  );
  const scores = reply?.scores ?? scoresOf(String(body["query"] ?? ""), documents);
  const topN = positive(body["top_n"]);
  const ranked = documents
    .map((text, index) => ({ text, index, score: scores[index] ?? 0 }))
    .toSorted((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, topN ?? documents.length);
  const isVllm = model.provider === "vllm";
  const answer = {
    object: "list",
    id: idOf(request, isVllm ? "rerank-" : "request-"),
    results: ranked.map(({ text, index, score }) => ({
      relevance_score: pythonFloat(score),
      index,
      ...(isVllm ? { document: { text } } : {}),
    })),
    model: name,
    usage: usageObject(ogl, model, { prompt, completion: 0 }),
    // OGL cuts a TEI's ranking itself, and the number stays in the answer (observed on 0.4.1).
    ...(isVllm || generationOf(ogl).reprintsAnswers ? {} : { top_n: topN ?? null }),
  };
  const by =
    reply?.scores === undefined
      ? synthesized(
          `${documents.length} ${documents.length === 1 ? "score" : "scores"} from the words that query and documents share`,
        )
      : REPLIED;
  return answered(answer, by, pace.ttft ?? 0);
}

/** Similarity of each document to the query, from 0.001 to 1. */
function scoresOf(query: string, documents: readonly string[]): number[] {
  const request = embedText(query, DIMENSION);
  return documents.map((text) => {
    const vector = embedText(text, DIMENSION);
    let product = 0;
    for (let i = 0; i < DIMENSION; i++) product += (request[i] as number) * (vector[i] as number);
    return Number(Math.min(1, Math.max(0.001, product)).toFixed(6));
  });
}
