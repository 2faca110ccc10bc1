/** Who may do what on the modelled gateway, and why not. */
import {
  type Answer,
  type GatewayModel,
  type Key,
  LIMIT_KINDS,
  type Role,
  type Router,
  type Step,
  type User,
  expectCrash,
  expectRefusal,
} from "./gateway.ts";

/** How an operation looks at the key. Models, routers and providers look less closely than all others. */
export type Look = "usual" | "admin" | "info" | "models" | "provider-change" | "rewritten-admin";

interface Caller {
  readonly user: User;
  readonly key: Key;
  readonly role: Role;
}

type Denied = (answer: Answer) => void;
const LOOSE: ReadonlySet<Look> = new Set(["models", "provider-change", "rewritten-admin"]);
const LAST_READABLE = 2 ** 31 - 1;

const denied =
  (status: number, detail: string): Denied =>
  (answer) =>
    expectRefusal(answer, status, detail);

/** True for an expiry that the database stores but OGL can't read. */
export function isUnreadable(expires: number | null): boolean {
  return expires !== null && expires > LAST_READABLE;
}

function callerOf(model: GatewayModel, text: string, look: Look): Caller | Denied {
  const key = model.keys.get(text);
  if (key === undefined) return denied(403, "Invalid API key.");
  const user = model.users.get(key.user);
  const role = user && model.roles.get(user.role);
  if (LOOSE.has(look)) {
    if (user === undefined || role === undefined)
      return look === "models" ? denied(404, "User not found.") : denied(500, "An unexpected error occurred");
    const closed = look === "rewritten-admin" && !role.permissions.includes("admin");
    return closed ? denied(403, "User has no admin rights.") : { user, key, role };
  }
  if (!key.deleted && isUnreadable(key.expires)) return expectCrash;
  const dead = key.deleted || model.isPast(key.expires);
  if (dead || user === undefined || role === undefined) return denied(403, "Invalid API key.");
  if (look !== "info" && model.isPast(user.expires)) return denied(403, "Invalid API key.");
  if (look === "admin" && !role.permissions.includes("admin")) return denied(403, "Insufficient rights.");
  return { user, key, role };
}

type Request = Omit<Step, "check" | "key">;

/** A step of an operation, or the refusal that its key has to get. `act` is called when the answer has come. */
export function step(
  model: GatewayModel,
  key: string,
  look: Look,
  request: Request,
  act: (answer: Answer, caller: Caller) => void,
): Step {
  const check = (answer: Answer): void => {
    const caller = callerOf(model, key, look);
    if (typeof caller === "function") caller(answer);
    else act(answer, caller);
  };
  return { key, ...request, check };
}

/** A router by its name or an alias. An alias goes before the name of a router without a provider. */
export function routerNamed(model: GatewayModel, name: string): Router | undefined {
  const all = [...model.routers.values()].filter((router) => [router.name, ...router.aliases].includes(name));
  return all.find(({ id }) => model.isServed(id)) ?? all[0];
}

/** True if the models that a role lists have this one. */
export function isListed(model: GatewayModel, role: Role, router: Router): boolean {
  return (
    model.isServed(router.id) &&
    (role.limits === undefined || role.limits.some((limit) => limit.router === router.id))
  );
}

const LENGTH: Readonly<Record<string, readonly [ms: number, words: string]>> = {
  rpm: [60_000, "requests per minute"],
  rpd: [86_400_000, "requests per day"],
  tpm: [60_000, "input tokens per minute"],
  tpd: [86_400_000, "input tokens per day"],
};

/**
 * The refusal that the use of a model has to get before its fields are looked at; `undefined` if it is let in. Counts the use. An
 * administrator has no limits.
 */
export function refuseUseOf(
  model: GatewayModel,
  { user, role }: Caller,
  router: Router | undefined,
  tokens: number,
): Denied | undefined {
  if (role.permissions.includes("admin") || router === undefined) return undefined;
  if (!isListed(model, role, router)) return denied(404, "Model not found.");
  const limits = LIMIT_KINDS.map((type) => {
    const set = role.limits?.find((limit) => limit.router === router.id && limit.type === type);
    return { type, value: set === undefined ? 0 : set.value };
  });
  if (limits.some(({ value }) => value === 0))
    return denied(403, "Insufficient permissions to access the model.");
  for (const { type, value } of limits) {
    if (value === null) continue;
    const [ms = 0, words = ""] = LENGTH[type] ?? [];
    const name = `${user.id} ${router.id} ${type} ${value}`;
    const open = model.windows.get(name);
    const window = open === undefined || open.ends <= model.now ? { ends: model.now + ms, count: 0 } : open;
    model.windows.set(name, window);
    window.count += type.startsWith("t") ? tokens : 1;
    if (window.count > value) return denied(429, `${value} ${words} exceeded (remaining: 0).`);
  }
  return undefined;
}

/** The refusal of a use for the model itself, or for the money. */
export function refuseModel(
  model: GatewayModel,
  user: User,
  router: Router | undefined,
  type: string,
): Denied | undefined {
  if (router === undefined) return denied(404, "Model not found.");
  if (router.type !== type) return denied(422, "Wrong model type.");
  if (!model.isServed(router.id)) return denied(404, "Model not found.");
  const isCostly = router.costs.prompt !== 0 || router.costs.completion !== 0;
  return isCostly && user.budget === 0 ? denied(400, "Insufficient budget.") : undefined;
}

/** Records a use and takes its cost out of the user's budget. */
export function recordUse(
  model: GatewayModel,
  { user, key }: Caller,
  router: Router,
  endpoint: string,
  tokens: { readonly prompt: number; readonly completion: number },
): void {
  const cost = costOf(router, tokens);
  if (user.budget !== null && user.budget > 0 && cost > 0) {
    user.budget = Number(Math.max(0, user.budget - cost).toFixed(6));
    user.updated = model.stored;
  }
  const created = model.stored;
  model.uses.push({ user: user.id, model: router.name, key: key.name, endpoint, ...tokens, cost, created });
}

/** The cost of tokens by the price of a million, to six decimals. */
export function costOf(
  { costs }: Router,
  { prompt, completion }: { readonly prompt: number; readonly completion: number },
): number {
  return Number(((prompt / 1e6) * costs.prompt + (completion / 1e6) * costs.completion).toFixed(6));
}
