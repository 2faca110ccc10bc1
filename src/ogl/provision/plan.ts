import { LIMIT_TYPES, type World, type WorldKey, type WorldModel } from "../state/index.ts";

/** Values of a body that are known when it is sent, or stand-ins for them where it is printed. */
export interface StepValues {
  /** Id of something that was created before. */
  readonly idOf: (name: string) => number | string;
  /** A secret of the world. */
  readonly secret: (text: string) => string;
  readonly madePassword: () => string;
  /** Unix time in seconds at which something expires soon: OGL takes no time in the past. */
  readonly soon: () => number | string;
}

/** Values by which a step is printed: nothing is known yet, and no secret is shown. */
export const PRINTED_VALUES: StepValues = {
  idOf: (name) => `<id of ${name}>`,
  secret: () => "<of the world>",
  madePassword: () => "<made up>",
  soon: () => "<soon>",
};

/** A request that creates one thing. */
export interface ProvisionStep {
  /** Name of what it creates, by which later steps refer to it: `router qwen3-coder`. */
  readonly creates: string;
  readonly path: string;
  readonly body: (values: StepValues) => Readonly<Record<string, unknown>>;
  /** Name of the created key that it is sent with; absent: the key that the command was given. */
  readonly keyOf?: string;
  /** For keys: the name under which the key is handed to the user. */
  readonly handsOut?: string;
}

export interface ProvisionPlan {
  readonly steps: readonly ProvisionStep[];
  /** Sentences about parts of the world that the admin API cannot make. */
  readonly notes: readonly string[];
}

export interface PlanOptions {
  /** Member by which limits and providers name a router. */
  readonly routerMember: string;
  /** True if the given key may be a master key, whose providers OGL refuses. */
  readonly hasMaster: boolean;
  /** Base URL of the models' upstream; without it there are no providers. */
  readonly modelUrl: string | undefined;
}

/** Role, user and key that create providers where no key of the world can. */
const PROVISIONER = "gatetape-provision";

/** Key that the models' upstream gets: OGL creates no provider whose models it can't list, and a mock lists none without a key. */
const PROVIDER_KEY = "sk-gatetape";

/** Plans the requests that make a fresh instance look like a world: it creates only, in an order in which each id is known. */
export function provisionPlan(world: World, options: PlanOptions): ProvisionPlan {
  const keys = (world.keys ?? [{ key: "", name: "user-1" }]).filter(({ master }) => master !== true);
  const living = keys.filter(({ deleted }) => deleted !== true);
  const admin = living.find((key) => key.expired === undefined && key.permissions?.includes("admin"));
  const named = uniqueNames(keys);
  const adminName = admin === undefined ? undefined : named.find(({ key }) => key === admin)?.name;
  const extra = options.modelUrl !== undefined && options.hasMaster && admin === undefined;
  const builder = new PlanBuilder(world, options);
  for (const model of world.models) builder.addRouter(model);
  for (const key of named) builder.addKey(key);
  if (extra) builder.addKey({ name: PROVISIONER, key: { key: "", permissions: ["admin"], models: [] } });
  if (options.modelUrl !== undefined)
    for (const model of world.models)
      builder.addProvider(model, options.modelUrl, extra ? PROVISIONER : adminName);
  return { steps: builder.steps, notes: notesOn(world, keys, { ...options, extra }) };
}

interface NamedKey {
  readonly name: string;
  readonly key: WorldKey;
}

/** Names of keys, each once: those of the world, else by position. */
function uniqueNames(keys: readonly WorldKey[]): NamedKey[] {
  const used = new Set<string>();
  return keys.map((key, i) => {
    const wanted = key.name ?? `key-${i + 1}`;
    const name = used.has(wanted) ? `${wanted}-${i + 1}` : wanted;
    used.add(name);
    return { name, key };
  });
}

/** Steps of a plan, and the names in it. */
class PlanBuilder {
  readonly steps: ProvisionStep[] = [];
  readonly #world: World;
  readonly #options: PlanOptions;
  /** Names of roles by their rights. */
  readonly #roles = new Map<string, string>();
  /** Names of users by the world's number. */
  readonly #users = new Map<number, string>();
  readonly #emails = new Set<string>();

  constructor(world: World, options: PlanOptions) {
    this.#world = world;
    this.#options = options;
  }

  addRouter({ id, type, aliases = [], costs }: WorldModel): void {
    const body = {
      name: id,
      type,
      aliases,
      load_balancing_strategy: "shuffle",
      cost_prompt_tokens: costs?.prompt_tokens ?? 0,
      cost_completion_tokens: costs?.completion_tokens ?? 0,
    };
    this.#add(`router ${id}`, "/v1/admin/routers", () => body);
  }

  addProvider(model: WorldModel, url: string, keyOf: string | undefined): void {
    const { id, type, provider_name: model_name = id } = model;
    const { routerMember } = this.#options;
    const body = ({ idOf }: StepValues): Readonly<Record<string, unknown>> => ({
      [routerMember]: idOf(`router ${id}`),
      type: model.provider ?? PROVIDERS[type] ?? "vllm",
      url,
      key: PROVIDER_KEY,
      timeout: 300,
      model_name,
      model_hosting_zone: "WOR",
      model_total_params: 0,
      model_active_params: 0,
    });
    this.#add(
      `provider of ${id}`,
      "/v1/admin/providers",
      body,
      keyOf === undefined ? {} : { keyOf: `key ${keyOf}` },
    );
  }

  /** Adds a key, and its user before it. A deleted key is none, but its user stays. */
  addKey({ name, key }: NamedKey): void {
    const user = this.#userOf(name, key);
    if (key.deleted === true) return;
    this.#add(
      `key ${name}`,
      "/v1/admin/tokens",
      ({ idOf, soon }) => ({
        user: idOf(`user ${user}`),
        name,
        ...(key.expired === "key" ? { expires: soon() } : {}),
      }),
      { handsOut: name },
    );
  }

  /** Name of a key's user, who is added with the first of his keys. */
  #userOf(name: string, key: WorldKey): string {
    const known = key.user === undefined ? undefined : this.#users.get(key.user);
    if (known !== undefined) return known;
    if (key.user !== undefined) this.#users.set(key.user, name);
    const { password, budget = null, expired, email: own = `${name}@example.org` } = key;
    const email = this.#emails.has(own) ? `user-${this.#emails.size + 1}@example.org` : own;
    this.#emails.add(email);
    const role = this.#roleOf(key);
    this.#add(`user ${name}`, "/v1/admin/users", ({ idOf, secret, madePassword, soon }) => ({
      email,
      name,
      password: password === undefined ? madePassword() : secret(password),
      role: idOf(`role ${role}`),
      budget,
      ...(expired === "user" ? { expires: soon() } : {}),
    }));
    return name;
  }

  /** Name of the role with a key's rights; keys with the same rights share one. */
  #roleOf({ permissions = [], models, limits = [] }: WorldKey): string {
    const names = models ?? this.#world.models.map(({ id }) => id);
    const rows = names.flatMap((model) =>
      LIMIT_TYPES.map((type) => ({
        model,
        type,
        value: limits.find((limit) => limit.model === model && limit.type === type)?.value ?? null,
      })),
    );
    const rights = JSON.stringify([permissions, rows]);
    const known = this.#roles.get(rights);
    if (known !== undefined) return known;
    const kind = permissions.includes("admin") ? "gatetape-admins" : "gatetape-users";
    const name = [...this.#roles.values()].includes(kind) ? `${kind}-${this.#roles.size + 1}` : kind;
    this.#roles.set(rights, name);
    const { routerMember } = this.#options;
    this.#add(`role ${name}`, "/v1/admin/roles", ({ idOf }) => ({
      name,
      permissions,
      limits: rows.map(({ model, type, value }) => ({
        [routerMember]: idOf(`router ${model}`),
        type,
        value,
      })),
    }));
    return name;
  }

  #add(creates: string, path: string, body: ProvisionStep["body"], more: Partial<ProvisionStep> = {}): void {
    this.steps.push({ creates, path, body, ...more });
  }
}

/** Kinds of upstreams for types of models that vLLM does not serve, or not as TEI does. */
const PROVIDERS: Readonly<Record<string, string>> = {
  "text-classification": "tei",
  "image-to-text": "mistral",
};

function notesOn(
  { keys: given, state, vectorStore, parser, maxKeyDays }: World,
  keys: readonly WorldKey[],
  { modelUrl, extra }: PlanOptions & { readonly extra: boolean },
): string[] {
  const settings = [
    ...(vectorStore === undefined ? [] : ["vectorStore"]),
    ...(parser === undefined ? [] : ["parser"]),
    ...(maxKeyDays === undefined ? [] : ["maxKeyDays"]),
  ];
  const deleted = keys.filter((key) => key.deleted === true).length;
  return [
    ...(given === undefined
      ? [
          "the world has no keys, so that its mock takes any key; a real OGL does not: one user with one key is created",
        ]
      : []),
    ...(modelUrl === undefined
      ? [
          "without --model-url the models have no provider: OGL does not list them and answers no call of them",
        ]
      : []),
    ...(extra ? [`OGL lets no master key add providers: a user ${PROVISIONER} is created for it`] : []),
    ...(deleted > 0
      ? [`${deleted} deleted keys are not created, only their users: any made-up key stands for one`]
      : []),
    ...(given?.some(({ master }) => master) === true ? ["a master key is a setting of the instance"] : []),
    ...(settings.length > 0 ? [`${settings.join(", ")}: settings of the instance's own configuration`] : []),
    ...(state === undefined ? [] : ["the rows of `state` are not created"]),
  ];
}
