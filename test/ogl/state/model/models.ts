/** Operations on routers, providers and models, and their answers by the model. */
import { deepStrictEqual } from "node:assert";
import { isListed, routerNamed, step } from "./access.ts";
import { type Operation, adminKey, anyKey } from "./accounts.ts";
import {
  type Answer,
  type GatewayModel,
  type Provider,
  type Router,
  expectAnswer,
  expectRefusal,
  expectStatus,
  membersOf,
  pageOf,
  pageQuery,
  pick,
  pickId,
  queryText,
} from "./gateway.ts";

const VECTORS = 3;

function routerView(model: GatewayModel, router: Router): object {
  const { id, name, type, aliases, owner, costs, created, updated } = router;
  return {
    object: "router",
    id,
    name,
    user_id: owner,
    type,
    aliases,
    load_balancing_strategy: "shuffle",
    vector_size: null,
    max_context_length: null,
    cost_prompt_tokens: costs.prompt,
    cost_completion_tokens: costs.completion,
    providers: [...model.providers.values()].filter((provider) => provider.router === id).length,
    created,
    updated,
  };
}

const aliasesOf = (model: GatewayModel, except?: number): Set<string> =>
  new Set([...model.routers.values()].filter(({ id }) => id !== except).flatMap(({ aliases }) => aliases));

const isTaken = (model: GatewayModel, name: string | undefined, except?: number): boolean =>
  [...model.routers.values()].some((router) => router.id !== except && router.name === name);

const quoted = (aliases: readonly string[]): string => aliases.map((alias) => `'${alias}'`).join(", ");

const createRouter: Operation = (model, [a = 0, b = 0, c = 0, d = 0]) => {
  const name = b % 6 === 5 ? (pick(model.routers.values(), c)?.name ?? "m") : `model ${b % 60}`;
  const aliases = c % 3 === 0 ? [`alias ${d % 12}`, ...(d % 5 === 0 ? [`alias ${b % 12}`] : [])] : [];
  const costs = d % 2 === 0 ? { prompt: 100, completion: 300 } : { prompt: 0, completion: 0 };
  const body = {
    name,
    type: "text-generation",
    aliases,
    cost_prompt_tokens: costs.prompt,
    cost_completion_tokens: costs.completion,
  };
  const request = { method: "POST", path: "/v1/admin/routers", body };
  return step(model, adminKey(model, a), "rewritten-admin", request, (answer, { user }) => {
    const id = model.take("router");
    if (isTaken(model, name)) return expectRefusal(answer, 409, `Router ${name} already exists.`);
    const taken = aliasesOf(model);
    if (new Set(aliases).size < aliases.length || aliases.some((alias) => taken.has(alias)))
      return expectRefusal(answer, 409, `Following aliases already exist: '[${quoted(aliases)}]'`);
    const dates = { created: model.stored, updated: model.stored };
    const router = { id, name, type: "text-generation", aliases, owner: user.id, costs, ...dates };
    expectAnswer(answer, 201, routerView(model, router));
    model.routers.set(id, router);
  });
};

const changeRouter: Operation = (model, [a = 0, b = 0, c = 0, d = 0]) => {
  const id =
    b % 12 === 11
      ? 900
      : (pick(
          [...model.routers.keys()].filter((each) => each !== VECTORS),
          b,
        ) ?? 900);
  const name = c % 4 === 0 && id > VECTORS ? `model ${c % 60}` : undefined;
  const aliases = d % 3 === 0 ? [`alias ${d % 12}`] : undefined;
  const cost = c % 2 === 0 ? 200 + d : undefined;
  const body = { name, aliases, cost_prompt_tokens: cost };
  const request = { method: "PATCH", path: `/v1/admin/routers/${id}`, body };
  return step(model, adminKey(model, a), "rewritten-admin", request, (answer) => {
    const router = model.routers.get(id);
    if (router === undefined) return expectRefusal(answer, 404, `Model router ${id} not found.`);
    if (name !== undefined && isTaken(model, name, id))
      return expectRefusal(answer, 409, `Router ${name} already exists.`);
    const others = aliasesOf(model, id);
    if (aliases?.some((alias) => others.has(alias)))
      return expectRefusal(answer, 409, `Following aliases already exist: '[${quoted(aliases)}]'`);
    Object.assign(router, {
      name: name ?? router.name,
      aliases: aliases ?? router.aliases,
      costs: { ...router.costs, prompt: cost ?? router.costs.prompt },
      updated: model.stored,
    });
    expectAnswer(answer, 200, routerView(model, router));
  });
};

/** Takes the providers of a router and the limits on it along. */
const removeRouter: Operation = (model, [a = 0, b = 0]) => {
  const id =
    b % 12 === 11
      ? 900
      : (pick(
          [...model.routers.keys()].filter((each) => each > VECTORS),
          b,
        ) ?? 900);
  const request = { method: "DELETE", path: `/v1/admin/routers/${id}` };
  return step(model, adminKey(model, a), "rewritten-admin", request, (answer) => {
    const router = model.routers.get(id);
    if (router === undefined) return expectRefusal(answer, 404, `Model router ${id} not found.`);
    expectAnswer(answer, 200, routerView(model, router));
    model.routers.delete(id);
    for (const provider of model.providers.values())
      if (provider.router === id) model.providers.delete(provider.id);
    for (const role of model.roles.values())
      if (role.limits !== undefined) role.limits = role.limits.filter((limit) => limit.router !== id);
  });
};

const getRouter: Operation = (model, [a = 0, b = 0]) => {
  const id = pickId(model.routers, b);
  const request = { method: "GET", path: `/v1/admin/routers/${id}` };
  return step(model, adminKey(model, a), "rewritten-admin", request, (answer) => {
    const router = model.routers.get(id);
    if (router === undefined) expectRefusal(answer, 404, `Model router ${id} not found.`);
    else expectAnswer(answer, 200, routerView(model, router));
  });
};

/** A list that says how many there are. */
function expectTotal(
  answer: Answer,
  all: number,
  page: { offset: number; limit: number },
  data: object[],
): void {
  expectAnswer(answer, 200, { object: "list", total: all, offset: page.offset, limit: page.limit, data });
}

const listRouters: Operation = (model, [a = 0, b = 0, c = 0]) => {
  const query = pageQuery(b, c);
  const request = { method: "GET", path: `/v1/admin/routers?${queryText(query, "sort_order")}` };
  return step(model, adminKey(model, a), "rewritten-admin", request, (answer) =>
    expectTotal(
      answer,
      model.routers.size,
      query,
      pageOf(model.routers.values(), query).map((router) => routerView(model, router)),
    ),
  );
};

function providerView(provider: Provider): object {
  const { id, router, owner, url, model: name, timeout, created, updated } = provider;
  return {
    id,
    router_id: router,
    user_id: owner,
    type: "vllm",
    url,
    key: null,
    timeout,
    model_name: name,
    model_hosting_zone: "WOR",
    model_total_params: 0,
    model_active_params: 0,
    qos_metric: null,
    qos_limit: null,
    created,
    updated,
  };
}

const createProvider: Operation = (model, [a = 0, b = 0, c = 0]) => {
  const router =
    b % 12 === 11
      ? 900
      : (pick(
          [...model.routers.keys()].filter((id) => id !== VECTORS),
          b,
        ) ?? 900);
  const url = `http://127.0.0.1:${9000 + (c % 4)}`;
  const body = { router, type: "vllm", url, model_name: "upstream", timeout: 5 };
  const request = { method: "POST", path: "/v1/admin/providers", body };
  return step(model, adminKey(model, a), "rewritten-admin", request, (answer, { user }) => {
    if (!model.routers.has(router)) return expectRefusal(answer, 404, `Model router ${router} not found.`);
    const id = model.take("provider");
    const others = [...model.providers.values()].filter((provider) => provider.router === router);
    if (others.some((provider) => provider.url === `${url}/` && provider.model === "upstream"))
      return expectStatus(answer, 409);
    const dates = { created: model.clock, updated: model.clock };
    const provider = { id, router, owner: user.id, url: `${url}/`, model: "upstream", timeout: 5, ...dates };
    expectAnswer(answer, 201, providerView(provider));
    model.providers.set(id, provider);
  });
};

/** Needs no right (observed on 0.4.1). */
const changeProvider: Operation = (model, [a = 0, b = 0, c = 0]) => {
  const id = pickId(model.providers, b);
  const to =
    c % 3 === 0
      ? pick(
          [...model.routers.keys()].filter((each) => each !== VECTORS),
          c,
        )
      : undefined;
  const router = model.providers.get(id)?.router === VECTORS ? undefined : to;
  const request = { method: "PATCH", path: `/v1/admin/providers/${id}`, body: { timeout: 1 + c, router } };
  return step(model, anyKey(model, a), "provider-change", request, (answer) => {
    const provider = model.providers.get(id);
    if (provider === undefined) return expectRefusal(answer, 404, "Model provider not found.");
    expectAnswer(answer, 204);
    Object.assign(provider, { timeout: 1 + c, router: router ?? provider.router, updated: model.clock });
  });
};

const removeProvider: Operation = (model, [a = 0, b = 0]) => {
  const id =
    b % 12 === 11
      ? 900
      : (pick(
          [...model.providers.keys()].filter((each) => each > VECTORS),
          b,
        ) ?? 900);
  const request = { method: "DELETE", path: `/v1/admin/providers/${id}` };
  return step(model, adminKey(model, a), "rewritten-admin", request, (answer) => {
    const provider = model.providers.get(id);
    if (provider === undefined) return expectRefusal(answer, 404, `Model provider ${id} not found.`);
    expectAnswer(answer, 200, { object: "provider", ...providerView(provider) });
    model.providers.delete(id);
  });
};

const listProviders: Operation = (model, [a = 0, b = 0, c = 0, d = 0]) => {
  const query = pageQuery(b, c);
  const router = d % 2 === 0 ? pickId(model.routers, d) : undefined;
  const filter = router === undefined ? "" : `&router_id=${router}`;
  const request = { method: "GET", path: `/v1/admin/providers?${queryText(query, "sort_order")}${filter}` };
  return step(model, adminKey(model, a), "rewritten-admin", request, (answer) => {
    const rows = [...model.providers.values()].filter((row) => router === undefined || row.router === router);
    const data = pageOf(rows, query).map((row) => ({ object: "provider", ...providerView(row) }));
    expectTotal(answer, rows.length, query, data);
  });
};

/** The model of a router, as everybody sees it. */
function expectModel(router: Router, shown: unknown): void {
  const { id, aliases, costs, type } = shown as Record<string, unknown>;
  deepStrictEqual(
    { id, aliases, type, costs },
    {
      id: router.name,
      aliases: router.aliases,
      type: router.type,
      costs: { prompt_tokens: router.costs.prompt, completion_tokens: router.costs.completion },
    },
  );
}

const listModels: Operation = (model, [a = 0]) =>
  step(model, anyKey(model, a), "models", { method: "GET", path: "/v1/models" }, (answer, { role }) => {
    expectStatus(answer, 200);
    const { data } = membersOf(answer) as { data: readonly unknown[] };
    const rows = pageOf(model.routers.values(), { offset: 0, limit: 1e9, descends: false });
    const listed = rows.filter((router) => isListed(model, role, router));
    deepStrictEqual(
      data.map((each) => (each as { id: string }).id),
      listed.map(({ name }) => name),
    );
    for (const [i, router] of listed.entries()) expectModel(router, data[i]);
  });

const getModel: Operation = (model, [a = 0, b = 0, c = 0]) => {
  const router = pick(model.routers.values(), b);
  const name = c % 9 === 8 ? "no such model" : (router?.aliases[0] ?? router?.name ?? "");
  const request = { method: "GET", path: `/v1/models/${encodeURIComponent(name)}` };
  return step(model, anyKey(model, a), "models", request, (answer, { role }) => {
    const found = routerNamed(model, name);
    if (found === undefined || !isListed(model, role, found))
      return expectRefusal(answer, 404, "Model not found.");
    expectStatus(answer, 200);
    expectModel(found, answer.body);
  });
};

export const MODELS: Readonly<Record<string, Operation>> = {
  createRouter,
  changeRouter,
  removeRouter,
  getRouter,
  listRouters,
  createProvider,
  changeProvider,
  removeProvider,
  listProviders,
  listModels,
  getModel,
};
