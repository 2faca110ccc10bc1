import type { ErrorObject } from "ajv/dist/2020.js";
import { formatPointer, nearestWord, newAjv, parsePointer, withOthers } from "../../util/index.ts";
import { configSchema as schema } from "../../config/index.ts";
import { UsageError } from "./errors.ts";

/**
 * Checks a config against its JSON Schema.
 * @throws UsageError with all mistakes and their locations
 */
export function checkConfig(file: string, config: unknown): unknown {
  // `speed: Infinity` is a number here: a module can export it, though JSON cannot spell it.
  const validate = newAjv({ strict: false, allErrors: true, strictNumbers: false }).compile(schema);
  if (validate(config)) return withFunction(file, config);
  const problems = (validate.errors ?? []).map((error) => settingProblem(error, config));
  throw withOthers(
    problems.map(({ pointer, reason, fix }) => new UsageError("config", { file, pointer }, reason, fix)),
  );
}

/** Checks that `respond` is a function, which JSON Schema cannot describe. */
function withFunction(file: string, config: unknown): unknown {
  const { mock } = config as { mock?: { respond?: unknown } };
  if (mock?.respond === undefined || typeof mock.respond === "function") return config;
  throw new UsageError(
    "config",
    { file, pointer: "/mock/respond" },
    `must be a function, but is ${shownSetting(mock.respond)}`,
    'respond: (request) => "an answer", in a .mts or .mjs file',
  );
}

interface Problem {
  readonly pointer: string;
  readonly reason: string;
  readonly fix: string;
}

function settingProblem(error: ErrorObject, config: unknown): Problem {
  const segments = parsePointer(error.instancePath);
  const declared = declaredAt(segments);
  const params = error.params as Record<string, unknown>;
  if (error.keyword === "additionalProperties") {
    const name = String(params["additionalProperty"]);
    const known = Object.keys(declared.properties ?? {}).filter((key) => key !== "$schema");
    const near = nearestWord(name, known);
    return {
      pointer: formatPointer([...segments, name]),
      reason: `there is no member ${JSON.stringify(name)}`,
      fix: near === undefined ? `use one of ${known.join(", ")}` : `did you mean ${JSON.stringify(near)}?`,
    };
  }
  const { description } = declared;
  return {
    pointer: error.instancePath,
    reason: `${errorWords(error)}, but is ${shownSetting(valueAt(config, segments))}`,
    fix:
      description === undefined
        ? "export an object: { mock: { … } }"
        : `${segments.findLast(isName)}: ${description}`,
  };
}

function errorWords(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  if (error.keyword === "enum")
    return `must be ${(params["allowedValues"] as unknown[]).map((value) => JSON.stringify(value)).join(" or ")}`;
  if (error.keyword === "type") return `must be ${String(params["type"]).split(",").join(" or ")}`;
  if (error.keyword === "pattern") return "must be a pace";
  return error.message ?? error.keyword;
}

interface Declared {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Declared>>;
  readonly items?: Declared;
}

/** Part of the schema for a location; elements of a list have the schema of the list. */
function declaredAt(segments: readonly string[]): Declared {
  let declared = schema as unknown as Declared;
  for (const segment of segments) declared = declared.properties?.[segment] ?? declared;
  if (segments.length > 0) return declared;
  // The root's description does not help to fix a mistake.
  const { description: _, ...root } = declared;
  return root;
}

const isName = (segment: string): boolean => !/^\d+$/.test(segment);

function valueAt(value: unknown, segments: readonly string[]): unknown {
  return segments.reduce<unknown>(
    (parent, segment) => (parent as Record<string, unknown> | undefined)?.[segment],
    value,
  );
}

function shownSetting(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "number") return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
