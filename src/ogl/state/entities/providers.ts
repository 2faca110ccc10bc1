import { pythonFloat } from "../../../asgi/index.ts";
import type { ProviderRow, RouterRow } from "../tables/index.ts";
import {
  type Call,
  DONE,
  type Handler,
  type Outcome,
  type Upstream,
  answer,
  checkNumbers,
  checkText,
  clockTime,
  crash,
  made,
  raiseRefusal,
  rowOf,
} from "./call.ts";
import { cutPage, totalEnvelope } from "./paging.ts";

interface ProviderBody {
  readonly type: string;
  readonly url: string | null;
  readonly key: string | null;
  readonly timeout: number | null;
  readonly model_name: string;
  readonly model_hosting_zone: string | null;
  readonly model_total_params: number | null;
  readonly model_active_params: number | null;
  readonly qos_metric: string | null;
  readonly qos_limit: number | null;
}

/** URLs of the providers that OGL knows itself. */
const KNOWN_URLS: Readonly<Record<string, string>> = {
  albert: "https://albert.api.etalab.gouv.fr/",
  mistral: "https://api.mistral.ai/",
  openai: "https://api.openai.com/",
};

const ASR = "automatic-speech-recognition";
const CHAT = ["text-generation", "image-text-to-text"];
const EMBEDDINGS = "text-embeddings-inference";
const RANKING = "text-classification";

/** Types of routers that a provider can serve (observed on 0.4.1: admin-providers-09; the rest is read in OGL's source). */
const SERVES: Readonly<Record<string, readonly string[]>> = {
  albert: [ASR, ...CHAT, "image-to-text", EMBEDDINGS, RANKING],
  mistral: [ASR, ...CHAT, "image-to-text", EMBEDDINGS],
  openai: [ASR, ...CHAT, EMBEDDINGS],
  tei: [EMBEDDINGS, RANKING],
  vllm: [ASR, ...CHAT, EMBEDDINGS, RANKING],
};

/** Length of the vectors of an upstream that the world says nothing of. */
const VECTOR_SIZE = 1024;

function providerMembers(row: ProviderRow): object {
  const { id, router_id, user_id, type, url, key, timeout, model_name, model_hosting_zone } = row;
  return {
    id,
    router_id,
    user_id,
    type,
    url,
    key,
    timeout,
    model_name,
    model_hosting_zone,
    model_total_params: row.model_total_params,
    model_active_params: row.model_active_params,
    qos_metric: row.qos_metric,
    qos_limit: row.qos_limit === null ? null : pythonFloat(row.qos_limit),
    created: row.created,
    updated: row.updated,
  };
}

const providerView = (row: ProviderRow): object => ({ object: "provider", ...providerMembers(row) });

/** A model as an upstream describes it; `undefined` if the upstream does not answer or does not have it. */
function findUpstream(
  { upstreams }: Call["settings"],
  url: string,
  { timeout, model_name: name }: ProviderBody,
  type: string,
): Upstream["models"][number] | undefined {
  if (timeout === 0 || !/^https?:\/\//.test(url)) return undefined;
  if (upstreams === undefined)
    return { id: name, ...(type === EMBEDDINGS ? { vector_size: VECTOR_SIZE } : {}) };
  const upstream = upstreams.find((each) => withSlash(each.url) === url);
  return upstream?.models.find(({ id }) => id === name);
}

const withSlash = (url: string): string => (url.endsWith("/") ? url : `${url}/`);

/** Creates a provider. The order of the checks is OGL's (observed on 0.4.1: admin-providers-05 to -22). */
function createProvider(call: Call): Outcome {
  const { db, now, caller, settings, rules } = call;
  const body = call.body as unknown as ProviderBody;
  const router = routerOf(call, Number(call.body[rules.routerMember]));
  const { type, model_name: name } = body;
  if (!SERVES[type]?.includes(router.type))
    raiseRefusal(400, `Invalid model provider type ${type} for ${router.type} router.`);
  const url = withSlash(body.url ?? KNOWN_URLS[type] ?? "");
  const found =
    findUpstream(settings, url, body, router.type) ??
    raiseRefusal(424, `Model provider ${name} not reachable.`);
  // The list of OpenAI's models does not say how much they read (observed on 0.4.1: audio-06).
  const context = type === "openai" ? null : (found.max_context_length ?? null);
  const vectors = found.vector_size ?? null;
  checkConsistent(call, router, context, vectors);
  checkText(name, url, body.key);
  checkNumbers([body.timeout, body.model_total_params, body.model_active_params], [body.qos_limit]);
  const id = db.providers.takeId();
  if (caller.master) crash("IntegrityError"); // user 0 is in no table
  const others = db.providers.rows.filter(({ router_id: each }) => each === router.id);
  if (others.some((other) => other.url === url && other.model_name === name))
    raiseRefusal(409, `Model provider ${name} for url ${url} already exists for router ${router.id}.`);
  if (others.length === 0) db.routers.amend({ ...router, max_context_length: context, vector_size: vectors });
  const row = db.providers.put({
    id,
    router_id: router.id,
    user_id: caller.id,
    type,
    url,
    key: body.key,
    timeout: body.timeout ?? 300,
    model_name: name,
    model_hosting_zone: body.model_hosting_zone ?? "WOR",
    model_total_params: body.model_total_params ?? 0,
    model_active_params: body.model_active_params ?? 0,
    qos_metric: body.qos_metric,
    qos_limit: body.qos_limit,
    created: clockTime(now),
    updated: clockTime(now),
    max_context_length: context,
    vector_size: vectors,
  });
  return made(providerMembers(row));
}

function routerOf({ db }: Call, id: number): RouterRow {
  return rowOf(db.routers, id) ?? raiseRefusal(404, `Model router ${id} not found.`);
}

/** Refuses a model that differs from those that the router has already. */
function checkConsistent(
  { db }: Call,
  { id, name, max_context_length: context, vector_size: size }: RouterRow,
  actualContext: number | null,
  actualSize: number | null,
): void {
  if (!db.providers.rows.some(({ router_id: router }) => router === id)) return;
  if (size !== actualSize)
    raiseRefusal(
      403,
      `Inconsistent vector size for ${name}. Expected: ${size ?? "None"}. Actual: ${actualSize ?? "None"}`,
    );
  if (context !== actualContext)
    raiseRefusal(
      403,
      `Inconsistent max context length for ${name}. Expected: ${context ?? "None"}. Actual: ${actualContext ?? "None"}`,
    );
}

/** Changes a provider. URL, key and model of a request are ignored (observed on 0.4.1: admin-providers-37). */
function changeProvider(call: Call): Outcome {
  const { db, now, rules, path } = call;
  const body = call.body as unknown as ProviderBody;
  const row =
    rowOf(db.providers, path[0]) ??
    raiseRefusal(
      404,
      rules.wholeProviders ? `Model provider ${path[0]} not found.` : "Model provider not found.",
    );
  const target = call.body[rules.routerMember] as number | null;
  if (target !== null) {
    const router = rowOf(db.routers, target) ?? raiseRefusal(404, "Model router not found.");
    if (router.vector_size !== (row.vector_size ?? null))
      raiseRefusal(403, "Inconsistent model vector size.");
    if (router.max_context_length !== (row.max_context_length ?? null))
      raiseRefusal(403, "Inconsistent model max context length.");
  }
  checkNumbers([body.timeout, body.model_total_params, body.model_active_params], [body.qos_limit]);
  const changed = db.providers.put({
    ...row,
    router_id: target ?? row.router_id,
    timeout: body.timeout ?? row.timeout,
    model_hosting_zone: body.model_hosting_zone ?? row.model_hosting_zone,
    model_total_params: body.model_total_params ?? row.model_total_params,
    model_active_params: body.model_active_params ?? row.model_active_params,
    qos_metric: body.qos_metric ?? row.qos_metric,
    qos_limit: body.qos_limit ?? row.qos_limit,
    updated: clockTime(now),
  });
  return rules.wholeProviders ? answer(providerView(changed)) : DONE;
}

function findProvider({ db, path: [id] }: Call): ProviderRow {
  return rowOf(db.providers, id) ?? raiseRefusal(404, `Model provider ${id} not found.`);
}

export const PROVIDERS: Readonly<Record<string, Handler>> = {
  "POST /v1/admin/providers": createProvider,
  "GET /v1/admin/providers": (call) => {
    const { router_id: router } = call.query;
    const rows = call.db.providers.rows.filter((row) => router === null || row.router_id === router);
    const page = cutPage(rows, call);
    return answer(totalEnvelope(rows.length, page, page.rows.map(providerView)));
  },
  "GET /v1/admin/providers/{}": (call) => answer(providerView(findProvider(call))),
  "PATCH /v1/admin/providers/{}": changeProvider,
  "DELETE /v1/admin/providers/{}": ({ db, ...call }) => {
    const row = findProvider({ db, ...call });
    db.providers.remove(row.id);
    return answer(providerView(row));
  },
};
