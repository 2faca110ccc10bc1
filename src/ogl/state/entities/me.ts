import type { Database, LimitRow } from "../tables/index.ts";
import { type Call, DONE, type Handler, type Outcome, answer, readTime, raiseRefusal } from "./call.ts";
import { limitsOfRole } from "./roles.ts";
import { makeToken, ownUser, removeToken } from "./tokens.ts";
import { type UserChange, budgetShown, changeUser } from "./users.ts";

const MASTER_PERMISSIONS = ["admin", "create_public_collection", "read_metric", "provide_models"];
const MASTER_LIMIT_ORDER = ["tpm", "tpd", "rpm", "rpd"];

/** Limits of the master key: none, for each router. */
function masterLimits(db: Database): LimitRow[] {
  return db.routers.rows
    .toSorted((a, b) => a.id - b.id)
    .flatMap(({ id }) => MASTER_LIMIT_ORDER.map((type) => ({ router: id, type, value: null })));
}

function info(call: Call): Outcome {
  const { db, caller, rules } = call;
  const { role, master } = caller;
  const user = master ? undefined : ownUser(call);
  const limits = master ? masterLimits(db) : role === undefined ? [] : limitsOfRole(db, role);
  return answer({
    object: "userInfo",
    id: caller.id,
    email: user?.email ?? "master",
    name: user === undefined ? "master" : user.name,
    organization: user === undefined ? 0 : user.organization,
    budget: budgetShown(user?.budget ?? null),
    permissions: master ? MASTER_PERMISSIONS : (role?.permissions ?? []),
    // Limits of 0 are left out (observed on 0.4.1: effects-26).
    limits: limits
      .filter(({ value }) => value !== 0)
      .map(({ router, type, value }) => ({ [rules.routerMember]: router, type, value })),
    expires: readTime(user?.expires ?? null),
    priority: user?.priority ?? 0,
    created: user?.created ?? 0,
    updated: user?.updated ?? 0,
  });
}

const PLAYGROUND = "playground";
const PLAYGROUND_S = 3600;

/** Logs a user in: deletes the keys of the playground, and makes a new one (observed on 0.4.1: auth-12). */
function login(call: Call): Outcome {
  const { db, now, settings, body } = call;
  const { email, password } = body;
  if (email === "master" && password === settings.masterKey)
    return answer({ id: 0, key: settings.masterKey });
  const user = db.users.byKey(String(email)) ?? raiseRefusal(404, "User not found.");
  if (user.password !== password) raiseRefusal(401, "Invalid current password.");
  for (const token of db.tokens.rows)
    if (token.user === user.id && token.name === PLAYGROUND) removeToken(call, token);
  const expires = Math.floor(now / 1000) + PLAYGROUND_S;
  const { id, key } = makeToken(call, user.id, PLAYGROUND, expires);
  return answer({ id, key });
}

export const ME: Readonly<Record<string, Handler>> = {
  "GET /v1/me/info": info,
  "PATCH /v1/me/info": (call) => {
    const { email, name, current_password, password } = call.body as UserChange;
    changeUser(call, ownUser(call), { email, name, current_password, password } as UserChange);
    return DONE;
  },
  "POST /v1/auth/login": login,
};
