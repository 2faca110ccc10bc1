import { type Random, isObject } from "../../../util/index.ts";
import type { Json } from "../base/index.ts";
import { NEVER, type Schema, asSchema, combine, listOf } from "./combine.ts";
import { type Hints, mentions } from "./hints.ts";
import { boundOf, makeNumber, makeString } from "./scalars.ts";

/** Options for the choices that a schema leaves open. */
export interface MakerOptions {
  readonly hints: Hints;
  readonly random: Random;
  /** Make only required members and those that the prompt mentions, as arguments of a call. */
  readonly sparse: boolean;
}

/** Thrown when no value matches a part of the schema, or none was found. */
class NoValue extends Error {}

/** Depth beyond which only required members are made, so that recursive schemas end. */
const SOFT_DEPTH = 3;
const HARD_DEPTH = 64;
/** Maximum number of steps for one value. */
const MAX_STEPS = 20_000;
const MAX_REFS = 64;
const TYPES_INFERRED: readonly (readonly [string, string])[] = [
  ["properties", "object"],
  ["required", "object"],
  ["minProperties", "object"],
  ["items", "array"],
  ["prefixItems", "array"],
  ["minItems", "array"],
  ["pattern", "string"],
  ["format", "string"],
  ["minLength", "string"],
  ["maxLength", "string"],
  ["minimum", "number"],
  ["maximum", "number"],
  ["exclusiveMinimum", "number"],
  ["exclusiveMaximum", "number"],
  ["multipleOf", "number"],
];

/** Maker of values for a JSON Schema: supports OpenAI's structured outputs, and most other keywords. */
export class Maker {
  readonly #root: unknown;
  readonly #options: MakerOptions;
  #steps = 0;

  constructor(root: unknown, options: MakerOptions) {
    this.#root = root;
    this.#options = options;
  }

  /** True if the search was given up: another seed would not help. */
  get exhausted(): boolean {
    return this.#steps > MAX_STEPS;
  }

  /** @returns a value, or `undefined` if none was found */
  make(): unknown {
    try {
      return this.#value(this.#root, "", 0);
    } catch (error) {
      if (error instanceof NoValue) return undefined;
      throw error;
    }
  }

  #value(given: unknown, name: string, depth: number): unknown {
    if (++this.#steps > MAX_STEPS || depth > HARD_DEPTH) throw new NoValue();
    const schema = this.#flat(given);
    if (schema === NEVER) throw new NoValue();
    if (schema === true) return this.#ofType("string", {}, name, depth);
    if ("const" in schema) return schema["const"];
    if (Array.isArray(schema["enum"])) return this.#oneOf(schema["enum"] as unknown[]);
    for (const keyword of ["anyOf", "oneOf"]) {
      const branches = schema[keyword];
      if (!Array.isArray(branches)) continue;
      const { [keyword]: _, ...rest } = schema;
      return this.#first(this.#ordered(branches, depth), (branch) =>
        this.#value(combine(rest, asSchema(branch)), name, depth),
      );
    }
    const types = this.#typesOf(schema, depth);
    return this.#first(types, (type) => this.#ofType(type, schema, name, depth));
  }

  /** Resolves the schema's references and `allOf`. */
  #flat(given: unknown, depth = 0): Schema {
    if (depth > HARD_DEPTH) return NEVER;
    let schema = asSchema(given);
    for (let refs = 0; typeof schema === "object";) {
      const { $ref: ref, allOf, ...rest } = schema;
      if (typeof ref === "string") {
        if (++refs > MAX_REFS) return NEVER;
        const others = allOf === undefined ? rest : { ...rest, allOf };
        schema = combine(asSchema(this.#resolve(ref)), others);
      } else if (Array.isArray(allOf)) {
        if (++refs > MAX_REFS) return NEVER;
        this.#steps += allOf.length;
        if (this.#steps > MAX_STEPS) throw new NoValue();
        schema = (allOf as unknown[]).reduce<Schema>(
          (all, part) => combine(all, this.#flat(part, depth + 1)),
          rest,
        );
      } else break;
    }
    return schema;
  }

  /** Resolves a reference within the schema: `#`, `#/$defs/name`. */
  #resolve(ref: string): unknown {
    if (!ref.startsWith("#")) throw new NoValue();
    const target = decodeURIComponent(ref.slice(1))
      .split("/")
      .slice(1)
      .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"))
      .reduce<unknown>(
        (value, key) => (typeof value === "object" && value !== null ? (value as Json)[key] : undefined),
        this.#root,
      );
    if (target === undefined) throw new NoValue();
    return target;
  }

  /** Result of the first alternative that leads to a value. */
  #first<T>(ways: readonly T[], go: (way: T) => unknown): unknown {
    for (const [i, way] of ways.entries()) {
      try {
        return go(way);
      } catch (error) {
        if (!(error instanceof NoValue) || i === ways.length - 1 || this.#steps > MAX_STEPS) throw error;
      }
    }
    throw new NoValue();
  }

  #oneOf(values: readonly unknown[]): unknown {
    if (values.length === 0) throw new NoValue();
    const { hints, random } = this.#options;
    const meant = values.find((value) => typeof value === "string" && mentions(hints, value));
    if (meant !== undefined) return meant;
    const some = values.filter((value) => value !== null);
    return some.length === 0 ? null : random.pick(some);
  }

  /** Rotates the branches of `anyOf` at random; `null` comes last, but first in deep levels. */
  #ordered(branches: readonly unknown[], depth: number): unknown[] {
    const start = this.#options.random.int(branches.length);
    const turned = [...branches.slice(start), ...branches.slice(0, start)];
    const deep = depth > SOFT_DEPTH;
    const rank = (branch: unknown): number => {
      const weight = weightOf(branch);
      return deep ? weight : weight === 0 ? 1 : 0;
    };
    return turned.toSorted((a, b) => rank(a) - rank(b));
  }

  #typesOf(schema: Json, depth: number): string[] {
    const { type } = schema;
    if (type !== undefined) {
      const types = listOf(type).map(String);
      const plain = types.filter((name) => name !== "null");
      if (plain.length === types.length) return types;
      return depth > SOFT_DEPTH ? ["null", ...plain] : [...plain, "null"];
    }
    return [TYPES_INFERRED.find(([keyword]) => keyword in schema)?.[1] ?? "string"];
  }

  #ofType(type: string, schema: Json, name: string, depth: number): unknown {
    const { hints, random } = this.#options;
    switch (type) {
      case "null":
        return null;
      case "boolean":
        return random.int(4) > 0;
      case "integer":
      case "number":
        return demanded(makeNumber(schema, type === "integer", name, hints, random));
      case "array":
        return this.#array(schema, name, depth);
      case "object":
        return this.#object(schema, depth);
      case "string":
        return demanded(makeString(schema, name, hints, random));
      default:
        throw new NoValue();
    }
  }

  #array(schema: Json, name: string, depth: number): unknown[] {
    const { items, prefixItems, contains, uniqueItems } = schema;
    const min = boundOf(schema["minItems"]) ?? 0;
    const max = boundOf(schema["maxItems"]) ?? Infinity;
    const prefix = Array.isArray(prefixItems) ? (prefixItems as unknown[]) : [];
    if (min > max) throw new NoValue();
    const some = depth > SOFT_DEPTH ? 0 : depth > 1 ? 1 : 2 + this.#options.random.int(2);
    const wished = Math.max(min, prefix.length > 0 && some > 0 ? prefix.length : some);
    const length = Math.min(wished, max, items === false ? prefix.length : Infinity);
    if (length < min) throw new NoValue();
    const list: unknown[] = [];
    const known = new Set<string>();
    const one = singular(name);
    for (let i = 0; i < length; i++) {
      const item = prefix[i] ?? (i === prefix.length && contains !== undefined ? contains : items);
      const make = (): unknown => this.#value(item ?? true, one, depth + 1);
      const next = uniqueItems === true ? distinct(known, make) : this.#orStop(make, i >= min);
      if (next === undefined) {
        if (i >= min) break;
        throw new NoValue();
      }
      list.push(next);
    }
    return list;
  }

  /** Makes a value; `undefined` if none was found and the value is optional. */
  #orStop(make: () => unknown, optional: boolean): unknown {
    try {
      return make();
    } catch (error) {
      if (optional && error instanceof NoValue && this.#steps <= MAX_STEPS) return undefined;
      throw error;
    }
  }

  #object(schema: Json, depth: number): Json {
    const { additionalProperties, patternProperties } = schema;
    const properties = isObject(schema["properties"]) ? schema["properties"] : {};
    const required = new Set(listOf(schema["required"] ?? []).map(String));
    const max = boundOf(schema["maxProperties"]) ?? Infinity;
    const result = new Map<string, unknown>();
    const names = Object.keys(properties);
    const room = (): number => max - result.size - [...required].filter((key) => !result.has(key)).length;
    for (const key of names) {
      const needed = required.has(key);
      if (!needed && (room() <= 0 || !this.#wants(key, properties[key], depth, required.size))) continue;
      const value = this.#orStop(() => this.#value(properties[key], key, depth + 1), !needed);
      if (value !== undefined) result.set(key, value);
    }
    const other = (key: string): unknown =>
      Object.entries(isObject(patternProperties) ? patternProperties : {}).find(([pattern]) =>
        new RegExp(pattern, "u").test(key),
      )?.[1] ?? additionalProperties;
    for (const key of required) {
      if (result.has(key)) continue;
      result.set(key, this.#value(other(key) ?? true, key, depth + 1));
    }
    // An object with free member names, such as a map, gets members named by words of the prompt.
    const min =
      boundOf(schema["minProperties"]) ?? (names.length === 0 && isObject(additionalProperties) ? 1 : 0);
    if (min > MAX_STEPS) throw new NoValue();
    for (let i = 0; result.size < Math.min(min, max) && i < min + names.length + 8; i++) {
      const key = this.#options.hints.keywords[i] ?? `key_${i + 1}`;
      const declared = properties[key] ?? other(key);
      if (!result.has(key) && declared !== false)
        result.set(key, this.#value(declared ?? true, key, depth + 1));
    }
    return Object.fromEntries(result);
  }

  #wants(key: string, schema: unknown, depth: number, required: number): boolean {
    const { sparse, hints } = this.#options;
    if (depth > SOFT_DEPTH) return false;
    if (!sparse || required === 0) return true;
    const flat = this.#flat(schema);
    const values = typeof flat === "object" && Array.isArray(flat["enum"]) ? (flat["enum"] as unknown[]) : [];
    return (
      mentions(hints, key) || values.some((value) => typeof value === "string" && mentions(hints, value))
    );
  }
}

function demanded<T>(value: T | undefined): T {
  if (value === undefined) throw new NoValue();
  return value;
}

const DISTINCT_TRIES = 40;

function distinct(known: Set<string>, make: () => unknown): unknown {
  for (let i = 0; i < DISTINCT_TRIES; i++) {
    const value = make();
    const text = JSON.stringify(value);
    if (known.has(text)) continue;
    known.add(text);
    return value;
  }
  return undefined;
}

/** Depth that a branch may lead to: 0 for `null`, most for references to other schemas. */
function weightOf(branch: unknown): number {
  if (!isObject(branch)) return 3;
  const { type } = branch;
  if (type === "null" || branch["const"] === null) return 0;
  if ("const" in branch || "enum" in branch) return 1;
  if ("$ref" in branch || "anyOf" in branch || "allOf" in branch || "oneOf" in branch) return 6;
  if (type === "object") return 5;
  return type === "array" ? 4 : 2;
}

/** Singular of a list's name for its items: `tags` becomes `tag`. */
function singular(name: string): string {
  return name.replace(/(?<=[a-z]{2})ies$/, "y").replace(/(?<=[a-z]{2}[^s])s$/, "");
}
