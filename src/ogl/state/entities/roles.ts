import type { Database, LimitRow, RoleRow } from "../tables/index.ts";
import {
  type Call,
  DONE,
  type Handler,
  type Outcome,
  answer,
  checkText,
  crash,
  databaseTime,
  fitsColumn,
  made,
  raiseRefusal,
  rowOf,
} from "./call.ts";
import { listEnvelope, cutPage, totalEnvelope } from "./paging.ts";

/** Types of limits, in the order in which OGL checks them. */
export const LIMIT_TYPES = ["rpm", "rpd", "tpm", "tpd"] as const;

interface RoleBody {
  readonly name: string | null;
  readonly permissions: readonly string[] | null;
  readonly limits: readonly Readonly<Record<string, unknown>>[] | null;
}

/** The limits of a role. A role that is open to all models has no limit for each of those there are. */
export function limitsOfRole(db: Database, role: RoleRow): readonly LimitRow[] {
  if (!role.open) return role.limits;
  const routers = db.routers.rows.toSorted((a, b) => a.id - b.id);
  return routers.flatMap(({ id }) => LIMIT_TYPES.map((type) => ({ router: id, type, value: null })));
}

function roleView({ db, rules }: Call, role: RoleRow): object {
  return {
    object: "role",
    id: role.id,
    name: role.name,
    permissions: role.permissions,
    limits: limitsOfRole(db, role).map(({ router, type, value }) => ({
      [rules.routerMember]: router,
      type,
      value,
    })),
    users: db.users.rows.filter((user) => user.role === role.id).length,
    created: role.created,
    updated: role.updated,
  };
}

function readLimits({ rules }: Call, limits: RoleBody["limits"]): LimitRow[] {
  return (limits ?? []).map(({ type, value, ...limit }) => ({
    router: Number(limit[rules.routerMember]),
    type: String(type),
    value: value === null ? null : Number(value),
  }));
}

/** False for rights and limits at which the database fails: the same right twice, or a limit on no router. */
function areStorable({ db }: Call, permissions: readonly string[], limits: readonly LimitRow[]): boolean {
  return (
    new Set(permissions).size === permissions.length &&
    limits.every(
      ({ router, value }) =>
        fitsColumn(router) && db.routers.get(router) !== undefined && fitsColumn(value ?? 0),
    )
  );
}

function createRole(call: Call): Outcome {
  const { db, now, rules } = call;
  const body = call.body as unknown as RoleBody;
  const name = body.name ?? crash();
  checkText(name);
  const id = db.roles.takeId();
  if (db.roles.byKey(name) !== undefined) raiseRefusal(409, "Role already exists.");
  const time = databaseTime(now);
  const permissions = body.permissions ?? [];
  const limits = readLimits(call, body.limits);
  // The role is stored before its rights and limits are, and stays without them (observed on 0.4.1: admin-roles-18, -30).
  const row = db.roles.put({ id, name, permissions: [], limits: [], created: time, updated: time });
  if (!areStorable(call, permissions, limits)) crash();
  const whole = db.roles.amend({ ...row, permissions, limits });
  return made(rules.wholeRoles ? roleView(call, whole) : { id });
}

function changeRole(call: Call): Outcome {
  const { db, now, rules } = call;
  const { name, permissions, limits } = call.body as unknown as RoleBody;
  const row = findRole(call);
  checkText(name);
  const taken = name === null ? undefined : db.roles.byKey(name);
  if (taken !== undefined && taken.id !== row.id)
    return rules.wholeRoles ? raiseRefusal(409, "Role already exists.") : crash();
  const given = limits === null ? {} : { limits: readLimits(call, limits), open: false };
  const next = { ...row, permissions: permissions ?? row.permissions, ...given };
  if (!areStorable(call, next.permissions, limits === null ? [] : next.limits)) crash();
  // Rights and limits are tables of their own, so that the role itself changes only with its name (observed: effects-83).
  const changed =
    name === null ? db.roles.amend(next) : db.roles.put({ ...next, name, updated: databaseTime(now) });
  return rules.wholeRoles ? answer(roleView(call, changed)) : DONE;
}

function removeRole(call: Call): Outcome {
  const { db, rules } = call;
  const row = findRole(call);
  if (db.users.rows.some(({ role }) => role === row.id))
    raiseRefusal(409, "Delete role with users is not allowed.");
  const shown = roleView(call, row);
  db.roles.remove(row.id);
  return rules.wholeRoles ? answer(shown) : DONE;
}

function listRoles(call: Call): Outcome {
  const page = cutPage(call.db.roles.rows, call);
  const data = page.rows.map((role) => roleView(call, role));
  return answer(call.rules.wholeRoles ? totalEnvelope(call.db.roles.size, page, data) : listEnvelope(data));
}

function findRole({ db, path: [id] }: Call): RoleRow {
  return rowOf(db.roles, id) ?? raiseRefusal(404, "Role not found.");
}

export const ROLES: Readonly<Record<string, Handler>> = {
  "POST /v1/admin/roles": createRole,
  "GET /v1/admin/roles": listRoles,
  "GET /v1/admin/roles/{}": (call) => answer(roleView(call, findRole(call))),
  "PATCH /v1/admin/roles/{}": changeRole,
  "DELETE /v1/admin/roles/{}": removeRole,
};
