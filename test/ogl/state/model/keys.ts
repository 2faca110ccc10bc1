/** Operations on keys and on the caller's own account, and their answers by the model. */
import { deepStrictEqual } from "node:assert";
import { isUnreadable, step } from "./access.ts";
import { type Operation, adminKey, anyKey, changeUserRow, expectList } from "./accounts.ts";
import {
  type Answer,
  type GatewayModel,
  type Key,
  LIMIT_KINDS,
  expectAnswer,
  expectCrash,
  expectRefusal,
  expectStatus,
  maskedText,
  membersOf,
  pageOf,
  pageQuery,
  pick,
  pickId,
  queryText,
} from "./gateway.ts";

const NOT_FOUND = "Token not found.";
const PLAYGROUND = "playground";

function keyView({ id, name, text, expires, created }: Key): object {
  return { object: "key", id, name, token: maskedText(text), expires, created };
}

const tokenView = (key: Key): object => ({ ...keyView(key), object: "token", user: key.user });

/** Learns the text of a new key, which only the answer to its creation shows. */
function learnKey(
  model: GatewayModel,
  answer: Answer,
  member: string,
  key: Omit<Key, "text" | "deleted">,
): void {
  const text = membersOf(answer)[member];
  if (typeof text !== "string" || !text.startsWith("sk-"))
    throw new Error(`no key in ${JSON.stringify(answer)}`);
  if (model.keys.has(text)) throw new Error(`key ${key.id} has the text of another`);
  model.keys.set(text, { ...key, text, deleted: false });
}

/** An expiry soon, far, never, and now and then in milliseconds, which OGL stores and can't read. */
function someExpiry(model: GatewayModel, n: number): number | undefined {
  if (n % 50 === 49) return model.now * 10;
  return [undefined, undefined, model.clock + 5 + (n % 90), model.clock + 500_000][n % 4];
}

const createKey: Operation = (model, [a = 0, b = 0, c = 0]) => {
  const name = `key ${b % 20}`;
  const expires = someExpiry(model, c);
  const request = { method: "POST", path: "/v1/me/keys", body: { name, expires } };
  return step(model, anyKey(model, a), "usual", request, (answer, { user }) => {
    expectStatus(answer, 201);
    const id = model.take("token");
    deepStrictEqual(membersOf(answer), { id, key: membersOf(answer)["key"] });
    const row = { id, name, user: user.id, expires: expires ?? null, created: model.stored };
    learnKey(model, answer, "key", row);
  });
};

const someKeyId = (model: GatewayModel, n: number): number =>
  n % 11 === 10 ? 900 + n : (pick(model.keys.values(), n)?.id ?? 900);

const keyById = (model: GatewayModel, id: number): Key | undefined =>
  [...model.keys.values()].find((key) => key.id === id);

const getKey: Operation = (model, [a = 0, b = 0]) => {
  const id = someKeyId(model, b);
  const request = { method: "GET", path: `/v1/me/keys/${id}` };
  return step(model, anyKey(model, a), "usual", request, (answer, { user }) => {
    const key = model.livingKeys(user.id).find((each) => each.id === id);
    if (key === undefined) expectRefusal(answer, 404, NOT_FOUND);
    else if (isUnreadable(key.expires)) expectCrash(answer);
    else expectAnswer(answer, 200, keyView(key));
  });
};

/** Keys of which none can't be read; `undefined` if there is one that can't. */
const readable = (keys: readonly Key[]): readonly Key[] | undefined =>
  keys.some(({ expires }) => isUnreadable(expires)) ? undefined : keys;

const listKeys: Operation = (model, [a = 0, b = 0, c = 0]) => {
  const query = pageQuery(b, c);
  const request = { method: "GET", path: `/v1/me/keys?${queryText(query)}` };
  return step(model, anyKey(model, a), "usual", request, (answer, { user }) => {
    const keys = readable(model.livingKeys(user.id));
    if (keys === undefined) expectCrash(answer);
    else expectList(answer, pageOf(keys, query), keyView);
  });
};

const removeKey: Operation = (model, [a = 0, b = 0]) => {
  // The world's administrator keeps his key, or nobody could ask any more.
  const id = Math.max(2, someKeyId(model, b));
  const owner = keyById(model, id)?.user;
  // The owner's own key most of the time: others are refused.
  const own = b % 3 === 0 ? undefined : model.livingKeys(owner).find(({ expires }) => !isUnreadable(expires));
  const request = { method: "DELETE", path: `/v1/me/keys/${id}` };
  return step(model, own?.text ?? anyKey(model, a), "usual", request, (answer, { user }) => {
    const key = keyById(model, id);
    if (key === undefined || key.deleted || key.user !== user.id)
      return expectRefusal(answer, 404, NOT_FOUND);
    expectAnswer(answer, 204);
    key.deleted = true;
  });
};

const createToken: Operation = (model, [a = 0, b = 0, c = 0]) => {
  const user = pickId(model.users, b);
  const name = `token ${c % 20}`;
  const expires = someExpiry(model, c);
  const body = { name: ` ${name} `, user, expires };
  return step(
    model,
    adminKey(model, a),
    "admin",
    { method: "POST", path: "/v1/admin/tokens", body },
    (answer) => {
      if (!model.users.has(user)) return expectRefusal(answer, 404, "User not found.");
      expectStatus(answer, 201);
      const id = model.take("token");
      deepStrictEqual(membersOf(answer), { id, token: membersOf(answer)["token"] });
      const row = { id, name, user, expires: expires ?? null, created: model.stored };
      learnKey(model, answer, "token", row);
    },
  );
};

const listTokens: Operation = (model, [a = 0, b = 0, c = 0, d = 0]) => {
  const query = pageQuery(b, c);
  const user = d % 2 === 0 ? pickId(model.users, d) : undefined;
  const path = `/v1/admin/tokens?${queryText(query)}${user === undefined ? "" : `&user=${user}`}`;
  return step(model, adminKey(model, a), "admin", { method: "GET", path }, (answer) => {
    const keys = readable(model.livingKeys(user));
    if (keys === undefined) expectCrash(answer);
    else expectList(answer, pageOf(keys, query), tokenView);
  });
};

const getToken: Operation = (model, [a = 0, b = 0]) => {
  const id = someKeyId(model, b);
  const path = `/v1/admin/tokens/${id}`;
  return step(model, adminKey(model, a), "admin", { method: "GET", path }, (answer) => {
    const key = model.livingKeys().find((each) => each.id === id);
    if (key === undefined) expectRefusal(answer, 404, NOT_FOUND);
    else if (isUnreadable(key.expires)) expectCrash(answer);
    else expectAnswer(answer, 200, tokenView(key));
  });
};

/** A login deletes all keys of the user that are named as its own. No key is looked at. */
const login: Operation = (model, [a = 0, b = 0]) => {
  const user = pick([...model.users.values()].slice(1), a);
  const email = b % 9 === 8 || user === undefined ? "nobody@example.org" : user.email;
  const password = b % 7 === 6 ? "wrong" : (user?.password ?? "none");
  const body = { email, password };
  return {
    key: "",
    method: "POST",
    path: "/v1/auth/login",
    body,
    check: (answer) => {
      if (user?.email !== email) return expectRefusal(answer, 404, "User not found.");
      if (user.password !== password) return expectStatus(answer, 401);
      expectStatus(answer, 200);
      for (const key of model.keys.values())
        if (key.user === user.id && key.name === PLAYGROUND) key.deleted = true;
      const id = model.take("token");
      deepStrictEqual(membersOf(answer), { id, key: membersOf(answer)["key"] });
      const expires = model.clock + 3600;
      learnKey(model, answer, "key", { id, name: PLAYGROUND, user: user.id, expires, created: model.stored });
    },
  };
};

const ownInfo: Operation = (model, [a = 0]) =>
  step(model, anyKey(model, a), "info", { method: "GET", path: "/v1/me/info" }, (answer, { user, role }) => {
    const { password: _, role: __, ...shown } = user;
    const limits = role.limits?.filter(({ value }) => value !== 0) ?? membersOf(answer)["limits"];
    expectAnswer(answer, 200, { object: "userInfo", ...shown, permissions: role.permissions, limits });
    if (role.limits === undefined)
      deepStrictEqual(
        limits,
        [...model.routers.keys()]
          .toSorted((x, y) => x - y)
          .flatMap((router) => LIMIT_KINDS.map((type) => ({ router, type, value: null }))),
      );
  });

const changeOwnInfo: Operation = (model, [a = 0, b = 0]) => {
  const key =
    pick(
      model.livingKeys().filter(({ user }) => user !== 1),
      a,
    )?.text ?? anyKey(model, a);
  const body = b % 2 === 0 ? { name: `own ${b}` } : {};
  const wrong = b % 9 === 8 ? { current_password: "wrong", password: "x" } : {};
  const request = { method: "PATCH", path: "/v1/me/info", body: { ...body, ...wrong } };
  return step(model, key, "info", request, (answer, { user }) => {
    if ("password" in wrong) return expectStatus(answer, 401);
    expectAnswer(answer, 204);
    changeUserRow(model, user, body);
  });
};

export const KEYS: Readonly<Record<string, Operation>> = {
  createKey,
  getKey,
  listKeys,
  removeKey,
  createToken,
  listTokens,
  getToken,
  login,
  ownInfo,
  changeOwnInfo,
};
