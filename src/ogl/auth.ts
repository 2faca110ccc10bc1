import type { Answer, ExchangeRequest } from "../exchange/index.ts";
import { headerValue } from "../http/index.ts";
import type { Operation } from "../openapi/index.ts";
import { refuse } from "./errors.ts";
import type { RequestFacts } from "./facts.ts";
import type { Principal, WorldState } from "./state/index.ts";
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
  const principal = state.principalOf(credentials);
  const invalid = (more: string): Answer => refuse(generation.invalidKey, "Invalid API key.", more);
  if (principal === undefined) return invalid("the world has no such key");

  const { key } = principal;
  if (rewritten) {
    if (generation.checksKeyEverywhere) {
      if (key.deleted || key.expired === "key")
        return invalid(key.deleted ? "it is deleted" : "it has expired");
      if (key.expired === "user") return refuse(403, EXPIRED);
    }
  } else if (key.deleted || key.expired === "key" || (key.expired === "user" && !isMeInfo(operation))) {
    return invalid(
      key.deleted ? "it is deleted" : key.expired === "user" ? "its user has expired" : "it has expired",
    );
  }
  const isAdmins = operation.path.startsWith("/v1/admin/") && !rewritten;
  return isAdmins && !principal.admin ? refuse(403, "Insufficient rights.") : principal;
}

/**
 * Refuses operations of the rewritten part to users who are no admins, which it does after the fields of the body (observed
 * on 0.4.1: admin-providers-post-plain).
 */
export function refuseRights({ operation, principal, generation }: RequestFacts): Answer | undefined {
  const isAdmins = operation.path.startsWith("/v1/admin/") && generation.rewritten(operation);
  if (!isAdmins || principal.admin || generation.isOpenToAll(operation)) return undefined;
  return refuse(403, "User has no admin rights.");
}

function noKeyReason(authorization: string): string {
  return authorization === ""
    ? "no Authorization header"
    : "the Authorization header is not Bearer with a key";
}

/**
 * True for the operations on the user's own account, which an expired user may still use (observed on 0.4.1:
 * auth-me-user-expired).
 */
function isMeInfo({ path }: Operation): boolean {
  return path === "/v1/me/info";
}
