import type { Answer, ExchangeRequest } from "../exchange/index.ts";
import type { Spec } from "../openapi/index.ts";
import { isObject, printSpaced } from "../util/index.ts";
import type { RequestFacts } from "./facts.ts";
import { SEARCH_PATH } from "./operations.ts";
import { refuseBudget } from "./refuse-use.ts";
import { questionTokens, readSearch, runSearch, vectorModelOf } from "./search.ts";
import { type Call, type Hit, type WorldModel, hitViews } from "./state/index.ts";
import { answerRaised, callOfUser } from "./stateful.ts";
import { reprJson } from "./tokens.ts";
import type { VectorUse } from "./usage.ts";
import { readBodyValue } from "./validation.ts";

/** The search that OGL makes before it asks a chat's model. */
export interface ChatSearch {
  readonly question: string;
  /** The use of the vector model; absent for a search by words, which needs none. */
  readonly vectors: VectorUse | undefined;
  /** Absent if nothing was found: the model then gets the chat as it was sent. */
  readonly found: FoundChunks | undefined;
}

/** Chunks that a chat's search has found, printed: a worker thread gets them as texts. */
interface FoundChunks {
  /** The `search_results` of an answer in JSON, without blanks. */
  readonly compact: string;
  /** The same in a stream, as Python prints it. */
  readonly spaced: string;
  /** The text that the model gets in place of the last message. */
  readonly prompt: string;
}

const searches = new WeakMap<ExchangeRequest, ChatSearch>();

/** The search of a chat that has been let in; `undefined` for a chat without one. */
export function chatSearchOf(exchange: ExchangeRequest): ChatSearch | undefined {
  return searches.get(exchange);
}

/**
 * Searches for a chat that asks for it, and keeps what was found for its answer. Refuses a chat whose search fails: in a
 * collection that the user may not read, with a vector that the model does not make, or in a store that does not answer (observed
 * on 0.4.1: chatsearch-10, vectorlimits-40, storedown-09).
 */
export function refuseChatSearch(spec: Spec, facts: RequestFacts): Answer | undefined {
  const { operation, exchange } = facts;
  if (operation.path !== "/v1/chat/completions" || !wantsSearch(exchange)) return undefined;
  const body = chatBody(exchange);
  const args = searchArguments(body);
  // Later generations have no search: they send the member on to the model.
  if (args === undefined || spec.operations.find("POST", SEARCH_PATH) === undefined) return undefined;
  const question = questionOf(body);
  // OGL validates the arguments before it sees that there is no question (observed on 0.4.1: chatsearch-21).
  if (!question) return undefined;
  const call = callOfUser(facts);
  return answerRaised(() => searchForChat(facts, call, { ...args, query: question }), false);
}

/** Whether a chat may want a search, told without reading a large body. */
function wantsSearch(exchange: ExchangeRequest): boolean {
  // Not by `json`, which is read when it is looked at.
  const { search, tools } = (readBodyValue(exchange) ?? {}) as {
    readonly search?: unknown;
    readonly tools?: unknown;
  };
  return search === true || Array.isArray(tools);
}

function chatBody(exchange: ExchangeRequest): Readonly<Record<string, unknown>> {
  const body = exchange.json ?? readBodyValue(exchange);
  return isObject(body) ? body : {};
}

/** The arguments of a chat's search: those of `search_args`, or of a tool of the type `search`. */
function searchArguments({
  search,
  search_args: args,
  tools,
}: Readonly<Record<string, unknown>>): object | undefined {
  const tool = Array.isArray(tools)
    ? (tools as unknown[]).find((each) => isObject(each) && each["type"] === "search")
    : undefined;
  const given = search === true ? args : tool;
  return isObject(given) ? given : undefined;
}

/** The last message, in a list of parts as Python spells it (observed on 0.4.1: chatsearch-20). */
function questionOf({ messages }: Readonly<Record<string, unknown>>): string | undefined {
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  const content = isObject(last) ? last["content"] : last;
  if (content === undefined || content === null) return undefined;
  return typeof content === "string" ? content : reprJson(content);
}

function searchForChat(
  facts: RequestFacts,
  call: Call,
  args: Readonly<Record<string, unknown>>,
): Answer | undefined {
  const query = readSearch(args);
  const model = query.method === "lexical" ? undefined : vectorModelOf(facts);
  const poor = model && refuseCost(facts, model);
  if (poor !== undefined) return poor;
  const hits = runSearch(call, query);
  if ("script" in hits) return hits;
  searches.set(facts.exchange, {
    question: query.query,
    vectors: model && { model, tokens: questionTokens(query) },
    found: hits.length === 0 ? undefined : foundChunks(query.query, query.method, hits),
  });
  return undefined;
}

/** Refuses a vector that costs money to a user who has none, also for a chat that is free. */
function refuseCost({ state, principal, exchange }: RequestFacts, model: WorldModel): Answer | undefined {
  const router = state.routerOf(model.id, exchange.session);
  return router && refuseBudget(state, principal, router);
}

function foundChunks(question: string, method: string, hits: readonly Hit[]): FoundChunks {
  const views = hitViews(method, hits);
  return {
    compact: JSON.stringify(views),
    spaced: printSpaced(views),
    prompt: promptOf(question, hits.map(({ chunk }) => chunk.content).join("\n")),
  };
}

/**
 * The text that OGL sends to the model in place of the last message: instructions, the question and the chunks. The
 * instructions are gatetape's own words, with as many tokens as OGL's (225; observed on 0.4.1: chatsearch-02 to -20, search2-25).
 */
function promptOf(question: string, chunks: string): string {
  return `
Answer the question of the user, and use nothing but the passages that were found in the documents of the gateway.
- Write in the language in which the question is asked.
- Say only what one of the passages says. If none of them holds the answer, say in the language of the question that the passages do not answer it.
- If there are no passages at all, say in the language of the question that the answer rests on no document.
- Be short and easy to understand, and leave out whatever the user of the gateway has not asked for in the question here.

What there is:
- Question of the user: ${question}
- Passages that were found:
${chunks}

How to answer:
- The answer is in the language of the user.
- Each statement names the passage that it is taken from by its number, such as "Passage 1 says that ...".
- Without passages the answer says that it rests on no document.
- If no passage answers the question, the answer says so, and does not guess at all.
`;
}
