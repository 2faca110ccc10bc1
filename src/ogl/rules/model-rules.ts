import {
  Crash,
  ERRORS,
  type ModelRule,
  type ModelValue,
  NestedErrors,
  type PyDict,
  type PyValue,
  type PydanticError,
  Refusal,
  type Run,
  ValidatorFailure,
  validate,
} from "../../asgi/index.ts";
import type { OglVersion } from "../../openapi/index.ts";

const SEARCH_SOURCE =
  "api/schemas/search.py: AliasChoices, validate_score_threshold, validate_query (the version with list[PositiveInt])";
const COLLECTION_KEYS = { collection_ids: ["collection_ids", "collections"] } as const;
const scoreThreshold = { name: "validate_score_threshold", check: checkScoreThreshold } as const;

/** Rules of the classes that all generations have under one name. */
const COMMON: readonly ModelRule[] = [
  {
    model: "EmbeddingsRequest",
    evidence: "observed on 0.4.1: emb-empty-string, emb-empty-array",
    concerns: ({ input }) => input === "" || (Array.isArray(input) && input.length === 0),
    after: {
      input: (value) => {
        if (value === "" || (Array.isArray(value) && value.length === 0))
          throw new ValidatorFailure(ERRORS.assertion("Input must not be an empty object."));
      },
    },
  },
  {
    model: "CreateChatCompletion",
    evidence:
      "observed on 0.4.1: chat-search-no-args; api/schemas/chat.py 071965ba: validate_fields of tools",
    concerns: (body) => "search" in body || "tools" in body,
    after: { tools: checkTools },
    whole: [{ name: "convert_search_args_to_tool", check: checkSearchArgs }],
  },
  {
    model: "SearchArgs",
    evidence: SEARCH_SOURCE,
    concerns: (body) => "search_args" in body,
    aliases: COLLECTION_KEYS,
    whole: [scoreThreshold],
  },
  {
    model: "SearchTool",
    evidence: SEARCH_SOURCE,
    concerns: (body) => "tools" in body,
    aliases: COLLECTION_KEYS,
    whole: [scoreThreshold],
  },
  {
    model: "CreateSearch",
    evidence: SEARCH_SOURCE,
    aliases: { ...COLLECTION_KEYS, query: ["query", "prompt"] },
    whole: [scoreThreshold, { name: "validate_query", check: checkQuery }],
  },
  {
    model: "CreateChunks",
    evidence: "api/schemas/chunks.py 4669ad1c: validate_total_content_size",
    whole: [{ name: "validate_total_content_size", check: checkChunksSize }],
  },
];

const EXPIRING = ["CreateKey", "CreateToken", "UserUpdateRequest"];

/** Rules of the classes that 0.4.1 names in its own way. */
const FIRST: readonly ModelRule[] = [
  ...COMMON,
  ...EXPIRING.map(expiresRule),
  createProviderRule("CreateProvider"),
  updateProviderRule("UpdateProvider"),
  expiresRule("CreateUser"),
  ...["CreateRole", "RoleUpdateRequest"].map((model) => ({
    model,
    evidence:
      "api/schemas/admin/roles.py, the version with `router`: check_duplicate_limits; not in 0.4.5's CreateRoleBody",
    after: { limits: checkDuplicateLimits },
  })),
];

/** Rules of the classes that were renamed for 0.4.5. */
const SECOND: readonly ModelRule[] = [
  ...COMMON,
  ...EXPIRING.map(expiresRule),
  createProviderRule("CreateProviderBody"),
  updateProviderRule("UpdateProviderBody"),
  expiresRule("CreateUserBody"),
];

/** Rules of the rewrite, which takes times of the past for users. */
const NEXT: readonly ModelRule[] = [
  ...COMMON,
  createProviderRule("CreateProviderBody"),
  updateProviderRule("UpdateProviderBody"),
  ...["NextCreateKey", "CreateToken"].map((model) => ({
    model,
    evidence: "api/infrastructure/fastapi/schemas/keys.py e8541a6b: must_be_future_and_convert_to_datetime",
    after: { expires: checkFutureTime },
  })),
  {
    model: "UpdateUserInfo",
    evidence: "api/tests/integration/endpoints/me/test_update_me.py 2764b7b3",
    whole: [{ name: "validate_passwords", check: checkPasswords }],
  },
];

/**
 * OGL's own validators by generation. Sources in `evidence` are paths in the repository of OGL with the commit at which they
 * were read. `next` is laid over the OpenAPI of 0.4.5 and has its classes, but for those that its errata add.
 */
export const MODEL_RULES: Readonly<Record<OglVersion, readonly ModelRule[]>> = {
  "0.4.1": FIRST,
  "0.4.5": SECOND,
  next: NEXT,
};

function createProviderRule(model: string): ModelRule {
  return {
    model,
    evidence: "api/infrastructure/fastapi/schemas/providers.py 1b2ce84d: format_provider",
    whole: [{ name: "format_provider", check: checkProvider }],
  };
}

function updateProviderRule(model: string): ModelRule {
  return {
    model,
    evidence: "api/infrastructure/fastapi/schemas/providers.py 1b2ce84d: validate_model",
    whole: [{ name: "validate_model", check: checkQos }],
  };
}

function expiresRule(model: string): ModelRule {
  return {
    model,
    evidence:
      "api/schemas/me/keys.py 5363a59d, api/schemas/admin/users.py 269de76a: must_be_future of expires",
    before: { expires: checkFuture },
  };
}

function checkFuture(input: PyValue, run: Run): void {
  const whole = typeof input === "boolean" ? BigInt(input) : input;
  if (typeof whole === "bigint" && whole <= BigInt(run.now))
    throw new ValidatorFailure(ERRORS.value("Wrong timestamp, must be in the future."));
}

/** Unlike before, the time is looked at when it has been read as a number. */
function checkFutureTime(value: unknown, run: Run): void {
  if (typeof value === "bigint" && value <= BigInt(run.now))
    throw new ValidatorFailure(ERRORS.value("Expiration time must be in the future."));
}

function checkPasswords({ fields }: ModelValue): void {
  if (fields.get("current_password") !== null && fields.get("password") === null)
    throw new ValidatorFailure(ERRORS.value("password is required when current_password is provided"));
}

function checkScoreThreshold({ fields }: ModelValue): void {
  if (Number(fields.get("score_threshold")) > 0 && fields.get("method") !== "semantic")
    throw new Refusal(400, "Score threshold is only available for semantic search method");
}

/** Lets a null `query` fall back to `prompt`. Without a `prompt` in the body OGL's validator itself crashes. */
function checkQuery({ fields, extras }: ModelValue): void {
  if (truthy(fields.get("query"))) return;
  if (!extras.has("prompt")) throw new Crash("AttributeError");
  if (!truthy(extras.get("prompt")))
    throw new ValidatorFailure(ERRORS.value("query or prompt must be provided"));
}

/** Tests a value for truth as Python does. */
function truthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value instanceof Map ? value.size > 0 : Boolean(value);
}

/** Builds tools of type `search` as SearchTool, which OGL does itself and not through FastAPI. */
function checkTools(tools: unknown, run: Run): void {
  if (!Array.isArray(tools)) return;
  for (const tool of tools as readonly unknown[]) {
    if (tool instanceof Map && tool.get("type") === "search") buildSearchTool(tool as PyDict, run);
  }
}

function buildSearchTool(kwargs: PyDict, run: Run): void {
  const errors: PydanticError[] = [];
  validate(run.named("SearchTool"), kwargs, [], { ...run, fromAttributes: false }, errors);
  if (errors.length > 0) throw new NestedErrors(errors);
}

function checkSearchArgs({ fields }: ModelValue, run: Run): void {
  if (fields.get("search") !== true) return;
  const args = fields.get("search_args") as ModelValue | null;
  if (args === null) throw new ValidatorFailure(ERRORS.value("search_args is required when search is True"));
  // The arguments become a SearchTool, whose fields have all been validated before, but for `type`.
  const type = args.extras.get("type") ?? null;
  if (type !== null) buildSearchTool(new Map([["type", type]]), run);
}

const MAX_CHUNKS_SIZE = 1024 * 1024 * 20;

function checkChunksSize({ fields }: ModelValue): void {
  const chunks = fields.get("chunks") as readonly ModelValue[];
  const size = chunks.reduce((sum, chunk) => sum + characters(chunk.fields.get("content") as string), 0);
  if (size > MAX_CHUNKS_SIZE)
    throw new ValidatorFailure(ERRORS.value("Chunks content total size exceeds 20MB"));
}

function characters(text: string): number {
  let count = text.length;
  for (const char of text) if (char.length === 2) count--;
  return count;
}

function checkQos({ fields }: ModelValue): void {
  if (fields.get("qos_metric") !== null && fields.get("qos_limit") === null)
    throw new ValidatorFailure(ERRORS.value("QoS value is required if QoS metric is provided."));
}

/** Types of providers whose URL OGL knows itself. */
const KNOWN_URLS = new Set<unknown>(["albert", "mistral", "openai"]);

function checkProvider(model: ModelValue): void {
  checkQos(model);
  if (model.fields.get("url") === null && !KNOWN_URLS.has(model.fields.get("type")))
    throw new ValidatorFailure(ERRORS.value("URL is required for this model provider type."));
}

function checkDuplicateLimits(limits: unknown): void {
  const seen = new Set<string>();
  for (const { fields } of (limits ?? []) as readonly ModelValue[]) {
    const router = String(fields.get("router"));
    const type = String(fields.get("type"));
    const key = `${router} ${type}`;
    // The type is a member of an Enum that is also a str: CPython 3.12 formats it by the member's name.
    if (seen.has(key))
      throw new ValidatorFailure(
        ERRORS.value(`Duplicate limit found: (${router}, LimitType.${type.toUpperCase()}).`),
      );
    seen.add(key);
  }
}
