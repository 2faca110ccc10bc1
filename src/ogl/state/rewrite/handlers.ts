import type { Handler } from "../entities/index.ts";
import { KEYS } from "./keys.ts";
import { ME } from "./me.ts";
import { ORGANIZATIONS } from "./organizations.ts";
import { PROVIDERS } from "./providers.ts";
import { ROLES } from "./roles.ts";
import { USAGES } from "./usages.ts";
import { USERS } from "./users.ts";

const HANDLERS: Readonly<Record<string, Handler>> = {
  ...KEYS,
  ...ME,
  ...ORGANIZATIONS,
  ...PROVIDERS,
  ...ROLES,
  ...USAGES,
  ...USERS,
};

/**
 * The handler of an operation by method and path, whatever its parameters are called.
 *
 * @returns `undefined` for an operation that the rewrite left as it was
 */
export function rewrittenHandlerOf(method: string, template: string): Handler | undefined {
  return HANDLERS[`${method} ${template.replaceAll(/\{[^}]*\}/g, "{}")}`];
}
