import { type Call, type Handler, type Outcome, answer, made, ownUser } from "../entities/index.ts";
import { type Reword, counted, membersOf, olderHandler, reworded } from "./older.ts";

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

function createWhole(call: Call): Outcome {
  const { id } = membersOf(create(call));
  return made(membersOf(get({ ...call, path: [Number(id)] })));
}

function changeWhole(call: Call): Outcome {
  change(call);
  return get(call);
}

function removeWhole(call: Call): Outcome {
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
  [`POST ${PATH}`]: reworded(createWhole, words),
  [`GET ${PATH}`]: counted(olderHandler("GET", PATH)),
  [`GET ${PATH}/{}`]: reworded(get, words),
  [`PATCH ${PATH}/{}`]: reworded(changeWhole, words),
  [`DELETE ${PATH}/{}`]: reworded(removeWhole, words),
  "GET /v1/organizations/me": (call) => answer(membersOf(getOwn(call))),
};
