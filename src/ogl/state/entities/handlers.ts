import type { Handler } from "./call.ts";
import { COLLECTIONS } from "./collections.ts";
import { DOCUMENTS } from "./documents.ts";
import { ME } from "./me.ts";
import { ORGANIZATIONS } from "./organizations.ts";
import { PROVIDERS } from "./providers.ts";
import { ROLES } from "./roles.ts";
import { ROUTERS } from "./routers.ts";
import { TOKENS } from "./tokens.ts";
import { USAGE } from "./usage.ts";
import { USERS } from "./users.ts";

const HANDLERS: Readonly<Record<string, Handler>> = {
  ...ME,
  ...TOKENS,
  ...USAGE,
  ...ROLES,
  ...USERS,
  ...ORGANIZATIONS,
  ...ROUTERS,
  ...PROVIDERS,
  ...COLLECTIONS,
  ...DOCUMENTS,
};

/** Prefixes of paths that moved in a later generation. */
const MOVED: readonly (readonly [string, string])[] = [["/v1/keys", "/v1/me/keys"]];

/**
 * The handler of an operation by method and path, whatever its parameters are called.
 *
 * @returns `undefined` for an operation that has no state
 */
export function handlerOf(method: string, template: string): Handler | undefined {
  const path = template.replaceAll(/\{[^}]*\}/g, "{}");
  const moved = MOVED.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`));
  const known = moved === undefined ? path : moved[1] + path.slice(moved[0].length);
  return HANDLERS[`${method} ${known}`];
}
