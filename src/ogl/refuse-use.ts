import type { Answer } from "../exchange/index.ts";
import { nearestWord } from "../util/index.ts";
import { detailBody, failure, refuse, refuseWith } from "./errors.ts";
import type { RequestFacts } from "./facts.ts";
import { MODEL_TYPES, isOneKey, modelName, runsOnModel } from "./operations.ts";
import type { LimitType, Principal, Router, WorldState } from "./state/index.ts";
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
  if (!runsOnModel(operation)) return undefined;
  const body = readBodyValue(exchange);
  if (body === undefined) return undefined;
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return failure("the body is no JSON object");
  const { model } = body as { model?: unknown };
  const { models, limits, master } = principal.key;
  if (typeof model !== "string" || principal.admin) return undefined;
  if (models === undefined && limits === undefined && !master) return undefined;
  const router = state.routerOf(model);
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

/** Checks access to a model and its limits, in OGL's order. A hit on a limit counts even if the next limit refuses. */
function refuseLimits(facts: RequestFacts, router: Router, body: unknown): Answer | undefined {
  const { state, generation, operation, principal, exchange } = facts;
  if (!mayUse(principal, router)) return modelNotFound(facts, router.model.id);
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
    const { windows } = state.usage(exchange.session);
    const key = windowKey(principal, router, type);
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
    const router = state.routerOf(name);
    const seen = router !== undefined && mayUse(principal, router);
    return seen ? undefined : modelNotFound(facts, name);
  }
  if (!runsOnModel(operation)) return undefined;
  // Bodies that the checks of access can't read are read by FastAPI.
  const name = modelName(operation, readBodyValue(exchange) ?? exchange.json);
  if (name === undefined) return undefined;
  const router = state.routerOf(name);
  if (router === undefined) return modelNotFound(facts, name);
  const types = MODEL_TYPES[operation.path] ?? [];
  const { type, costs } = router.model;
  if (!types.includes(type))
    return refuse(
      422,
      generation.wrongType(types, type),
      `${JSON.stringify(name)} is of type ${type}, not ${types.join(" or ")}`,
    );
  const costly = costs !== undefined && (costs.prompt_tokens !== 0 || costs.completion_tokens !== 0);
  return costly && state.budgetOf(principal, exchange.session) === 0
    ? refuse(400, "Insufficient budget.", "this user's is used up")
    : undefined;
}

const NO_STORE = "the world has no vectorStore";

/** Length (characters) of a model's name in a reason. */
const MAX_NAME = 200;
/** Number of models that a reason names. */
const MAX_NAMED = 5;

function modelNotFound({ state, generation, operation, principal }: RequestFacts, name: string): Answer {
  const types = MODEL_TYPES[operation.path];
  const usable = state.routers.filter((router) => mayUse(principal, router)).map(({ model }) => model);
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

/** Refuses operations on a key that is not the user's own (observed on 0.4.1: misc-me-key-404). */
export function refuseForeignKey({
  state,
  operation,
  principal,
  exchange,
}: RequestFacts): Answer | undefined {
  if (!isOneKey(operation) || Number(exchange.params["key"]) === state.keyId(principal)) return undefined;
  return refuse(
    404,
    "Token not found.",
    `the only known key of this user has the id ${state.keyId(principal)}`,
  );
}

/**
 * Refuses a chat that wants OGL's own search on a gateway without a vector store (seen on 0.4.1, but for the end of the
 * sentence, which is taken from the other features).
 */
export function refuseSearch({ state, operation, exchange }: RequestFacts): Answer | undefined {
  if (state.world.vectorStore || operation.path !== "/v1/chat/completions") return undefined;
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

/** Refuses features that this gateway lacks or that this user may not use (observed on 0.4.1: misc-search, misc-chunks). */
export function refuseFeature({ state, operation, principal, exchange }: RequestFacts): Answer | undefined {
  const { path, method } = operation;
  if (!state.world.vectorStore && /^\/v1\/(?:documents|chunks|search)\b/.test(path))
    return refuse(403, "Feature not enabled, please contact an administrator.", NO_STORE);
  if (!path.startsWith("/v1/collections") || (method !== "POST" && method !== "PATCH")) return undefined;
  const { visibility } = (readBodyValue(exchange) ?? {}) as { visibility?: unknown };
  const may = principal.key.master || (principal.key.permissions ?? []).includes("create_public_collection");
  return visibility === "public" && !may
    ? refuse(403, "Missing permission to update collection visibility to public.")
    : undefined;
}

/** True if a key may use a model: every model unless its world lists some. The master key may use none. */
export function mayUse({ key }: Principal, { model }: Router): boolean {
  return !key.master && (key.models === undefined || key.models.includes(model.id));
}

/** The limits that are set for a model, in the order in which OGL checks them. */
function limitsOf({ key }: Principal, { model }: Router): Map<LimitType, number> {
  const limits = new Map<LimitType, number>();
  for (const type of ["rpm", "rpd", "tpm", "tpd"] as const) {
    const value = key.limits?.find((limit) => limit.model === model.id && limit.type === type)?.value;
    if (value !== undefined && value !== null) limits.set(type, value);
  }
  return limits;
}

/** The rest of each limit, for the headers of later generations. */
export function remaining(
  state: WorldState,
  principal: Principal,
  router: Router,
  session: string,
): Map<LimitType, { value: number; remaining: number; ends: number }> {
  const { windows } = state.usage(session);
  return new Map(
    [...limitsOf(principal, router)].map(([type, value]) => [
      type,
      { value, ...windows.stats(windowKey(principal, router, type), value, WINDOW_MS[type]) },
    ]),
  );
}

function windowKey({ user }: Principal, { id }: Router, type: LimitType): string {
  return `${type}:${user}:${id}`;
}
