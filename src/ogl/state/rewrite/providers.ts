import { type Call, type Handler, type Outcome, answer, made } from "../entities/index.ts";
import { type Members, type Reword, countedList, bodyMembers, olderHandler, reworded } from "./older.ts";

const PATH = "/v1/admin/providers";
const create = olderHandler("POST", PATH);
const get = olderHandler("GET", `${PATH}/{}`);
const change = olderHandler("PATCH", `${PATH}/{}`);
const remove = olderHandler("DELETE", `${PATH}/{}`);

const words: Reword = (detail, { body }) =>
  detail === "Model router not found." ? `Model router ${Number(body["router_id"])} not found.` : undefined;

/** A provider without its key, and with what its upstream says of the model (admin/provider/test_get_one_provider.py 2764b7b3). */
function providerShown({ db }: Call, members: Members): object {
  const { key: _, created, updated, ...first } = members;
  const { max_context_length = null, vector_size = null } = db.providers.get(Number(members["id"])) ?? {};
  return { ...first, object: "provider", max_context_length, vector_size, created, updated };
}

function showProvider(call: Call): Outcome {
  return answer(providerShown(call, bodyMembers(get(call))));
}

function makeProvider(call: Call): Outcome {
  const { id } = bodyMembers(create(call));
  return made(bodyMembers(showProvider({ ...call, path: [Number(id)] })));
}

function alterProvider(call: Call): Outcome {
  return answer(providerShown(call, bodyMembers(change(call))));
}

function dropProvider(call: Call): Outcome {
  const shown = showProvider(call);
  remove(call);
  return shown;
}

const list: Handler = (call) =>
  countedList(olderHandler("GET", PATH), (row) => providerShown(call, row))(call);

export const PROVIDERS: Readonly<Record<string, Handler>> = {
  [`POST ${PATH}`]: makeProvider,
  [`GET ${PATH}`]: list,
  [`GET ${PATH}/{}`]: showProvider,
  [`PATCH ${PATH}/{}`]: reworded(alterProvider, words),
  [`DELETE ${PATH}/{}`]: dropProvider,
};
