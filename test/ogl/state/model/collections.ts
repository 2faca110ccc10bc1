/** Operations on collections, and their answers by the model. */
import { step } from "./access.ts";
import { type Operation, anyKey, expectList, forgetCollection } from "./accounts.ts";
import {
  type Collection,
  type GatewayModel,
  expectAnswer,
  expectRefusal,
  pageOf,
  pageQuery,
  pick,
  pickId,
  queryText,
} from "./gateway.ts";

export const NO_COLLECTION = "Collection not found.";

export function isReadable(collection: Collection | undefined, user: number): collection is Collection {
  return collection !== undefined && (collection.owner === user || collection.visibility === "public");
}

function collectionView(model: GatewayModel, collection: Collection): object {
  const { id, name, owner, description, visibility, created, updated } = collection;
  const documents = [...model.documents.values()].filter((each) => each.collection === id).length;
  const email = model.users.get(owner)?.email;
  return {
    object: "collection",
    id,
    name,
    owner: email,
    description,
    visibility,
    created,
    updated,
    documents,
  };
}

const createCollection: Operation = (model, [a = 0, b = 0, c = 0]) => {
  const name = `c${b % 8}`;
  const visibility = c % 5 === 4 ? "public" : c % 5 === 3 ? undefined : "private";
  const body = { name: ` ${name} `, visibility, description: c % 3 === 0 ? `d${c}` : undefined };
  const request = { method: "POST", path: "/v1/collections", body };
  return step(model, anyKey(model, a), "usual", request, (answer, { user, role }) => {
    if (visibility === "public" && !role.permissions.includes("create_public_collection"))
      return expectRefusal(answer, 403, "Missing permission to update collection visibility to public.");
    const id = model.take("collection");
    expectAnswer(answer, 201, { id });
    const dates = { created: model.stored, updated: model.stored };
    const description = body.description ?? null;
    const row = { id, name, owner: user.id, description, visibility: visibility ?? "private", ...dates };
    model.collections.set(id, row);
  });
};

/** A key of the owner most of the time. */
export function ownerKey(model: GatewayModel, collection: Collection | undefined, n: number): string {
  const keys = model.livingKeys(collection?.owner).filter(({ expires }) => (expires ?? 0) < 2 ** 31);
  return n % 4 === 3 ? anyKey(model, n) : (pick(keys, n)?.text ?? anyKey(model, n));
}

const changeCollection: Operation = (model, [a = 0, b = 0, c = 0]) => {
  const id = pickId(model.collections, b);
  const body = {
    name: c % 2 === 0 ? `c${c}` : undefined,
    visibility: c % 5 === 4 ? "public" : c % 5 === 3 ? "private" : undefined,
  };
  const request = { method: "PATCH", path: `/v1/collections/${id}`, body };
  return step(model, ownerKey(model, model.collections.get(id), a), "usual", request, (answer, { user }) => {
    const row = model.collections.get(id);
    if (row?.owner !== user.id) return expectRefusal(answer, 404, NO_COLLECTION);
    expectAnswer(answer, 204);
    const { name = row.name, visibility = row.visibility } = body;
    Object.assign(row, { name, visibility, updated: model.stored });
  });
};

const removeCollection: Operation = (model, [a = 0, b = 0]) => {
  const id = pickId(model.collections, b);
  const request = { method: "DELETE", path: `/v1/collections/${id}` };
  return step(model, ownerKey(model, model.collections.get(id), a), "usual", request, (answer, { user }) => {
    if (model.collections.get(id)?.owner !== user.id) return expectRefusal(answer, 404, NO_COLLECTION);
    expectAnswer(answer, 204);
    forgetCollection(model, id);
  });
};

const getCollection: Operation = (model, [a = 0, b = 0]) => {
  const id = pickId(model.collections, b);
  const request = { method: "GET", path: `/v1/collections/${id}` };
  return step(model, ownerKey(model, model.collections.get(id), a), "usual", request, (answer, { user }) => {
    const row = model.collections.get(id);
    if (isReadable(row, user.id)) expectAnswer(answer, 200, collectionView(model, row));
    else expectRefusal(answer, 404, NO_COLLECTION);
  });
};

/** With a filter the public ones of others are left out (observed on 0.4.1). */
const listCollections: Operation = (model, [a = 0, b = 0, c = 0, d = 0]) => {
  const query = pageQuery(b, c);
  const visibility = [undefined, undefined, "public", "private"][d % 4];
  const filter = visibility === undefined ? "" : `&visibility=${visibility}`;
  const request = { method: "GET", path: `/v1/collections?${queryText(query)}${filter}` };
  return step(model, anyKey(model, a), "usual", request, (answer, { user }) => {
    const rows = [...model.collections.values()].filter((row) =>
      visibility === undefined
        ? isReadable(row, user.id)
        : row.owner === user.id && row.visibility === visibility,
    );
    expectList(answer, pageOf(rows, query), (row) => collectionView(model, row));
  });
};

export const COLLECTIONS: Readonly<Record<string, Operation>> = {
  createCollection,
  changeCollection,
  removeCollection,
  getCollection,
  listCollections,
};
