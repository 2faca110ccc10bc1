import type { TokenRow, UserRow } from "../tables/index.ts";
import {
  type Call,
  DONE,
  type Handler,
  type Outcome,
  answer,
  checkText,
  clockTime,
  databaseTime,
  made,
  readTime,
  raiseRefusal,
  rowOf,
} from "./call.ts";
import { listEnvelope, cutPage } from "./paging.ts";

const DAY_S = 86_400;
const NOT_FOUND = "Token not found.";

interface KeyBody {
  readonly name: string;
  readonly user?: number;
  readonly expires: number | null;
}

/** A key without its middle, as each answer but the first shows it. */
export function maskedKey(key: string): string {
  return `${key.slice(0, 8)}...${key.slice(-8)}`;
}

function keyView(row: TokenRow): object {
  return {
    object: "key",
    id: row.id,
    name: row.name,
    token: maskedKey(row.key),
    expires: readTime(row.expires),
    created: row.created,
  };
}

function tokenView({ user, ...row }: TokenRow): object {
  const { object: _, expires, created, ...first } = keyView({ user, ...row }) as Record<string, unknown>;
  return { object: "token", ...first, user, expires, created };
}

/** Makes a key for a user. */
export function makeToken(
  { db, now, signKey }: Call,
  user: number,
  name: string,
  expires: number | null,
): TokenRow {
  checkText(name);
  const id = db.tokens.takeId();
  const key = signKey({ user_id: user, token_id: id, expires });
  return db.tokens.put({ id, name, key, user, expires, created: databaseTime(now) });
}

/** The expiry of a new key, with the longest life that the gateway allows (observed on 0.4.1: maxdays-01, -05). */
function expiryOf({ settings: { maxKeyDays }, now }: Call, wanted: number | null): number | null {
  if (maxKeyDays === null) return wanted;
  const longest = clockTime(now) + maxKeyDays * DAY_S;
  if (wanted !== null && wanted > longest)
    raiseRefusal(400, `Token expiration timestamp cannot be greater than ${maxKeyDays} days from now.`);
  return wanted ?? longest;
}

function createOwnKey(call: Call): Outcome {
  const { name, expires } = call.body as unknown as KeyBody;
  const life = expiryOf(call, expires);
  const { id, key } = makeToken(call, ownUser(call).id, name, life);
  return made({ id, key });
}

function createToken(call: Call): Outcome {
  const { db } = call;
  const { name, user, expires } = call.body as unknown as KeyBody;
  const life = expiryOf(call, expires);
  const owner = rowOf(db.users, user) ?? raiseRefusal(404, "User not found.");
  const { id, key } = makeToken(call, owner.id, name, life);
  return made({ id, token: key });
}

/** The user of a call, whom the master key lacks. */
export function ownUser({ caller }: Call): UserRow {
  return caller.user ?? raiseRefusal(404, "User not found.");
}

/** Keys that have not expired. The others are neither listed nor found, but can be deleted (observed on 0.4.1: keys-44). */
function living({ db, now }: Call): TokenRow[] {
  return db.tokens.rows.filter(({ expires }) => expires === null || expires > now / 1000);
}

const ownKeys = (call: Call): TokenRow[] => living(call).filter(({ user }) => user === call.caller.id);

/** A page of keys. A key that can't be read breaks each page, since the database reads all before it cuts (keys-108). */
function keyPage(call: Call, rows: readonly TokenRow[]): readonly TokenRow[] {
  for (const { expires } of rows) readTime(expires);
  return cutPage(rows, call).rows;
}

/** Deletes a key; its text stays known as that of its user. */
export function removeToken({ db }: Pick<Call, "db">, token: TokenRow): void {
  db.tokens.remove(token.id);
  db.formerTokens.put(token);
}

function getOwnKey(call: Call): TokenRow {
  const row = rowOf(call.db.tokens, call.path[0]);
  return ownKeys(call).find(({ id }) => id === row?.id) ?? raiseRefusal(404, NOT_FOUND);
}

function removeOwnKey(call: Call): Outcome {
  const row = rowOf(call.db.tokens, call.path[0]);
  if (row === undefined || row.user !== call.caller.id) return raiseRefusal(404, NOT_FOUND);
  removeToken(call, row);
  return DONE;
}

function listTokens(call: Call): Outcome {
  const { user } = call.query;
  if (typeof user === "number") rowOf(call.db.users, user);
  const rows = living(call).filter((row) => user === null || row.user === user);
  return answer(listEnvelope(keyPage(call, rows).map(tokenView)));
}

export const TOKENS: Readonly<Record<string, Handler>> = {
  "POST /v1/me/keys": createOwnKey,
  "GET /v1/me/keys": (call) => answer(listEnvelope(keyPage(call, ownKeys(call)).map(keyView))),
  "GET /v1/me/keys/{}": (call) => answer(keyView(getOwnKey(call))),
  "DELETE /v1/me/keys/{}": removeOwnKey,
  "POST /v1/admin/tokens": createToken,
  "GET /v1/admin/tokens": listTokens,
  "GET /v1/admin/tokens/{}": (call) => {
    const row = rowOf(call.db.tokens, call.path[0]);
    const found = living(call).find(({ id }) => id === row?.id);
    return answer(tokenView(found ?? raiseRefusal(404, NOT_FOUND)));
  },
};
