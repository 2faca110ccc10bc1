import { type Call, type Handler, type Outcome, answer, made, raiseRefusal } from "../entities/index.ts";
import {
  type Members,
  type Reword,
  countedList,
  bodyMembers,
  olderHandler,
  renamedMembers,
  reworded,
} from "./older.ts";

const PATH = "/v1/admin/users";
const create = olderHandler("POST", PATH);
const list = olderHandler("GET", PATH);
const get = olderHandler("GET", `${PATH}/{}`);
const change = olderHandler("PATCH", `${PATH}/{}`);
const remove = olderHandler("DELETE", `${PATH}/{}`);

const NAMES = { role: "role_id", organization: "organization_id" };
const OLDER = { role_id: "role", organization_id: "organization" };

const userShown = (members: Members): object => renamedMembers(members, NAMES);

/** Words of admin/users/*.py 2764b7b3 and 3cdd9946. */
const words: Reword = (detail, { path: [id], body }) => {
  switch (detail) {
    case "User not found.":
      return `User ${id} not found.`;
    case "User already exists.":
      return `User ${String(body["email"])} already exists.`;
    case "Role not found.":
      return `Role ${Number(body["role_id"])} not found.`;
    case "Organization not found.":
      return `Organization ${Number(body["organization_id"])} not found.`;
    default:
      return undefined;
  }
};

const older = (call: Call): Call => ({ ...call, body: renamedMembers(call.body, OLDER) });

function makeUser(call: Call): Outcome {
  return made(userShown(bodyMembers(create(older(call)))));
}

/** Changes a user, of whom a request has to say all; an e-mail that is taken is refused. */
function alterUser(call: Call): Outcome {
  const { db, path, body } = call;
  get(call);
  const email = String(body["email"]);
  const owner = db.users.byKey(email);
  if (owner !== undefined && owner.id !== path[0]) raiseRefusal(409, "User already exists.");
  change(older(call));
  const row = db.users.get(path[0] ?? 0);
  if (row !== undefined && body["name"] === null) db.users.put({ ...row, name: null });
  return showUser(call);
}

function showUser(call: Call): Outcome {
  return answer(userShown(bodyMembers(get(call))));
}

function dropUser(call: Call): Outcome {
  const { db, path } = call;
  const shown = showUser(call);
  const [id] = path;
  for (const [name, rows] of [
    ["routers", db.routers.rows],
    ["providers", db.providers.rows],
  ] as const)
    if (rows.some(({ user_id: owner }) => owner === id))
      raiseRefusal(409, `User ${id} still has ${name} and cannot be removed.`);
  remove(call);
  return shown;
}

/** Lists users, whose e-mail may be wanted for in part (admin/users/test_get_users.py 2764b7b3). */
function listShownUsers(call: Call): Outcome {
  const { role_id: role, organization_id: organization, email, ...query } = call.query;
  const isWanted = (row: Members): boolean =>
    typeof email !== "string" || String(row["email"]).includes(email);
  const all: Handler = (wanted) => {
    const { data } = bodyMembers(list(wanted));
    const rows: readonly Members[] = Array.isArray(data) ? data : [];
    return answer({ data: rows.filter(isWanted) });
  };
  return countedList(
    all,
    userShown,
  )({ ...call, query: { ...query, role: role ?? null, organization: organization ?? null, email: null } });
}

export const USERS: Readonly<Record<string, Handler>> = {
  [`POST ${PATH}`]: reworded(makeUser, words),
  [`GET ${PATH}`]: listShownUsers,
  [`GET ${PATH}/{}`]: reworded(showUser, words),
  [`PATCH ${PATH}/{}`]: reworded(alterUser, words),
  [`DELETE ${PATH}/{}`]: reworded(dropUser, words),
};
