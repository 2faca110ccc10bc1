import { readFileSync } from "node:fs";
import type { ValidateFunction } from "ajv/dist/2020.js";
import { GatetapeError, type OwnSchema, isObject, validatorOf } from "../../util/index.ts";
import { findRowProblem } from "./check-rows.ts";
import type { GatewaySettings } from "./entities/index.ts";
import type { World, WorldKey } from "./types.ts";
import schema from "./world-1.schema.json" with { type: "json" };

export type WorldErrorCode =
  | "not-found"
  | "unreadable"
  | "not-json"
  | "schema"
  | "duplicate"
  | "unknown-model"
  | "unknown-row"
  | "contradiction";

/** A world that can't be used. */
export class WorldError extends GatetapeError<WorldErrorCode> {
  override readonly name = "WorldError";
}

let validate: ValidateFunction | undefined;

/**
 * Reads a world from a file.
 *
 * @throws WorldError with location, reason and fix
 */
export function loadWorld(file: string): World {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : `can't be read: ${code}`;
    throw new WorldError(
      code === "ENOENT" ? "not-found" : "unreadable",
      { file },
      reason,
      "name a world file, or leave --world out for the default one",
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new WorldError("not-json", { file }, `not JSON: ${(error as Error).message}`, "fix the JSON there");
  }
  return checkWorld(file, json);
}

/**
 * Checks a world's form and that its names fit together.
 * @param file name of the file in errors
 * @throws WorldError
 */
export function checkWorld(file: string, json: unknown): World {
  checkWorldForm(file, json);
  const names = checkNames(file, json);
  const seen = new Map<string, number>();
  for (const [i, key] of (json.keys ?? []).entries()) {
    const first = seen.get(key.key);
    if (first !== undefined)
      throw new WorldError(
        "duplicate",
        { file, pointer: `/keys/${i}/key` },
        `the same key as /keys/${first}`,
        "give each key its own text",
      );
    seen.set(key.key, i);
    checkKey(file, `/keys/${i}`, key, names);
  }
  checkUsers(file, json);
  const problem = findRowProblem(json);
  if (problem !== undefined)
    throw new WorldError(problem.code, { file, pointer: problem.pointer }, problem.reason, problem.fix);
  checkVectorModel(file, json, names);
  return json;
}

/** The form of worlds. */
export const WORLD_SCHEMA: OwnSchema = {
  name: "world",
  schema,
  options: { strict: false, allErrors: false },
};

/** Checks the form of a world. */
function checkWorldForm(file: string, json: unknown): asserts json is World {
  validate ??= validatorOf(WORLD_SCHEMA);
  if (!validate(json)) {
    const [error] = validate.errors ?? [];
    const { additionalProperty, allowedValues } = (error?.params ?? {}) as Record<string, unknown>;
    const what =
      additionalProperty === undefined
        ? `${error?.message ?? "not a world"}${allowedValues === undefined ? "" : `: ${JSON.stringify(allowedValues)}`}`
        : `has no member "${String(additionalProperty)}"`;
    throw new WorldError(
      "schema",
      { file, pointer: error?.instancePath ?? "" },
      `not a world: ${what}`,
      "see the JSON Schema gatetape/world-1.schema.json, or docs/world.md",
    );
  }
}

/** Members of a key that are its user's: the first key of the user says them. */
const OF_USER = ["email", "password", "permissions", "models", "limits", "budget"] as const;

/** Checks that keys of one user do not say different things of him. */
function checkUsers(file: string, { keys = [] }: World): void {
  const firsts = new Map<number, number>();
  for (const [i, key] of keys.entries()) {
    if (key.user === undefined) continue;
    const at = firsts.get(key.user);
    const first = at === undefined ? undefined : keys[at];
    const other = OF_USER.find(
      (name) => key[name] !== undefined && JSON.stringify(key[name]) !== JSON.stringify(first?.[name]),
    );
    if (first !== undefined && other !== undefined)
      throw new WorldError(
        "contradiction",
        { file, pointer: `/keys/${i}/${other}` },
        `not the ${other} of user ${key.user} at /keys/${at}, whose key this is, too`,
        "say it at the user's first key, or give this key a user of its own",
      );
    if (at === undefined) firsts.set(key.user, i);
  }
}

/** Checks that there is the model of the vectors: among the models, or among the routers of the state. */
function checkVectorModel(file: string, { vectorModel, state }: World, names: ReadonlySet<string>): void {
  if (vectorModel === undefined || vectorModel === null || names.has(vectorModel)) return;
  const routers = (state?.["routers"] ?? []) as readonly { readonly name?: unknown }[];
  if (routers.some(({ name }) => name === vectorModel)) return;
  throw new WorldError(
    "unknown-model",
    { file, pointer: "/vectorModel" },
    `there is no model "${vectorModel}"`,
    "name a model's id of /models (not an alias), or null for none",
  );
}

const SETTINGS = [
  "vectorStore",
  "vectorModel",
  "parser",
  "maxKeyDays",
  "searchRefresh",
  "upstreams",
] as const;

/**
 * Reads settings of a gateway from JSON.
 *
 * @throws WorldError
 */
export function checkSettings(text: string): Partial<GatewaySettings> {
  const file = "the body";
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new WorldError("not-json", { file }, `not JSON: ${(error as Error).message}`, "fix the JSON there");
  }
  const names: readonly string[] = isObject(json) ? Object.keys(json) : [];
  const strange = names.find((name) => !SETTINGS.some((known) => known === name));
  if (!isObject(json) || strange !== undefined)
    throw new WorldError(
      "schema",
      { file, pointer: strange === undefined ? "" : `/${strange}` },
      strange === undefined ? "not an object" : `"${strange}" is no setting of the gateway`,
      `send an object with some of ${SETTINGS.join(", ")}`,
    );
  checkWorldForm(file, { models: [], ...json });
  return json as Partial<GatewaySettings>;
}

/**
 * Checks that each id and alias names a single model.
 *
 * @returns the ids
 * @throws WorldError `duplicate` for a name of two models
 */
function checkNames(file: string, { models }: World): ReadonlySet<string> {
  const owner = new Map<string, string>();
  for (const [i, { id, aliases = [] }] of models.entries()) {
    for (const [j, name] of [id, ...aliases].entries()) {
      const pointer = j === 0 ? `/models/${i}/id` : `/models/${i}/aliases/${j - 1}`;
      const other = owner.get(name);
      if (other !== undefined)
        throw new WorldError(
          "duplicate",
          { file, pointer },
          `"${name}" is already a name of ${other}`,
          "give each model names of its own",
        );
      owner.set(name, `/models/${i}`);
    }
  }
  return new Set(models.map(({ id }) => id));
}

function checkKey(file: string, pointer: string, key: WorldKey, names: ReadonlySet<string>): void {
  const locations: [string, string][] = [
    ...(key.models ?? []).map((name, i): [string, string] => [`${pointer}/models/${i}`, name]),
    ...(key.limits ?? []).map(({ model }, i): [string, string] => [`${pointer}/limits/${i}/model`, model]),
  ];
  for (const [location, name] of locations) {
    if (!names.has(name))
      throw new WorldError(
        "unknown-model",
        { file, pointer: location },
        `there is no model "${name}"`,
        "name a model's id of /models (not an alias)",
      );
  }
}
