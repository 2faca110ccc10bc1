import { type Call, type Handler, type Outcome, answer, made, ownUser } from "../entities/index.ts";
import { type Reword, countedList, bodyMembers, olderHandler, reworded } from "./older.ts";

const PATH = "/v1/admin/organizations";
const create = olderHandler("POST", PATH);
const get = olderHandler("GET", `${PATH}/{}`);
const change = olderHandler("PATCH", `${PATH}/{}`);
const remove = olderHandler("DELETE", `${PATH}/{}`);

/** Words of admin/organizations/*.py 3cdd9946 and 23325551. */
const words: Reword = (detail, { path: [id], body }) => {
  if (detail === "Organization not found.") return `Organization ${id} not found.`;
  if (/already/.test(detail)) return `Organization ${String(body["name"])} already exists.`;
  if (/with users/.test(detail)) return `Organization ${id} still has users and cannot be removed.`;
  return undefined;
};

function makeOrganization(call: Call): Outcome {
  const { id } = bodyMembers(create(call));
  return made(bodyMembers(get({ ...call, path: [Number(id)] })));
}

function alterOrganization(call: Call): Outcome {
  change(call);
  return get(call);
}

function dropOrganization(call: Call): Outcome {
  const shown = get(call);
  remove(call);
  return shown;
}

/** The organization of the user (organizations/test_get_organization.py 3cdd9946). */
function getOwn(call: Call): Outcome {
  const { organization } = ownUser(call);
  return reworded(
    get,
    () => `Organization ${organization ?? "None"} not found.`,
  )({
    ...call,
    path: [organization ?? 0],
  });
}

export const ORGANIZATIONS: Readonly<Record<string, Handler>> = {
  [`POST ${PATH}`]: reworded(makeOrganization, words),
  [`GET ${PATH}`]: countedList(olderHandler("GET", PATH)),
  [`GET ${PATH}/{}`]: reworded(get, words),
  [`PATCH ${PATH}/{}`]: reworded(alterOrganization, words),
  [`DELETE ${PATH}/{}`]: reworded(dropOrganization, words),
  "GET /v1/organizations/me": (call) => answer(bodyMembers(getOwn(call))),
};
