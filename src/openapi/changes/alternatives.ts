import { isObject, parsePointer } from "../../util/index.ts";
import type { JsonObject, JsonValue } from "../document/index.ts";
import { type Location, below } from "./model.ts";

/** A schema of one type, without references, unions and intersections at its top. */
export interface Alternative {
  readonly schema: JsonObject;
  /** `string`, `object`, …; `any` for a schema that allows every type. */
  readonly type: string;
  readonly at: Location;
  /** Name of the component that it is. */
  readonly name?: string;
}

/** A schema that recursion of references alone makes deeper than this is nonsense. */
const MAX_DEPTH = 32;

/**
 * Splits a schema into alternatives: references are followed, `anyOf`, `oneOf` and lists of types split, `allOf` merged.
 * @param document the document of its references
 * @param value a schema; `undefined` and `true` allow everything, `false` nothing
 */
export function schemaAlternatives(
  document: JsonObject,
  value: JsonValue | undefined,
  at: Location,
  depth = 0,
): Alternative[] {
  if (value === false || depth > MAX_DEPTH) return [];
  const schema = schemaObject(value);
  const { $ref, anyOf, oneOf, allOf, ...rest } = schema;
  if (typeof $ref === "string") {
    const name = $ref.slice($ref.lastIndexOf("/") + 1);
    const target = { ...schemaObject(resolved(document, $ref)), ...rest };
    const inside = { pointer: $ref.replace(/^#/, ""), words: shortComponent(name) };
    return schemaAlternatives(document, target, inside, depth + 1).map((one) => ({ name, ...one }));
  }
  const union = Array.isArray(anyOf) ? "anyOf" : Array.isArray(oneOf) ? "oneOf" : undefined;
  if (union !== undefined)
    return schemaList(schema[union]).flatMap((branch, i) => {
      const merged = Object.keys(rest).length === 0 ? branch : { ...rest, ...schemaObject(branch) };
      return schemaAlternatives(document, merged, below(at, [union, String(i)], ""), depth + 1);
    });
  if (Array.isArray(allOf))
    return schemaAlternatives(document, mergedParts(document, [rest, ...allOf]), at, depth + 1);
  return typesOf(schema).map((type) => ({ schema, type, at }));
}

function typesOf({ type, properties, items, enum: values, const: constant }: JsonObject): string[] {
  if (typeof type === "string") return [type];
  if (Array.isArray(type)) return type.map(String);
  if (properties !== undefined) return ["object"];
  if (items !== undefined) return ["array"];
  const known = constant === undefined ? schemaList(values) : [constant];
  return known.length === 0 ? ["any"] : [...new Set(known.map(typeOfValue))];
}

function typeOfValue(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function mergedParts(document: JsonObject, parts: readonly JsonValue[]): JsonObject {
  const merged: JsonObject = {};
  for (const part of parts) {
    const whole = schemaObject(part);
    const { $ref, ...own } = whole;
    const schema = typeof $ref === "string" ? { ...schemaObject(resolved(document, $ref)), ...own } : own;
    const properties = { ...schemaObject(merged["properties"]), ...schemaObject(schema["properties"]) };
    const required = [...schemaList(merged["required"]), ...schemaList(schema["required"])];
    Object.assign(merged, schema);
    if (Object.keys(properties).length > 0) merged["properties"] = properties;
    if (required.length > 0) merged["required"] = [...new Set(required)];
  }
  return merged;
}

/** Value that a reference within a document leads to. */
export function resolved(document: JsonObject, ref: string): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const key of parsePointer(decodedPointer(ref.replace(/^#/, ""))))
    value = Array.isArray(value) ? value[Number(key)] : schemaObject(value)[key];
  return value;
}

function decodedPointer(pointer: string): string {
  try {
    return decodeURIComponent(pointer);
  } catch {
    return pointer;
  }
}

/** The object itself, with references of whole parts (a parameter, a response) followed; `{}` for anything else. */
export function referredPart(document: JsonObject, value: JsonValue | undefined): JsonObject {
  const part = schemaObject(value);
  return typeof part["$ref"] === "string" ? schemaObject(resolved(document, part["$ref"])) : part;
}

/** The value as an object; `{}` if it is none. */
export function schemaObject(value: JsonValue | undefined): JsonObject {
  return isObject(value) && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** The value as a list; empty if it is none. */
export function schemaList(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** Name of a component without the module that pydantic puts before names that it has twice. */
function shortComponent(name: string): string {
  return name.split("__").slice(-2).join(".");
}
