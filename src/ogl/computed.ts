import { asgiResponse, pythonFloat } from "../asgi/index.ts";
import type { Answer } from "../exchange/index.ts";
import type { RequestFacts } from "./facts.ts";
import { isOneKey } from "./operations.ts";
import { mayUse } from "./refuse-use.ts";
import { type Principal, LIMIT_TYPES, type Router, type WorldState } from "./state/index.ts";

/** Creation time (Unix seconds) of things that the world does not date: that of the first capture of a real OGL. */
const CREATED = 1_795_263_072;

/** Makes an answer of the world's own: a 200 with JSON. */
export function computed(value: unknown): Answer {
  return { script: asgiResponse(200, Buffer.from(JSON.stringify(value))), by: { kind: "ogl" } };
}

/**
 * Answers for the models of a world. A limit of 0 hides no model, and an alias gives the main id (observed on 0.4.1:
 * models-list-zero, models-get-alias-slash).
 *
 * @returns `undefined` for any other operation, and for a model that does not exist
 */
export function compute({ state, operation, principal, exchange }: RequestFacts): Answer | undefined {
  if (operation.id === "models.list") {
    const data = state.routers.filter((router) => mayUse(principal, router)).map(modelObject);
    return computed({ object: "list", data });
  }
  if (operation.id !== "models.get") return undefined;
  const router = state.routerOf(exchange.params["model"] ?? "");
  return router && computed(modelObject(router));
}

function modelObject({ model }: Router): object {
  const { prompt_tokens: prompt = 0, completion_tokens: completion = 0 } = model.costs ?? {};
  return {
    id: model.id,
    type: model.type,
    aliases: model.aliases ?? [],
    created: model.created ?? CREATED,
    owned_by: model.owned_by ?? "OpenGateLLM",
    max_context_length: model.max_context_length ?? null,
    costs: { prompt_tokens: pythonFloat(prompt), completion_tokens: pythonFloat(completion) },
    object: "model",
  };
}

/**
 * Answers `GET /v1/me/info`: the user of the key (observed on 0.4.1: misc-me-info, misc-me-info-master, budget-budget-me).
 *
 * @returns `undefined` for any other operation
 */
export function computeUser({
  state,
  operation,
  principal,
  exchange,
  generation,
}: RequestFacts): Answer | undefined {
  if (operation.path !== "/v1/me/info" || operation.method !== "GET") return undefined;
  const { key, user } = principal;
  const name = key.master ? "master" : (key.name ?? `user-${user}`);
  const budget = state.budgetOf(principal, exchange.session);
  const created = key.master ? 0 : CREATED;
  return computed({
    object: "userInfo",
    id: user,
    email: key.master ? "master" : (key.email ?? `${name}@example.org`),
    name,
    organization: key.master ? 0 : null,
    budget: budget === null ? null : pythonFloat(budget),
    permissions: key.master ? MASTER_PERMISSIONS : (key.permissions ?? []),
    limits: limitsShown(state, principal, generation.routerMember),
    expires: key.expired === "user" ? CREATED : null,
    priority: 0,
    created,
    updated: created,
  });
}

/**
 * Answers for the user's keys. The only key that a world knows of a user is the key of the request.
 *
 * @returns `undefined` for any other operation
 */
export function computeKeys({ state, operation, principal }: RequestFacts): Answer | undefined {
  if (operation.method !== "GET") return undefined;
  if (isOneKey(operation)) return computed(keyObject(state, principal));
  return operation.path === "/v1/me/keys" || operation.path === "/v1/keys"
    ? computed({ object: "list", data: [keyObject(state, principal)] })
    : undefined;
}

/** A key as its user sees it, without the middle of its text (observed on 0.4.1: misc-me-keys). */
function keyObject(state: WorldState, principal: Principal): object {
  const { key, name, expired } = principal.key;
  const id = state.keyId(principal);
  return {
    object: "key",
    id,
    name: name ?? `key-${id}`,
    token: `${key.slice(0, 8)}...${key.slice(-8)}`,
    expires: expired === "key" ? CREATED : null,
    created: CREATED,
  };
}

const MASTER_PERMISSIONS = ["admin", "create_public_collection", "read_metric", "provide_models"];
const MASTER_LIMIT_ORDER = ["tpm", "tpd", "rpm", "rpd"] as const;

/** Each router's four limits. OGL leaves out limits of 0 (read in its source). */
function limitsShown(state: WorldState, principal: Principal, member: string): object[] {
  const { key } = principal;
  const types = key.master ? MASTER_LIMIT_ORDER : LIMIT_TYPES;
  return state.routers
    .filter((router) => key.master || mayUse(principal, router))
    .flatMap(({ id, model }) =>
      types.map((type) => ({
        [member]: id,
        type,
        value: key.limits?.find((limit) => limit.model === model.id && limit.type === type)?.value ?? null,
      })),
    )
    .filter(({ value }) => value !== 0);
}
