import { pythonFloat } from "../../../asgi/index.ts";
import type { Database, RouterRow } from "../tables/index.ts";
import {
  type Call,
  type Handler,
  type Outcome,
  answer,
  checkNumbers,
  checkText,
  databaseTime,
  made,
  raiseRefusal,
  rowOf,
} from "./call.ts";
import { cutPage, totalEnvelope } from "./paging.ts";

interface RouterBody {
  readonly name: string | null;
  readonly type: string | null;
  readonly aliases: readonly string[] | null;
  readonly load_balancing_strategy: string | null;
  readonly cost_prompt_tokens: number | null;
  readonly cost_completion_tokens: number | null;
}

function routerView({ db }: Call, row: RouterRow): object {
  return {
    object: "router",
    id: row.id,
    name: row.name,
    user_id: row.user_id,
    type: row.type,
    aliases: row.aliases,
    load_balancing_strategy: row.load_balancing_strategy,
    vector_size: row.vector_size,
    max_context_length: row.max_context_length,
    cost_prompt_tokens: pythonFloat(row.cost_prompt_tokens),
    cost_completion_tokens: pythonFloat(row.cost_completion_tokens),
    providers: providersOf(db, row.id),
    created: row.created,
    updated: row.updated,
  };
}

/** Number of the providers of a router. */
function providersOf(db: Database, router: number): number {
  return db.providers.rows.filter(({ router_id: id }) => id === router).length;
}

const takenNames = (db: Database, except: number): Set<string> =>
  new Set(db.routers.rows.filter(({ id }) => id !== except).flatMap(({ aliases }) => aliases));

/** Refuses aliases as OGL names them: a list of Python's, in quotes. */
function refuseAliases(aliases: readonly string[]): never {
  const shown = aliases.map((alias) => `'${alias}'`).join(", ");
  return raiseRefusal(409, `Following aliases already exist: '[${shown}]'`);
}

function createRouter(call: Call): Outcome {
  const { db, now, caller } = call;
  const body = call.body as unknown as RouterBody;
  const name = body.name ?? "";
  const aliases = body.aliases ?? [];
  checkText(name, ...aliases);
  checkNumbers([], [body.cost_prompt_tokens, body.cost_completion_tokens]);
  const id = db.routers.takeId();
  if (db.routers.byKey(name) !== undefined) raiseRefusal(409, `Router ${name} already exists.`);
  // All aliases of the request are named, not only those that exist (observed on 0.4.1: admin-routers-10, -13).
  const taken = takenNames(db, id);
  if (new Set(aliases).size < aliases.length || aliases.some((alias) => taken.has(alias)))
    refuseAliases(aliases);
  const time = databaseTime(now);
  const row = db.routers.put({
    id,
    name,
    user_id: caller.id,
    type: body.type ?? "",
    aliases,
    load_balancing_strategy: body.load_balancing_strategy ?? "shuffle",
    vector_size: null,
    max_context_length: null,
    cost_prompt_tokens: body.cost_prompt_tokens ?? 0,
    cost_completion_tokens: body.cost_completion_tokens ?? 0,
    created: time,
    updated: time,
  });
  return made(routerView(call, row));
}

function changeRouter(call: Call): Outcome {
  const { db, now } = call;
  const body = call.body as unknown as RouterBody;
  const row = findRouter(call);
  const { name, aliases } = body;
  checkText(name, ...(aliases ?? []));
  checkNumbers([], [body.cost_prompt_tokens, body.cost_completion_tokens]);
  if (name !== null && (db.routers.byKey(name)?.id ?? row.id) !== row.id)
    raiseRefusal(409, `Router ${name} already exists.`);
  if (aliases !== null) {
    const others = takenNames(db, row.id);
    const taken = aliases.filter((alias, i) => others.has(alias) || aliases.indexOf(alias) !== i);
    if (taken.length > 0) refuseAliases(taken);
  }
  const changed = db.routers.put({
    ...row,
    name: name ?? row.name,
    type: body.type ?? row.type,
    aliases: aliases ?? row.aliases,
    load_balancing_strategy: body.load_balancing_strategy ?? row.load_balancing_strategy,
    cost_prompt_tokens: body.cost_prompt_tokens ?? row.cost_prompt_tokens,
    cost_completion_tokens: body.cost_completion_tokens ?? row.cost_completion_tokens,
    updated: databaseTime(now),
  });
  return answer(routerView(call, changed));
}

/** Deletes a router with its providers, and the limits on it in each role (observed on 0.4.1: effects-83, -84). */
function removeRouter(call: Call): Outcome {
  const { db } = call;
  const row = findRouter(call);
  const shown = routerView(call, row);
  for (const provider of db.providers.rows)
    if (provider.router_id === row.id) db.providers.remove(provider.id);
  for (const role of db.roles.rows) {
    const limits = role.limits.filter(({ router }) => router !== row.id);
    if (limits.length < role.limits.length) db.roles.amend({ ...role, limits });
  }
  db.routers.remove(row.id);
  return answer(shown);
}

function findRouter({ db, path: [id] }: Call): RouterRow {
  return rowOf(db.routers, id) ?? raiseRefusal(404, `Model router ${id} not found.`);
}

export const ROUTERS: Readonly<Record<string, Handler>> = {
  "POST /v1/admin/routers": createRouter,
  "GET /v1/admin/routers": (call) => {
    const page = cutPage(call.db.routers.rows, call);
    const data = page.rows.map((row) => routerView(call, row));
    return answer(totalEnvelope(call.db.routers.size, page, data));
  },
  "GET /v1/admin/routers/{}": (call) => answer(routerView(call, findRouter(call))),
  "PATCH /v1/admin/routers/{}": changeRouter,
  "DELETE /v1/admin/routers/{}": removeRouter,
};
