import {
  type Call,
  type Handler,
  type Outcome,
  answer,
  clockTime,
  ownUser,
  raiseRefusal,
  removeToken,
} from "../entities/index.ts";
import { PLAYGROUND, keyShown, newKey } from "./keys.ts";
import { bodyMembers, olderHandler, renamedMembers, reworded } from "./older.ts";

const info = olderHandler("GET", "/v1/me/info");
const change = olderHandler("PATCH", "/v1/me/info");

/** The user without what only administrators see (me/test_get_me.py 2764b7b3). */
function getMe(call: Call): Outcome {
  const { priority: _, created: __, updated: ___, ...members } = bodyMembers(info(call));
  return answer(renamedMembers(members, { organization: "organization_id" }));
}

/** Changes e-mail, name and password; unlike before, all else stays (guessed: the older loss was a fault). */
function changeMe(call: Call): Outcome {
  const user = ownUser(call);
  const { email } = call.body;
  const owner = typeof email === "string" ? call.db.users.byKey(email) : undefined;
  if (owner !== undefined && owner.id !== user.id) raiseRefusal(409, `User ${owner.email} already exists.`);
  const outcome = change(call);
  const changed = call.db.users.get(user.id) ?? user;
  const { budget, expires, organization } = user;
  call.db.users.put({ ...changed, budget, expires, organization });
  return outcome;
}

const patch = reworded(changeMe, (detail, { caller }) =>
  detail === "User not found." ? `User ${caller.id} not found.` : undefined,
);

const PLAYGROUND_S = 3600;

/** Logs a user in, without telling whether the e-mail or the password is wrong (test_auth_login.py dce58497). */
function logIn(call: Call): Outcome {
  const { db, now, body } = call;
  const user = db.users.byKey(String(body["email"]));
  if (user === undefined || user.password !== body["password"])
    return raiseRefusal(401, "Invalid email or password.");
  for (const token of db.tokens.rows)
    if (token.user === user.id && token.name === PLAYGROUND) removeToken(call, token);
  return answer(keyShown(newKey(call, user.id, PLAYGROUND, clockTime(now) + PLAYGROUND_S)));
}

export const ME: Readonly<Record<string, Handler>> = {
  "GET /v1/me": getMe,
  "GET /v1/me/info": getMe,
  "PATCH /v1/me": patch,
  "PATCH /v1/me/info": patch,
  "POST /v1/auth/login": logIn,
};
