import { type Call, type Handler, type Outcome, answer, made } from "../entities/index.ts";
import { type Members, type Reword, counted, membersOf, olderHandler, reworded } from "./older.ts";

const PATH = "/v1/admin/providers";
const create = olderHandler("POST", PATH);
const get = olderHandler("GET", `${PATH}/{}`);
const change = olderHandler("PATCH", `${PATH}/{}`);
const remove = olderHandler("DELETE", `${PATH}/{}`);

const words: Reword = (detail, { body }) =>
  detail === "Model router not found." ? `Model router ${Number(body["router_id"])} not found.` : undefined;

/** A provider without its key, and with what its upstream says of the model (admin/provider/test_get_one_provider.py 2764b7b3). */
function view({ db }: Call, members: Members): object {
  const { key: _, created, updated, ...first } = members;
  const { max_context_length = null, vector_size = null } = db.providers.get(Number(members["id"])) ?? {};
  return { ...first, object: "provider", max_context_length, vector_size, created, updated };
}

function getWhole(call: Call): Outcome {
  return answer(view(call, membersOf(get(call))));
}

function createWhole(call: Call): Outcome {
  const { id } = membersOf(create(call));
  return made(membersOf(getWhole({ ...call, path: [Number(id)] })));
}

function changeWhole(call: Call): Outcome {
  return answer(view(call, membersOf(change(call))));
}

function removeWhole(call: Call): Outcome {
  const shown = getWhole(call);
  remove(call);
  return shown;
}

const list: Handler = (call) => counted(olderHandler("GET", PATH), (row) => view(call, row))(call);

export const PROVIDERS: Readonly<Record<string, Handler>> = {
  [`POST ${PATH}`]: createWhole,
  [`GET ${PATH}`]: list,
  [`GET ${PATH}/{}`]: getWhole,
  [`PATCH ${PATH}/{}`]: reworded(changeWhole, words),
  [`DELETE ${PATH}/{}`]: removeWhole,
};
