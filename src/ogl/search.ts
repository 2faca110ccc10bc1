import { pythonFloat } from "../asgi/index.ts";
import type { Answer } from "../exchange/index.ts";
import type { Spec } from "../openapi/index.ts";
import { computed } from "./computed.ts";
import { refuse } from "./errors.ts";
import type { RequestFacts } from "./facts.ts";
import { SEARCH_PATH } from "./operations.ts";
import { refuseBudget } from "./refuse-use.ts";
import { useRow } from "./settle.ts";
import { type SearchQuery, type WorldModel, costOf, findChunks, hitViews } from "./state/index.ts";
import { stateCall, answerRaised } from "./stateful.ts";
import { countTokens } from "./tokens.ts";
import { usageObject } from "./usage.ts";

/**
 * Answers a search in the chunks that the user may read.
 *
 * @returns `undefined` for any other operation
 */
export function answerSearch(spec: Spec, facts: RequestFacts): Answer | undefined {
  const { operation, state, principal, exchange } = facts;
  if (operation.path !== SEARCH_PATH) return undefined;
  const call = stateCall(spec, facts);
  if (call === undefined) return undefined;
  const { vectorModel } = call.settings;
  const router = vectorModel === null ? undefined : state.routerOf(vectorModel, exchange.session);
  const model = router?.model ?? FREE;
  const search = readSearch(call.body);
  return (
    (router && refuseBudget(state, principal, router)) ??
    answerRaised(() => {
      const lexical = search.method === "lexical";
      const error = lexical ? undefined : call.vectorError([search.query]);
      if (error !== undefined) return refuse(error.status, error.message);
      const data = hitViews(search.method, findChunks(call, search));
      const tokens = { prompt: lexical ? 0 : (countTokens(search.query) ?? 0), completion: 0 };
      if (!lexical) charge(facts, model, tokens.prompt);
      const usage = { ...usageObject(spec.version, model, tokens), ...(lexical ? UNUSED : {}) };
      return computed({ object: "list", data, usage });
    }, false)
  );
}

/** The model of a gateway that names none, where every model is open to the user. */
const FREE: WorldModel = { id: "embeddings", type: "text-embeddings-inference" };

/** Members of the usage of a search that no model was asked for. */
const UNUSED = { cost: pythonFloat(0), requests: 0 };

/**
 * Refuses a chat whose search fails: in a collection that the user may not read, with a vector that the model does not make, or
 * in a store that does not answer (observed on 0.4.1: chatsearch-10, vectorlimits-40, storedown-09).
 */
export function refuseChatSearch(spec: Spec, facts: RequestFacts): Answer | undefined {
  const { operation, exchange } = facts;
  const {
    search,
    search_args: args,
    tools,
    messages,
  } = (exchange.insight?.outline ?? exchange.json ?? {}) as ChatBody;
  if (operation.path !== "/v1/chat/completions" || (search !== true && tools === undefined)) return undefined;
  const given = search === true ? args : tools?.find?.(({ type }) => type === "search");
  const last = messages?.at(-1)?.content;
  const call = given && last !== undefined ? stateCall(spec, facts) : undefined;
  if (call === undefined) return undefined;
  const query = readSearch({ limit: 10, method: "semantic", ...given, query: queryText(last) });
  return answerRaised(() => {
    const error = query.method === "lexical" ? undefined : call.vectorError([query.query]);
    if (error !== undefined) return refuse(error.status, error.message);
    findChunks(call, query);
    return undefined;
  }, false);
}

interface ChatBody {
  readonly search?: unknown;
  readonly search_args?: Readonly<Record<string, unknown>>;
  readonly tools?: readonly Readonly<Record<string, unknown>>[];
  readonly messages?: readonly { readonly content?: unknown }[];
}

function queryText(content: unknown): string {
  if (!Array.isArray(content)) return String(content);
  return (content as { text?: unknown }[]).map(({ text }) => String(text ?? "")).join("\n");
}

function readSearch(body: Readonly<Record<string, unknown>>): SearchQuery {
  const { query, prompt, method, limit, offset, collection_ids, document_ids } = body;
  return {
    query: String(query ?? prompt),
    method: String(method),
    limit: Number(limit),
    offset: Number(offset ?? 0),
    collection_ids: (collection_ids ?? []) as number[],
    document_ids: (document_ids ?? []) as number[],
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
