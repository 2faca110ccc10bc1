import type { Database, ProviderRow, RoleRow, RouterRow } from "./tables/index.ts";
import type { LimitType, WorldModel } from "./types.ts";

/** A model and the id of its router, by which `me` names it. */
export interface Router {
  readonly model: WorldModel;
  readonly id: number;
  /** False for a router without a provider, whose model nobody sees. */
  readonly served: boolean;
  /** Type of its first provider: `vllm`, `mistral` … */
  readonly providerType: string | undefined;
}

/** A user's limits on a model: `null` for none, 0 for a model that may not be used. */
export type Limits = Readonly<Record<LimitType, number | null>>;

interface Routers {
  readonly version: number;
  readonly list: readonly Router[];
  readonly byName: ReadonlyMap<string, Router>;
}

const indexes = new WeakMap<Database, Routers>();

/** The models of a database by name, indexed anew when routers or providers have changed. */
export function routersOf(db: Database): Routers {
  const version = db.routers.version + db.providers.version;
  const known = indexes.get(db);
  if (known?.version === version) return known;
  const list = db.routers.rows
    .toSorted((a, b) => a.id - b.id)
    .map((row): Router => {
      const provider = db.providers.rows.find(({ router_id: id }) => id === row.id);
      return {
        id: row.id,
        model: routerModel(row, provider),
        served: provider !== undefined,
        providerType: provider?.type,
      };
    });
  const index = { version, list, byName: routersByName(list) };
  indexes.set(db, index);
  return index;
}

/** An alias goes before the name of a router without a provider (observed on 0.4.1: effects-11). */
function routersByName(list: readonly Router[]): Map<string, Router> {
  const byName = new Map<string, Router>();
  for (const served of [false, true])
    for (const router of list) {
      if (router.served !== served) continue;
      for (const name of [...(router.model.aliases ?? []), router.model.id]) byName.set(name, router);
    }
  return byName;
}

function routerModel(row: RouterRow, provider: ProviderRow | undefined): WorldModel {
  const { vector_size: dimension } = row;
  const type = provider?.type;
  return {
    id: row.name,
    type: row.type,
    aliases: row.aliases,
    created: row.created,
    owned_by: row.owned_by ?? "OpenGateLLM",
    max_context_length: row.max_context_length,
    costs: { prompt_tokens: row.cost_prompt_tokens, completion_tokens: row.cost_completion_tokens },
    ...(provider === undefined ? {} : { provider_name: provider.model_name }),
    ...(dimension === null ? {} : { dimension }),
    ...(type === "tei" || type === "vllm" ? { provider: type } : {}),
  };
}

const NO_LIMITS: Limits = { rpm: null, rpd: null, tpm: null, tpd: null };
const byRole = new WeakMap<RoleRow, ReadonlyMap<number, Limits>>();

/** The limits of a role on a router. Kinds that the role does not list are 0 (observed on 0.4.1: effects-28). */
export function limitsFor(role: RoleRow, router: number): Limits | undefined {
  if (role.open) return NO_LIMITS;
  let limits = byRole.get(role);
  if (limits === undefined) {
    const made = new Map<number, Record<LimitType, number | null>>();
    for (const { router: id, type, value } of role.limits) {
      const row = made.get(id) ?? { rpm: 0, rpd: 0, tpm: 0, tpd: 0 };
      row[type as LimitType] = value;
      made.set(id, row);
    }
    limits = made;
    byRole.set(role, limits);
  }
  return limits.get(router);
}
