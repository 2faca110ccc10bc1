import { isObject } from "../../../util/index.ts";
import { listOf } from "./combine.ts";

/** Most schemas within a schema whose values are found at once. */
const MAX_SCHEMAS = 200;
/** Most items or characters that such a schema demands. */
const MAX_BOUND = 1000;
/** Keywords that take no time of note, whatever their value. */
const NO_TIME = new Set([
  "$schema",
  "title",
  "description",
  "type",
  "enum",
  "const",
  "default",
  "examples",
  "format",
  "required",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "strict",
]);
/** Keywords that take time in their value. */
const BOUNDS = new Set(["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"]);

/**
 * True for a schema of which a value is surely made in a moment: a small tree of members and items, without patterns, references
 * and alternatives.
 */
export function isShortSchema(schema: unknown): boolean {
  let left = MAX_SCHEMAS;
  const isShort = (given: unknown): boolean => {
    if (--left < 0) return false;
    if (!isObject(given)) return true;
    return Object.entries(given).every(([keyword, value]) => {
      if (keyword === "properties") return isObject(value) && Object.values(value).every(isShort);
      if (keyword === "items" || keyword === "additionalProperties") return isShort(value);
      if (BOUNDS.has(keyword)) return typeof value === "number" && value <= MAX_BOUND;
      return NO_TIME.has(keyword) && (keyword !== "required" || listOf(value).length <= MAX_BOUND);
    });
  };
  return isShort(schema);
}
