import {
  type Call,
  type Handler,
  answer,
  clockTime,
  cutPage,
  made,
  makeToken,
  ownUser,
  raiseRefusal,
  removeToken,
  rowOf,
  totalEnvelope,
} from "../entities/index.ts";
import type { TokenRow } from "../tables/index.ts";

const DAY_S = 86_400;
/** Name of the key that a login makes, which no other may have (keys/test_create_key.py 2764b7b3). */
export const PLAYGROUND = "_system_playground_key";

interface KeyRow extends TokenRow {
  readonly revoked: boolean;
}

/** A key as each answer shows it, with its text (keys/test_get_key.py 2764b7b3). */
export function keyShown({ id, name, key, user, expires, created, revoked }: KeyRow): object {
  return { object: "key", id, name, value: key, user_id: user, expires, created, revoked };
}

/** Makes a key that answers can show. */
export function newKey(call: Call, user: number, name: string, expires: number | null): KeyRow {
  return { ...makeToken(call, user, name, expires), revoked: false };
}

/** All keys, also expired and revoked ones. */
function keys({ db }: Call): KeyRow[] {
  return [
    ...db.tokens.rows.map((row) => ({ ...row, revoked: false })),
    ...db.formerTokens.rows.map((row) => ({ ...row, revoked: true })),
  ];
}

type Owner = (call: Call) => number | undefined;
const own: Owner = ({ caller }) => caller.id;
const anybody: Owner = () => undefined;

function findKey(call: Call, owner: Owner): KeyRow {
  const [id] = call.path;
  rowOf(call.db.tokens, id);
  const user = owner(call);
  const found = keys(call).find((row) => row.id === id && (user === undefined || row.user === user));
  return found ?? raiseRefusal(404, `Key ${id} not found.`);
}

function keyExpiry({ settings: { maxKeyDays }, now }: Call, wanted: number | null): number | null {
  if (maxKeyDays === null) return wanted;
  const longest = clockTime(now) + maxKeyDays * DAY_S;
  if (wanted !== null && wanted > longest)
    raiseRefusal(400, `Key expiration timestamp cannot be greater than ${maxKeyDays} days from now.`);
  return wanted ?? longest;
}

const create =
  (userOf: (call: Call) => number): Handler =>
  (call) => {
    const name = String(call.body["name"]);
    if (name === PLAYGROUND) raiseRefusal(400, `Key name ${name} is reserved.`);
    const expires = keyExpiry(call, call.body["expires"] === null ? null : Number(call.body["expires"]));
    return made(keyShown(newKey(call, userOf(call), name, expires)));
  };

function wantedUser({ db, body }: Call): number {
  const id = Number(body["user"]);
  return rowOf(db.users, id)?.id ?? raiseRefusal(404, `User ${id} not found.`);
}

const list =
  (owner: Owner): Handler =>
  (call) => {
    const user = owner(call) ?? call.query["user"] ?? undefined;
    const status = call.query["status"] ?? undefined;
    const rows = keys(call).filter(
      (row) =>
        (user === undefined || row.user === user) &&
        (status === undefined || keyStatus(row, call) === status),
    );
    const page = cutPage(rows, call);
    return answer(totalEnvelope(rows.length, page, page.rows.map(keyShown)));
  };

function keyStatus({ revoked, expires }: KeyRow, { now }: Call): string {
  if (revoked) return "revoked";
  return expires !== null && expires <= clockTime(now) ? "expired" : "active";
}

const rename =
  (owner: Owner): Handler =>
  (call) => {
    const { revoked, ...row } = findKey(call, owner);
    const table = revoked ? call.db.formerTokens : call.db.tokens;
    return answer(keyShown({ ...table.put({ ...row, name: String(call.body["name"]) }), revoked }));
  };

const revoke =
  (owner: Owner): Handler =>
  (call) => {
    const { revoked, ...row } = findKey(call, owner);
    if (!revoked) removeToken(call, row);
    return answer(keyShown({ ...row, revoked: true }));
  };

/** Handlers of keys below a path. */
function under(
  path: string,
  owner: Owner,
  userOf: (call: Call) => number,
): Readonly<Record<string, Handler>> {
  return {
    [`POST ${path}`]: create(userOf),
    [`GET ${path}`]: list(owner),
    [`GET ${path}/{}`]: (call) => answer(keyShown(findKey(call, owner))),
    [`PATCH ${path}/{}`]: rename(owner),
    [`DELETE ${path}/{}`]: revoke(owner),
  };
}

const ownId = (call: Call): number => ownUser(call).id;

export const KEYS: Readonly<Record<string, Handler>> = {
  ...under("/v1/keys", own, ownId),
  ...under("/v1/me/keys", own, ownId),
  ...under("/v1/admin/keys", anybody, wantedUser),
};
