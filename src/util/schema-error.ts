import type { ErrorObject } from "ajv/dist/2020.js";
import { formatPointer, parsePointer } from "./json/index.ts";
import { nearestWord } from "./text/index.ts";

/** Parts of a JSON Schema that help to explain a mistake. */
interface Declared {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Declared>>;
  readonly items?: Declared;
}

interface SchemaProblem {
  readonly pointer: string;
  readonly reason: string;
  readonly fix: string;
}

/**
 * Explains a mistake that Ajv has found: an unknown member by the nearest known one, a wrong value by the description of its
 * member in the schema.
 *
 * @param rootFix what to do about a value that is wrong as a whole
 */
export function explainSchemaError(
  error: ErrorObject,
  schema: object,
  value: unknown,
  rootFix: string,
): SchemaProblem {
  const segments = parsePointer(error.instancePath);
  const declared = declaredAt(schema, segments);
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
  if (error.keyword === "required") {
    const missing = String(params["missingProperty"]);
    const about = declared.properties?.[missing]?.description;
    return {
      pointer: error.instancePath,
      reason: `has no member ${JSON.stringify(missing)}`,
      fix: about === undefined ? `add ${JSON.stringify(missing)}` : `${missing}: ${about}`,
    };
  }
  const { description } = declared;
  const name = segments.findLast((segment) => !/^\d+$/.test(segment));
  return {
    pointer: error.instancePath,
    reason: `${errorWords(error)}, but is ${shortValue(valueAt(value, segments))}`,
    fix: description === undefined || name === undefined ? rootFix : `${name}: ${description}`,
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

/** Part of the schema for a location; the root's description does not help to fix a mistake. */
function declaredAt(schema: object, segments: readonly string[]): Declared {
  const { description: _, ...root }: Declared = schema;
  return segments.reduce<Declared>((declared, segment) => {
    if (!/^\d+$/.test(segment)) return declared.properties?.[segment] ?? declared;
    // An element without a description has that of its list.
    const { description, items } = declared;
    return description === undefined ? (items ?? declared) : { description, ...items };
  }, root);
}

function valueAt(value: unknown, segments: readonly string[]): unknown {
  return segments.reduce<unknown>(
    (parent, segment) => (parent as Record<string, unknown> | undefined)?.[segment],
    value,
  );
}

/** A value as it is shown in a reason: short, on one line. */
export function shortValue(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "number") return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
