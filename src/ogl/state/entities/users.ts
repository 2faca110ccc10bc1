import { pythonFloat } from "../../../asgi/index.ts";
import type { Database, UserRow } from "../tables/index.ts";
import {
  type Call,
  DONE,
  type Handler,
  type Outcome,
  answer,
  checkNumbers,
  checkText,
  crash,
  databaseTime,
  fitsColumn,
  made,
  readTime,
  raiseRefusal,
  rowOf,
} from "./call.ts";
import { dropChunks } from "./engine.ts";
import { listEnvelope, cutPage } from "./paging.ts";

/** E-mail of the master, which no user may have. */
const RESERVED = "master";
/** Longest password that OGL's hash takes, in bytes. */
const MAX_PASSWORD = 72;

/** Members of a request by which a user is changed. */
export interface UserChange {
  readonly email?: string | null;
  readonly name?: string | null;
  readonly current_password?: string | null;
  readonly password?: string | null;
  readonly role?: number | null;
  readonly organization?: number | null;
  readonly budget?: number | null;
  readonly expires?: number | null;
  readonly priority?: number | null;
}

/** A budget as answers print it. A budget that is no number can be stored but not shown (observed on 0.4.1: admin-users-23). */
export function budgetShown(budget: number | null): object | null {
  if (budget === null) return null;
  return Number.isFinite(budget) ? pythonFloat(budget) : crash();
}

function userView(user: UserRow): object {
  return {
    object: "user",
    id: user.id,
    email: user.email,
    name: user.name,
    sub: null,
    iss: null,
    role: user.role,
    organization: user.organization,
    budget: budgetShown(user.budget),
    expires: readTime(user.expires),
    created: user.created,
    updated: user.updated,
    priority: user.priority,
  };
}

function createUser(call: Call): Outcome {
  const { db, now, rules } = call;
  const body = call.body as unknown as UserChange & { readonly email: string; readonly password: string };
  const { email, name = null, password, role = null, organization = null } = body;
  if (email === RESERVED) raiseRefusal(403, "Reserved email.");
  if (role === null || rowOf(db.roles, role) === undefined) raiseRefusal(404, "Role not found.");
  checkOrganization(db, organization);
  checkPassword(password);
  checkText(email, name);
  checkNumbers([body.priority ?? 0]);
  const id = db.users.takeId();
  if (db.users.byKey(email) !== undefined) raiseRefusal(409, "User already exists.");
  const time = databaseTime(now);
  const { budget = null, expires = null, priority } = body;
  const user = db.users.put({
    id,
    email,
    name,
    password,
    role,
    organization,
    budget,
    expires,
    priority: priority ?? 0,
    created: time,
    updated: time,
  });
  return made(rules.wholeUsers ? userView(user) : { id });
}

function checkOrganization(db: Database, organization: number | null): void {
  if (organization !== null && rowOf(db.organizations, organization) === undefined)
    raiseRefusal(404, "Organization not found.");
}

function checkPassword(password: string): void {
  if (Buffer.byteLength(password) > MAX_PASSWORD) crash("ValueError");
}

/**
 * Changes a user. Budget, expiry and organization that the request leaves out become null; the rest stays (observed on 0.4.1:
 * admin-users-58, me-42).
 */
export function changeUser({ db, now }: Call, user: UserRow, change: UserChange): UserRow {
  const { email, name, current_password: current, password, role, priority } = change;
  const { organization = null, budget = null, expires = null } = change;
  checkOrganization(db, organization);
  if (role !== null && role !== undefined && rowOf(db.roles, role) === undefined)
    raiseRefusal(404, "Role not found.");
  if (email === RESERVED) raiseRefusal(403, "Reserved email.");
  if (password !== null && password !== undefined) {
    if (current !== null && current !== undefined && current !== user.password)
      raiseRefusal(401, "Invalid current password.");
    checkPassword(password);
  }
  checkText(email, name);
  checkNumbers([priority ?? 0]);
  if (typeof email === "string" && (db.users.byKey(email)?.id ?? user.id) !== user.id)
    crash("IntegrityError");
  return db.users.put({
    ...user,
    email: email ?? user.email,
    name: name ?? user.name,
    ...(password === null || password === undefined ? {} : { password }),
    role: role ?? user.role,
    organization,
    budget,
    expires,
    priority: priority ?? user.priority,
    updated: databaseTime(now),
  });
}

/** Deletes a user with keys, collections and documents. In OGL chunks stay in the engine, where nobody can reach them. */
function removeUser(call: Call): Outcome {
  const { db } = call;
  const { id } = findUser(call);
  for (const token of db.tokens.rows) {
    if (token.user !== id) continue;
    db.tokens.remove(token.id);
    db.formerTokens.put(token);
  }
  const homes = new Set(db.collections.rows.filter(({ user }) => user === id).map((row) => row.id));
  for (const document of db.documents.rows)
    if (homes.has(document.collection_id)) db.documents.remove(document.id);
  for (const home of homes) db.collections.remove(home);
  dropChunks(call, homes);
  db.users.remove(id);
  return DONE;
}

function listUsers(call: Call): Outcome {
  const { db, query } = call;
  const { role, organization, email } = query;
  const isWanted = (user: UserRow): boolean =>
    (role === null || user.role === role) &&
    (organization === null || user.organization === organization) &&
    (email === null || user.email === email);
  for (const id of [role, organization]) if (typeof id === "number" && !fitsColumn(id)) crash();
  const wanted = db.users.rows.filter(isWanted);
  if (email !== null && wanted.length === 0) raiseRefusal(404, "User not found.");
  return answer(listEnvelope(cutPage(wanted, call).rows.map(userView)));
}

function findUser({ db, path: [id] }: Call): UserRow {
  return rowOf(db.users, id) ?? raiseRefusal(404, "User not found.");
}

export const USERS: Readonly<Record<string, Handler>> = {
  "POST /v1/admin/users": createUser,
  "GET /v1/admin/users": listUsers,
  "GET /v1/admin/users/{}": (call) => answer(userView(findUser(call))),
  "PATCH /v1/admin/users/{}": (call) => {
    changeUser(call, findUser(call), call.body as UserChange);
    return DONE;
  },
  "DELETE /v1/admin/users/{}": removeUser,
};
