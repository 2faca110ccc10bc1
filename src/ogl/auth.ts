import type { Answer, ExchangeRequest } from "../exchange/index.ts";
import { headerValue } from "../http/index.ts";
import type { Operation } from "../openapi/index.ts";
import { failure, refuse, unexpected } from "./errors.ts";
import type { RequestFacts } from "./facts.ts";
import { type Principal, type WorldState, isUnreadable } from "./state/index.ts";
import type { Generation } from "./versions.ts";

const EXPIRED = "Your account has expired. Please contact support to renew your account.";

/**
 * Finds the principal whose key a request carries.
 *
 * @returns the principal, or OGL's refusal. Of two Authorization headers the first counts (observed on 0.4.1:
 *   auth-two-headers)
 */
export function authenticate(
  state: WorldState,
  generation: Generation,
  operation: Operation,
  exchange: ExchangeRequest,
): Principal | Answer {
  const authorization = headerValue(exchange.headers, "authorization") ?? "";
  const blank = authorization.indexOf(" ");
  const scheme = blank === -1 ? authorization : authorization.slice(0, blank);
  const credentials = blank === -1 ? "" : authorization.slice(blank + 1).trim();
  if (credentials === "" || scheme.toLowerCase() !== "bearer")
    return refuse(401, "Not authenticated", noKeyReason(authorization), [["www-authenticate", "Bearer"]]);

  const rewritten = generation.rewritten(operation);
  if (scheme !== "Bearer")
    return refuse(rewritten ? 401 : 403, "Invalid authentication scheme.", "the scheme is not Bearer");
  const principal = state.principalOf(credentials, exchange.session);
  if (principal === undefined) return refuseKey(generation, "the world has no such key");
  return refusePrincipal(principal, state.now / 1000, { generation, operation, rewritten }) ?? principal;
}

interface KeyUse {
  readonly generation: Generation;
  readonly operation: Operation;
  /** True for an operation of the rewritten part. */
  readonly rewritten: boolean;
}

/** Refuses a principal whose key is deleted or expired, or who has expired, as far as the generation looks at it. */
function refusePrincipal(
  principal: Principal,
  now: number,
  { generation, operation, rewritten }: KeyUse,
): Answer | undefined {
  const { gone, token, user, master } = principal;
  const dead = gone || hasPassed(token?.expires ?? null, now);
  const expired = hasPassed(user?.expires ?? null, now);
  if (rewritten) {
    if (generation.checksKeyEverywhere)
      return dead
        ? refuseKey(generation, deadReason(gone))
        : expired && !(isMeInfo(operation) && operation.method === "GET")
          ? refuse(403, EXPIRED)
          : undefined;
    return user === undefined && !master ? refuseWithoutUser(operation) : undefined;
  }
  if (!gone && isUnreadable(token?.expires ?? null)) return failure("the key expires after January 2038");
  if (dead || (user === undefined && !master) || (expired && !isMeInfo(operation)))
    return refuseKey(generation, dead ? deadReason(gone) : "its user has expired or is deleted");
  const admin = operation.path.startsWith("/v1/admin/");
  return admin && !principal.admin ? refuse(403, "Insufficient rights.") : undefined;
}

const refuseKey = ({ invalidKey }: Generation, why: string): Answer =>
  refuse(invalidKey, "Invalid API key.", why);

const deadReason = (gone: boolean): string => (gone ? "it is deleted" : "it has expired");

/** The answer to the key of a user who was deleted (observed on 0.4.1: admin-users-83). */
function refuseWithoutUser({ path }: Operation): Answer {
  return path.startsWith("/v1/models")
    ? refuse(404, "User not found.")
    : unexpected("the key is that of a deleted user");
}

/** Refuses operations of the rewritten part to users who are no admins, which it does after the fields of the body. */
export function refuseRights({ operation, principal, generation }: RequestFacts): Answer | undefined {
  const isAdmins = operation.path.startsWith("/v1/admin/") && generation.rewritten(operation);
  if (!isAdmins || principal.admin || generation.isOpenToAll(operation)) return undefined;
  return refuse(403, "User has no admin rights.");
}

const hasPassed = (expires: number | null, now: number): boolean => expires !== null && expires <= now;

function noKeyReason(authorization: string): string {
  return authorization === ""
    ? "no Authorization header"
    : "the Authorization header is not Bearer with a key";
}

/**
 * True for the operations on the user's own account, which an expired user may still use (observed on 0.4.1:
 * auth-me-user-expired; for later generations read in OGL's tests: me/test_get_me.py 2764b7b3).
 */
function isMeInfo({ path }: Operation): boolean {
  return path === "/v1/me/info" || path === "/v1/me";
}
