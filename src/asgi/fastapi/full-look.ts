import type { Operation, Spec } from "../../openapi/index.ts";
import { typesOf } from "./compile.ts";
import type { ModelRule, Type } from "./types.ts";

/**
 * Operations whose requests the OpenAPI's validator judges alone, unless a rule concerns the body. Most traffic goes to
 * them, and `checkRequest` costs more than all the rest of an exchange.
 */
export const QUICK_OPERATIONS: ReadonlySet<string> = new Set([
  "models.list",
  "models.get",
  "chat.create",
  "chat.stream",
  "embeddings.create",
]);

/**
 * Whether `checkRequest` could refuse a request in which the OpenAPI's validator found nothing.
 *
 * @param json the value of the body; `undefined` where it was not read as JSON
 */
export function needsFullLook(spec: Spec, operation: Operation, json: unknown): boolean {
  if (!QUICK_OPERATIONS.has(operation.id)) return true;
  if (operation.definition.requestBody === undefined) return false;
  if (typeof json !== "object" || json === null) return true;
  const body = json as Readonly<Record<string, unknown>>;
  return rulesOf(spec, operation).some(({ concerns }) => concerns?.(body) ?? true);
}

const known = new WeakMap<Operation, readonly ModelRule[]>();

/** The rules of all models that the body of an operation's request is made of. */
export function rulesOf(spec: Spec, operation: Operation): readonly ModelRule[] {
  let rules = known.get(operation);
  if (rules === undefined) {
    const types = new Set<Type>();
    for (const { schema } of Object.values(operation.definition.requestBody?.content ?? {}))
      if (schema !== undefined) collectRules(typesOf(spec).of(schema), types);
    rules = [...types].flatMap((type) =>
      type.kind === "model" && type.rule !== undefined ? [type.rule] : [],
    );
    known.set(operation, rules);
  }
  return rules;
}

function collectRules(type: Type, into: Set<Type>): void {
  if (into.has(type)) return;
  into.add(type);
  for (const part of partsOf(type)) collectRules(part, into);
}

function partsOf(type: Type): readonly Type[] {
  switch (type.kind) {
    case "list":
      return [type.items];
    case "dict":
      return [type.keys, type.values];
    case "nullable":
      return [type.inner];
    case "union":
      return type.choices;
    case "model":
      return type.fields.map((field) => field.type);
    default:
      return [];
  }
}
