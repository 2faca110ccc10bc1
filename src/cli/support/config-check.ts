import { type OwnSchema, explainSchemaError, shortValue, validatorOf, withOthers } from "../../util/index.ts";
import { configSchema as schema } from "../../config/index.ts";
import { ReplyError, checkRules, plainRules } from "../../mock/index.ts";
import { UsageError } from "./errors.ts";

/** The form of configs. `speed: Infinity` is a number here: a module can export it, though JSON cannot spell it. */
export const CONFIG_SCHEMA: OwnSchema = {
  name: "config",
  schema,
  options: { strict: false, allErrors: true, strictNumbers: false },
};

/**
 * Checks a config against its JSON Schema.
 * @throws UsageError with all mistakes and their locations
 */
export function checkConfig(file: string, config: unknown): unknown {
  const validate = validatorOf(CONFIG_SCHEMA);
  const plain = withPlainReplies(config);
  if (validate(plain)) return withReplies(file, withFunction(file, config));
  const problems = (validate.errors ?? []).map((error) =>
    explainSchemaError(error, schema, plain, "export an object: { mock: { … } }"),
  );
  throw withOthers(
    problems.map(({ pointer, reason, fix }) => new UsageError("config", { file, pointer }, reason, fix)),
  );
}

/** Checks that `respond` is a function, which JSON Schema cannot describe. */
function withFunction(file: string, config: unknown): unknown {
  const { respond } = mockSection(config);
  if (respond === undefined || typeof respond === "function") return config;
  throw new UsageError(
    "config",
    { file, pointer: "/mock/respond" },
    `must be a function, but is ${shortValue(respond)}`,
    'respond: (request) => "an answer", in a .mts or .mjs file',
  );
}

/** The config with replies as JSON can spell them: a module may have functions and patterns there. */
function withPlainReplies(config: unknown): unknown {
  const mock = mockSection(config);
  return mock["replies"] === undefined
    ? config
    : { ...(config as object), mock: { ...mock, replies: plainRules(mock["replies"]) } };
}

/** Checks what JSON Schema cannot describe of replies: patterns, operations, replies that say nothing. */
function withReplies(file: string, config: unknown): unknown {
  const { replies } = mockSection(config);
  if (replies === undefined) return config;
  try {
    checkRules(replies, { file, pointer: "/mock/replies" });
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error;
    throw new UsageError("config", error.location, error.reason, error.fix ?? "see docs/mock.md", {
      cause: error,
    });
  }
  return config;
}

function mockSection(config: unknown): Readonly<Record<string, unknown>> {
  const { mock } = (config ?? {}) as { readonly mock?: unknown };
  return typeof mock === "object" && mock !== null ? (mock as Record<string, unknown>) : {};
}
