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

/**
 * The handler of an operation by method and path, whatever its parameters are called.
 *
 * @returns `undefined` for an operation that has no state
 */
export function handlerOf(method: string, template: string): Handler | undefined {
  return HANDLERS[`${method} ${template.replaceAll(/\{[^}]*\}/g, "{}")}`];
}
