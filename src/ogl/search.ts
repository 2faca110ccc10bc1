import { pythonFloat } from "../asgi/index.ts";
import type { Answer, LaterAnswer } from "../exchange/index.ts";
import type { Spec } from "../openapi/index.ts";
import { computed } from "./computed.ts";
import { refuse } from "./errors.ts";
import type { RequestFacts } from "./facts.ts";
import { SEARCH_PATH } from "./operations.ts";
import { refuseBudget } from "./refuse-use.ts";
import { useRow } from "./settle.ts";
import {
  type Call,
  type Hit,
  type SearchQuery,
  type WorldModel,
  costOf,
  findChunks,
  hitViews,
} from "./state/index.ts";
import { answerCall, answerRaised } from "./stateful.ts";
import { countTokens } from "./tokens.ts";
import { usageObject } from "./usage.ts";

/**
 * Answers a search in the chunks that the user may read.
 *
 * @returns `undefined` for any other operation
 */
export function answerSearch(spec: Spec, facts: RequestFacts): Answer | LaterAnswer | undefined {
  if (facts.operation.path !== SEARCH_PATH) return undefined;
  return answerCall(spec, facts, (call) => searchAnswer(spec, facts, call));
}

function searchAnswer(spec: Spec, facts: RequestFacts, call: Call): Answer {
  const { state, principal, exchange } = facts;
  const { vectorModel } = call.settings;
  const router = vectorModel ? state.routerOf(vectorModel, exchange.session) : undefined;
  if (router === undefined && vectorModel !== undefined) return refuse(404, "Model not found.");
  const model = vectorModelOf(facts);
  const search = readSearch(call.body);
  return (
    (router && refuseBudget(state, principal, router)) ??
    answerRaised(() => {
      const hits = runSearch(call, search);
      if ("script" in hits) return hits;
      const data = hitViews(search.method, hits);
      const isLexical = search.method === "lexical";
      const tokens = { prompt: isLexical ? 0 : questionTokens(search), completion: 0 };
      if (!isLexical) charge(facts, model, tokens.prompt);
      const usage = { ...usageObject(spec.version, model, tokens), ...(isLexical ? UNUSED : {}) };
      return computed({ object: "list", data, usage });
    }, false)
  );
}

/** The model that makes the vectors of a gateway. One that names none has a free one, if every model is open to the user. */
export function vectorModelOf({ state, exchange: { session } }: RequestFacts): WorldModel {
  const { vectorModel: name } = state.settings(session);
  return (name ? state.routerOf(name, session)?.model : undefined) ?? FREE;
}

const FREE: WorldModel = { id: "embeddings", type: "text-embeddings-inference" };

/** Members of the usage of a search that no model was asked for. */
const UNUSED = { cost: pythonFloat(0), requests: 0 };

/** Runs a search; gives the refusal of an upstream that makes no vector of the question. */
export function runSearch(call: Call, search: SearchQuery): readonly Hit[] | Answer {
  if (search.method === "lexical") return findChunks(call, search, undefined);
  const embedded = call.embed([search.query]);
  if ("error" in embedded) return refuse(embedded.error.status, embedded.error.message);
  return findChunks(call, search, embedded.vectors[0]);
}

/** Tokens of a question that the vector model reads. */
export function questionTokens({ query }: SearchQuery): number {
  return countTokens(query) ?? 0;
}

/** Reads a search from its body, or from the arguments of a chat. Members that are left out have OGL's defaults. */
export function readSearch(body: Readonly<Record<string, unknown>>): SearchQuery {
  const { query, prompt, method, limit, offset, rff_k, score_threshold } = body;
  const { collection_ids, document_ids, metadata_filters } = body;
  return {
    query: String(query ?? prompt),
    method: String(method ?? "semantic"),
    limit: Number(limit ?? 10),
    offset: Number(offset ?? 0),
    rff_k: Number(rff_k ?? 60),
    score_threshold: Number(score_threshold ?? 0),
    collection_ids: (collection_ids ?? []) as number[],
    document_ids: (document_ids ?? []) as number[],
    metadata_filters: (metadata_filters ?? null) as SearchQuery["metadata_filters"],
  };
}

/** Charges the vector of the question, and records the use of its model. */
function charge(facts: RequestFacts, model: WorldModel, prompt: number): void {
  const { state, principal, exchange } = facts;
  const cost = costOf(model, prompt, 0);
  state.charge(principal, exchange.session, cost);
  state.recordUse(exchange.session, {
    ...useRow(facts, model),
    latency: 0,
    ttft: null,
    prompt,
    completion: 0,
    cost,
  });
}
