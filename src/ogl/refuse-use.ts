import type { Answer } from "../exchange/index.ts";
import { nearestWord } from "../util/index.ts";
import { detailBody, failure, refuse, refuseWith } from "./errors.ts";
import type { RequestFacts } from "./facts.ts";
import { MODEL_TYPES, SEARCH_PATH, modelName, runsOnModel } from "./operations.ts";
import {
  LIMIT_TYPES,
  type LimitType,
  type Principal,
  type Router,
  type WorldState,
  limitsFor,
} from "./state/index.ts";
import { promptTokens } from "./tokens.ts";
import { readBodyValue } from "./validation.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const WINDOW_MS: Readonly<Record<LimitType, number>> = { rpm: MINUTE, rpd: DAY, tpm: MINUTE, tpd: DAY };

/**
 * Refusals that OGL decides before it checks the fields of a body: a body that is no object, a model that this user may not
 * use, a limit that is reached (observed on 0.4.1: chat-array-root, chat-noaccess-badfields, limit-rpm2-badbody).
 *
 * @returns `undefined` if the request is not refused here
 */
export function refuseUse(facts: RequestFacts): Answer | undefined {
  const { state, operation, principal, exchange } = facts;
  const readsBody = runsOnModel(operation) || operation.path === SEARCH_PATH;
  if (!readsBody && !isNewCollection(operation)) return undefined;
  const body = readBodyValue(exchange);
  if (body === undefined) return undefined;
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return operation.path === SEARCH_PATH ? undefined : failure("the body is no JSON object");
  if (!readsBody) return undefined;
  const { model, search } = body as { model?: unknown; search?: unknown };
  // A list or a number as the model's name fails where OGL looks it up (observed: captures of 2026-11-27).
  if (principal.admin) return undefined;
  const { session } = exchange;
  if (operation.path === SEARCH_PATH || (search && operation.path === CHAT_PATH)) {
    const refusal = refuseVectors(facts, body);
    if (refusal !== undefined || operation.path === SEARCH_PATH) return refusal;
  }
  if (typeof model !== "string" || isUnlimited(principal)) return undefined;
  const router = state.routerOf(model, session);
  return router && refuseLimits(facts, router, body);
}

/**
 * Fails on a model's name by which OGL's database can't be asked, which it is before the fields are checked: no string and
 * not null (observed on 0.4.1: chat-model-bool), or text that PostgreSQL can't hold (inferred).
 */
export function refuseUnaskable({ operation, exchange }: RequestFacts): Answer | undefined {
  if (!runsOnModel(operation)) return undefined;
  const { model } = (readBodyValue(exchange) ?? {}) as { model?: unknown };
  if (model === undefined || model === null) return undefined;
  const isText = typeof model === "string" && !model.includes("\0") && model.isWellFormed();
  return isText ? undefined : failure("the model is no text that a database can be asked for");
}

const CHAT_PATH = "/v1/chat/completions";

const isUnlimited = ({ role, master }: Principal): boolean => !master && role?.open === true;
const isNewCollection = ({ path, method }: RequestFacts["operation"]): boolean =>
  path === "/v1/collections" && method === "POST";

/**
 * Checks access to the model that makes the vectors of a search. A gateway without one answers as for a model that does not
 * exist (observed on 0.4.1: nostore-29, vectorlimits-03).
 */
function refuseVectors(facts: RequestFacts, body: unknown): Answer | undefined {
  const { state, exchange } = facts;
  const { vectorModel, vectorStore } = state.settings(exchange.session);
  const router = vectorModel ? state.routerOf(vectorModel, exchange.session) : undefined;
  const isThere = router?.served ?? vectorModel === undefined;
  if (isUnlimited(facts.principal) && vectorStore !== false && isThere) return undefined;
  return router === undefined ? refuse(404, "Model not found.") : refuseLimits(facts, router, body);
}

/** Checks access to a model and its limits, in OGL's order. A hit on a limit counts even if the next limit refuses. */
function refuseLimits(facts: RequestFacts, router: Router, body: unknown): Answer | undefined {
  const { state, generation, operation, principal, exchange } = facts;
  if (!mayUse(principal, router)) {
    // The master key uses each model, though it is shown none.
    if (principal.master) return undefined;
    return modelNotFound(facts, router.model.id);
  }
  const limits = limitsOf(principal, router);
  const closed = [...limits].find(([, value]) => value === 0);
  if (closed !== undefined)
    return refuse(403, "Insufficient permissions to access the model.", `${closed[0]} is 0 for this key`);
  let tokens: number | undefined;
  for (const [type, value] of limits) {
    const ofTokens = type === "tpm" || type === "tpd";
    if (ofTokens)
      tokens ??= exchange.insight?.promptTokens ?? promptTokens(operation.id, body, exchange.body);
    if (ofTokens && tokens === 0) break;
    const windows = state.windows(exchange.session);
    const key = windowKey(principal, router, type, value);
    if (windows.hit(key, value, WINDOW_MS[type], ofTokens ? tokens : 1)) continue;
    const { ends, remaining: rest } = windows.stats(key, value, WINDOW_MS[type]);
    const seconds = Math.ceil((ends - state.now) / 1000);
    const why = `${type} ${value - rest} of ${value}, again in ${seconds} s`;
    return refuseWith(429, detailBody(generation.limitReached(type, value)), why);
  }
  return undefined;
}

/**
 * Refusals of a request whose fields are right: a model that does not exist, that is of the wrong type, or that costs money
 * that the user does not have.
 */
export function refuseMissing(facts: RequestFacts): Answer | undefined {
  const { state, generation, operation, principal, exchange } = facts;
  if (operation.id === "models.get") {
    const name = exchange.params["model"] ?? "";
    const router = state.routerOf(name, exchange.session);
    const seen = router !== undefined && mayUse(principal, router);
    return seen ? undefined : modelNotFound(facts, name);
  }
  if (!runsOnModel(operation)) return undefined;
  // Bodies that the checks of access can't read are read by FastAPI.
  const name = modelName(operation, readBodyValue(exchange) ?? exchange.json);
  if (name === undefined) return undefined;
  const router = state.routerOf(name, exchange.session);
  if (router === undefined) return modelNotFound(facts, name);
  const types = MODEL_TYPES[operation.path] ?? [];
  const { type } = router.model;
  if (!types.includes(type))
    return refuse(
      422,
      generation.wrongType(types, type),
      `${JSON.stringify(name)} is of type ${type}, not ${types.join(" or ")}`,
    );
  if (!router.served) return modelNotFound(facts, name);
  return refuseBudget(state, principal, router);
}

/** Refuses a model that costs money to a user who has none. */
export function refuseBudget(state: WorldState, principal: Principal, { model }: Router): Answer | undefined {
  const { costs } = model;
  const costly = costs !== undefined && (costs.prompt_tokens !== 0 || costs.completion_tokens !== 0);
  return costly && state.budgetOf(principal) === 0
    ? refuse(400, "Insufficient budget.", "this user's is used up")
    : undefined;
}

const NO_STORE = "the world has no vectorStore";

/** Length (characters) of a model's name in a reason. */
const MAX_NAME = 200;
/** Number of models that a reason names. */
const MAX_NAMED = 5;

function modelNotFound(
  { state, generation, operation, principal, exchange }: RequestFacts,
  name: string,
): Answer {
  const types = MODEL_TYPES[operation.path];
  const usable = state
    .listed(exchange.session)
    .filter((router) => mayUse(principal, router))
    .map(({ model }) => model);
  const fitting = usable.filter(({ type }) => types === undefined || types.includes(type));
  const named = (fitting.length > 0 ? fitting : usable).map(({ id }) => id);
  const near = name.length > MAX_NAME ? undefined : nearestWord(name, named);
  const shown = [...new Set([...(near === undefined ? [] : [near]), ...named])].slice(0, MAX_NAMED);
  const others = named.length > shown.length ? ", …" : "";
  const there = shown.length === 0 ? "this key has no model" : `there are ${shown.join(", ")}${others}`;
  const why = `Model not found: ${JSON.stringify(name.slice(0, MAX_NAME))}; ${there}`;
  return refuseWith(404, detailBody(generation.modelNotFound(name, operation)), why);
}

/** The largest id of OGL's database. */
const MAX_ID = 2 ** 31 - 1;
const TOO_LARGE = `an id is above ${MAX_ID}`;

/**
 * Fails on an id that is too large for OGL's database (observed on 0.4.1: keys-75-get-huge, admin-routers-55-get-huge).
 * Chunks are in the vector store, not in the database.
 */
export function refuseHugeId({ operation, exchange, generation }: RequestFacts): Answer | undefined {
  const isHuge = (operation.definition.parameters ?? []).some(
    ({ in: part, name, schema }) =>
      part === "path" &&
      schema?.["type"] === "integer" &&
      !name.startsWith("chunk") &&
      Math.abs(Number(exchange.params[name] ?? 0)) > MAX_ID,
  );
  if (!isHuge) return undefined;
  return generation.rewritten(operation)
    ? refuse(500, "An unexpected error occurred", TOO_LARGE)
    : failure(TOO_LARGE);
}

/**
 * Refuses a chat that wants OGL's own search on a gateway without a vector store (seen on 0.4.1, but for the end of the
 * sentence, which is taken from the other features).
 */
export function refuseSearch({ state, operation, exchange }: RequestFacts): Answer | undefined {
  if (operation.path !== CHAT_PATH || state.settings(exchange.session).vectorStore !== false)
    return undefined;
  const { search, tools } = (readBodyValue(exchange) ?? exchange.json ?? {}) as {
    search?: unknown;
    tools?: unknown;
  };
  const wants =
    Array.isArray(tools) && tools.some((tool) => (tool as { type?: unknown } | null)?.type === "search");
  return search || wants
    ? refuse(403, "Search build-in tool is not enabled, please contact an administrator.", NO_STORE)
    : undefined;
}

const PUBLIC = "create_public_collection";

/** Refuses features that this gateway lacks or that this user may not use (observed on 0.4.1: misc-search, misc-chunks). */
export function refuseFeature({ state, operation, principal, exchange }: RequestFacts): Answer | undefined {
  const { path, method } = operation;
  const needsStore =
    /^\/v1\/(?:documents|chunks|search)\b/.test(path) ||
    (method === "DELETE" && path.startsWith("/v1/collections"));
  if (needsStore && state.settings(exchange.session).vectorStore === false)
    return refuse(403, "Feature not enabled, please contact an administrator.", NO_STORE);
  if (!isNewCollection(operation)) return undefined;
  const { visibility } = (readBodyValue(exchange) ?? {}) as { visibility?: unknown };
  const may = principal.master || principal.role?.permissions.includes(PUBLIC);
  return visibility === "public" && !may
    ? refuse(403, "Missing permission to update collection visibility to public.")
    : undefined;
}

/** True if a user sees a model: one of his role's that has a provider. The master key sees none. */
export function mayUse({ role }: Principal, { id, served }: Router): boolean {
  return served && role !== undefined && limitsFor(role, id) !== undefined;
}

/** The limits that are set for a model, in the order in which OGL checks them. */
function limitsOf({ role }: Principal, { id }: Router): Map<LimitType, number> {
  const limits = role === undefined ? undefined : limitsFor(role, id);
  const set = new Map<LimitType, number>();
  for (const type of LIMIT_TYPES) {
    const value = limits?.[type];
    if (value !== undefined && value !== null) set.set(type, value);
  }
  return set;
}

/** The rest of each limit, for the headers of later generations. */
export function remaining(
  state: WorldState,
  principal: Principal,
  router: Router,
  session: string,
): Map<LimitType, { value: number; remaining: number; ends: number }> {
  const windows = state.windows(session);
  return new Map(
    [...limitsOf(principal, router)].map(([type, value]) => [
      type,
      { value, ...windows.stats(windowKey(principal, router, type, value), value, WINDOW_MS[type]) },
    ]),
  );
}

/** A limit that is changed counts anew, and goes on when it is changed back (observed on 0.4.1: limitswap). */
function windowKey({ id: user }: Principal, { id }: Router, type: LimitType, value: number): string {
  return `${type}:${user}:${id}:${value}`;
}
