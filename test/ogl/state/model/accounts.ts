/** Operations on roles and users, and their answers by the model. */
import { deepStrictEqual } from "node:assert";
import { step } from "./access.ts";
import {
  CHAT_MODEL,
  type Answer,
  type GatewayModel,
  LIMIT_KINDS,
  type Limit,
  ROOT,
  type Role,
  type Step,
  type User,
  expectAnswer,
  expectCrash,
  expectRefusal,
  expectStatus,
  membersOf,
  pageOf,
  pageQuery,
  pick,
  pickId,
  queryText,
} from "./gateway.ts";

/** Makes a request of some random numbers. */
export type Operation = (model: GatewayModel, n: readonly number[]) => Step;

/** The administrator's key, now and then another. */
export function adminKey(model: GatewayModel, n: number): string {
  return n % 8 === 7 ? (pick(model.keys.keys(), n) ?? ROOT) : ROOT;
}

/** Any key: also a deleted or expired one, and now and then one that never was. */
export function anyKey(model: GatewayModel, n: number): string {
  if (n % 40 === 39) return "sk-unknown";
  const living = model.livingKeys().map(({ text }) => text);
  return pick(n % 4 === 3 ? model.keys.keys() : living, n) ?? ROOT;
}

function roleView(model: GatewayModel, role: Role, shown: unknown): object {
  const { id, name, permissions, limits = shown, created, updated } = role;
  const users = [...model.users.values()].filter((user) => user.role === id).length;
  return { object: "role", id, name, permissions, limits, users, created, updated };
}

/** Limits on a model or two: all kinds open, one kind narrow, one kind closed, or a kind left out. */
function someLimits(model: GatewayModel, n: readonly number[]): Limit[] {
  const [a = 0, b = 0, c = 0] = n;
  const always = [...model.routers.values()].find(({ name }) => name === CHAT_MODEL)?.id ?? 1;
  const routers = [...new Set([always, pickExisting(model, a), ...(b % 3 === 0 ? [3] : [])])];
  const special = LIMIT_KINDS[c % LIMIT_KINDS.length];
  return routers.flatMap((router) =>
    LIMIT_KINDS.filter((type) => c % 13 !== 12 || type !== special).map((type) => {
      const values = [null, 1 + (c % 5), 2 + (b % 9), null, c % 11 === 10 ? 0 : null];
      return { router, type, value: type === special ? (values[a % values.length] ?? null) : null };
    }),
  );
}

const pickExisting = (model: GatewayModel, n: number): number => pick(model.routers.keys(), n) ?? 1;

const PERMISSIONS = [[], [], ["create_public_collection"], ["admin"]] as const;

const createRole: Operation = (model, [a = 0, b = 0, c = 0, d = 0, e = 0]) => {
  const name = b % 9 === 8 ? (pick(model.roles.values(), c)?.name ?? "") : `role ${a}-${b}`;
  const limits = someLimits(model, [c, d, e]);
  const permissions = pick(PERMISSIONS, d) ?? [];
  const body = { name, permissions, limits };
  return step(
    model,
    adminKey(model, a),
    "admin",
    { method: "POST", path: "/v1/admin/roles", body },
    (answer) => {
      const id = model.take("role");
      if ([...model.roles.values()].some((role) => role.name === name)) {
        expectRefusal(answer, 409, "Role already exists.");
        return;
      }
      expectAnswer(answer, 201, { id });
      const dates = { created: model.stored, updated: model.stored };
      model.roles.set(id, { id, name, permissions, limits, ...dates });
    },
  );
};

const changeRole: Operation = (model, [a = 0, b = 0, c = 0, d = 0, e = 0]) => {
  const id = b % 12 === 11 ? 900 : (pick([...model.roles.keys()].slice(1), b) ?? 900);
  const name = d % 2 === 0 ? `role ${d}-${e}` : undefined;
  const taken = e % 9 === 8 ? pick(model.roles.values(), d)?.name : name;
  const limits = c % 3 === 0 ? undefined : someLimits(model, [c, d, e]);
  const permissions = c % 4 === 3 ? pick(PERMISSIONS, e) : undefined;
  const body = { name: taken, limits, permissions };
  const path = `/v1/admin/roles/${id}`;
  return step(model, adminKey(model, a), "admin", { method: "PATCH", path, body }, (answer) => {
    const role = model.roles.get(id);
    if (role === undefined) {
      expectRefusal(answer, 404, "Role not found.");
      return;
    }
    if ([...model.roles.values()].some((other) => other !== role && other.name === taken)) {
      expectCrash(answer);
      return;
    }
    expectAnswer(answer, 204);
    if (taken !== undefined) Object.assign(role, { name: taken, updated: model.stored });
    if (limits !== undefined) role.limits = limits;
    if (permissions !== undefined) role.permissions = permissions;
  });
};

const removeRole: Operation = (model, [a = 0, b = 0]) => {
  const id = pickId(model.roles, b);
  const path = `/v1/admin/roles/${id}`;
  return step(model, adminKey(model, a), "admin", { method: "DELETE", path }, (answer) => {
    if (!model.roles.has(id)) expectRefusal(answer, 404, "Role not found.");
    else if ([...model.users.values()].some(({ role }) => role === id))
      expectRefusal(answer, 409, "Delete role with users is not allowed.");
    else {
      expectAnswer(answer, 204);
      model.roles.delete(id);
    }
  });
};

const getRole: Operation = (model, [a = 0, b = 0]) => {
  const id = pickId(model.roles, b);
  return step(
    model,
    adminKey(model, a),
    "admin",
    { method: "GET", path: `/v1/admin/roles/${id}` },
    (answer) => {
      const role = model.roles.get(id);
      if (role === undefined) expectRefusal(answer, 404, "Role not found.");
      else expectAnswer(answer, 200, roleView(model, role, membersOf(answer)["limits"]));
    },
  );
};

/** A list with the rows of the model, each shown by `view`, which may take what the answer says in its place. */
export function expectList<T>(
  answer: Answer,
  rows: readonly T[],
  view: (row: T, shown: unknown) => object,
): void {
  expectStatus(answer, 200);
  const { data } = membersOf(answer);
  const shown = Array.isArray(data) ? (data as unknown[]) : [];
  deepStrictEqual(membersOf(answer), { object: "list", data: rows.map((row, i) => view(row, shown[i])) });
}

const listRoles: Operation = (model, [a = 0, b = 0, c = 0]) => {
  const query = pageQuery(b, c);
  const path = `/v1/admin/roles?${queryText(query)}`;
  return step(model, adminKey(model, a), "admin", { method: "GET", path }, (answer) =>
    expectList(answer, pageOf(model.roles.values(), query), (role, shown) =>
      roleView(model, role, (shown as { limits?: unknown } | undefined)?.limits),
    ),
  );
};

function userView(user: User): object {
  const { password: _, ...shown } = user;
  return { object: "user", sub: null, iss: null, ...shown };
}

/** Members of a user that a request may name or leave out. */
function userChange(model: GatewayModel, n: readonly number[]): Partial<User> {
  const [a = 0, b = 0, c = 0] = n;
  const organization = a % 3 === 0 ? pickId(model.organizations, b) : undefined;
  const expires = c % 6 === 0 ? model.clock + 30 + (b % 300) : undefined;
  const budgets = [undefined, undefined, 0, 0.0001, 0.002, 5];
  return {
    ...(organization === undefined ? {} : { organization }),
    ...(expires === undefined ? {} : { expires }),
    ...(budgets[c % 6] === undefined ? {} : { budget: budgets[c % 6] ?? null }),
    ...(b % 7 === 0 ? { priority: b % 5 } : {}),
  };
}

const createUser: Operation = (model, [a = 0, b = 0, c = 0, d = 0, e = 0]) => {
  const email = b % 12 === 11 ? (pick(model.users.values(), c)?.email ?? "") : `user-${b}-${c}@example.org`;
  const role = pickId(model.roles, d);
  const change = userChange(model, [c, d, e]);
  const body = { email, name: `n${b}`, password: `pass-${b}`, role, ...change };
  return step(
    model,
    adminKey(model, a),
    "admin",
    { method: "POST", path: "/v1/admin/users", body },
    (answer) => {
      const { organization = null } = change;
      if (!model.roles.has(role)) return expectRefusal(answer, 404, "Role not found.");
      if (organization !== null && !model.organizations.has(organization))
        return expectRefusal(answer, 404, "Organization not found.");
      const id = model.take("user");
      if ([...model.users.values()].some((user) => user.email === email))
        return expectRefusal(answer, 409, "User already exists.");
      expectAnswer(answer, 201, { id });
      const blank = { organization: null, budget: null, expires: null, priority: 0 };
      const dates = { created: model.stored, updated: model.stored };
      model.users.set(id, { ...blank, ...body, id, ...dates });
    },
  );
};

/** Budget, expiry and organization become null where a change leaves them out. */
export function changeUserRow(model: GatewayModel, user: User, change: Partial<User>): void {
  Object.assign(user, { organization: null, budget: null, expires: null }, change, { updated: model.stored });
}

const changeUser: Operation = (model, [a = 0, b = 0, c = 0, d = 0, e = 0]) => {
  const id = b % 12 === 11 ? 900 : (pick([...model.users.keys()].slice(1), b) ?? 900);
  const email = c % 8 === 7 ? pick(model.users.values(), d)?.email : undefined;
  const change: Partial<User> = {
    ...userChange(model, [c, d, e]),
    ...(d % 3 === 0 ? { role: pickId(model.roles, c) } : {}),
    ...(e % 4 === 0 ? { name: `m${e}` } : {}),
    ...(email === undefined ? {} : { email }),
  };
  const path = `/v1/admin/users/${id}`;
  return step(model, adminKey(model, a), "admin", { method: "PATCH", path, body: change }, (answer) => {
    const user = model.users.get(id);
    if (user === undefined) return expectRefusal(answer, 404, "User not found.");
    if (change.role !== undefined && !model.roles.has(change.role)) return expectStatus(answer, 404);
    const { organization = null } = change;
    if (organization !== null && !model.organizations.has(organization)) return expectStatus(answer, 404);
    if ([...model.users.values()].some((other) => other !== user && other.email === email))
      return expectCrash(answer);
    expectAnswer(answer, 204);
    changeUserRow(model, user, change);
  });
};

const removeUser: Operation = (model, [a = 0, b = 0]) => {
  const id = b % 12 === 11 ? 900 : (pick([...model.users.keys()].slice(1), b) ?? 900);
  const path = `/v1/admin/users/${id}`;
  return step(model, adminKey(model, a), "admin", { method: "DELETE", path }, (answer) => {
    if (!model.users.has(id)) return expectRefusal(answer, 404, "User not found.");
    expectAnswer(answer, 204);
    model.users.delete(id);
    for (const key of model.keys.values()) if (key.user === id) key.deleted = true;
    for (const collection of model.collections.values())
      if (collection.owner === id) forgetCollection(model, collection.id);
  });
};

/** Deletes a collection with its documents. */
export function forgetCollection(model: GatewayModel, id: number): void {
  model.collections.delete(id);
  for (const document of model.documents.values())
    if (document.collection === id) model.documents.delete(document.id);
}

const getUser: Operation = (model, [a = 0, b = 0]) => {
  const id = pickId(model.users, b);
  const path = `/v1/admin/users/${id}`;
  return step(model, adminKey(model, a), "admin", { method: "GET", path }, (answer) => {
    const user = model.users.get(id);
    if (user === undefined) expectRefusal(answer, 404, "User not found.");
    else expectAnswer(answer, 200, userView(user));
  });
};

const listUsers: Operation = (model, [a = 0, b = 0, c = 0, d = 0]) => {
  const query = pageQuery(b, c);
  const role = d % 3 === 0 ? pickId(model.roles, c) : undefined;
  const organization = d % 3 === 1 ? pickId(model.organizations, c) : undefined;
  const filter = `${role === undefined ? "" : `&role=${role}`}${organization === undefined ? "" : `&organization=${organization}`}`;
  const path = `/v1/admin/users?${queryText(query)}${filter}`;
  return step(model, adminKey(model, a), "admin", { method: "GET", path }, (answer) => {
    const rows = [...model.users.values()].filter(
      (user) =>
        (role === undefined || user.role === role) &&
        (organization === undefined || user.organization === organization),
    );
    expectList(answer, pageOf(rows, query), userView);
  });
};

export const ACCOUNTS: Readonly<Record<string, Operation>> = {
  createRole,
  changeRole,
  removeRole,
  getRole,
  listRoles,
  createUser,
  changeUser,
  removeUser,
  getUser,
  listUsers,
};
