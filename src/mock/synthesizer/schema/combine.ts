import { isObject } from "../../../util/index.ts";
import type { Json } from "../base/index.ts";

/** Schema that no value matches. */
export const NEVER = false;
export type Schema = Json | boolean;

const UPPER_BOUNDS = new Set(["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"]);
const LOWER_BOUNDS = new Set(["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"]);
const SUBSCHEMAS = new Set(["items", "additionalProperties", "contains", "propertyNames"]);
const MAX_BRANCHES = 64;

/** Reads a value as a schema; anything but an object or `false` allows all values. */
export function asSchema(value: unknown): Schema {
  return isObject(value) || value === false ? value : true;
}

/** Combines two schemas into one that requires both, as far as possible; the validator checks the rest. */
export function combine(a: Schema, b: Schema): Schema {
  if (a === false || b === false) return NEVER;
  if (a === true) return b;
  if (b === true) return a;
  const result: Record<string, unknown> = { ...a };
  for (const [keyword, value] of Object.entries(b)) {
    const other = result[keyword];
    const both = other === undefined || same(other, value) ? value : combineKeyword(keyword, other, value);
    if (both === undefined) return NEVER;
    result[keyword] = both;
  }
  return result;
}

/** Combines two values of a keyword; `undefined` if they exclude each other. */
function combineKeyword(keyword: string, a: unknown, b: unknown): unknown {
  if (UPPER_BOUNDS.has(keyword)) return Math.min(Number(a), Number(b));
  if (LOWER_BOUNDS.has(keyword)) return Math.max(Number(a), Number(b));
  if (SUBSCHEMAS.has(keyword)) return combine(asSchema(a), asSchema(b));
  switch (keyword) {
    case "type":
      return combineTypes(listOf(a), listOf(b));
    case "enum":
      return some(listOf(a).filter((value) => listOf(b).some((other) => same(other, value))));
    case "const":
      return undefined;
    case "required":
      return [...new Set([...listOf(a), ...listOf(b)])];
    case "properties":
    case "$defs":
    case "definitions":
      return combineMembers(a as Json, b as Json);
    case "allOf":
      return [...listOf(a), ...listOf(b)];
    case "anyOf":
    case "oneOf":
      return listOf(a)
        .flatMap((left) => listOf(b).map((right) => ({ allOf: [left, right] })))
        .slice(0, MAX_BRANCHES);
    default:
      return b;
  }
}

function combineTypes(a: readonly unknown[], b: readonly unknown[]): unknown {
  const has = (list: readonly unknown[], type: unknown): boolean =>
    list.includes(type) || (type === "integer" && list.includes("number"));
  return some([...new Set([...a.filter((type) => has(b, type)), ...b.filter((type) => has(a, type))])]);
}

function combineMembers(a: Json, b: Json): Json {
  const result: Record<string, unknown> = { ...a };
  for (const [name, schema] of Object.entries(b))
    result[name] = name in result ? { allOf: [result[name], schema] } : schema;
  return result;
}

function some(list: readonly unknown[]): unknown {
  return list.length === 0 ? undefined : list;
}

/** Wraps a single value in a list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
