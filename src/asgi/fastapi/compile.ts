import type { JsonObject, JsonValue } from "../../openapi/index.ts";
import type { Bounds, ModelRule, ModelType, StringType, Type } from "./types.ts";

const ANY: Type = { kind: "any" };
const TEXT: Type = { kind: "str", strip: false };

/** Facts about an application's models that their schemas do not show. */
export interface SchemaFacts {
  readonly models: readonly ModelRule[];
  readonly strips: (schema: JsonObject) => boolean;
  readonly wholeLimit: (printed: number) => bigint;
}

/** The pydantic types that the schemas of one OpenAPI document were printed from. */
export class Types {
  readonly #components: JsonObject;
  readonly #facts: SchemaFacts;
  readonly #rules: ReadonlyMap<string, ModelRule>;
  readonly #named = new Map<string, Type>();
  readonly #inline = new Map<JsonObject, Type>();

  /** @param components the `components` of the OpenAPI */
  constructor(components: JsonObject, facts: SchemaFacts) {
    this.#components = (components["schemas"] ?? {}) as JsonObject;
    this.#facts = facts;
    this.#rules = new Map(facts.models.map((rule) => [rule.model, rule]));
  }

  /** The type of a schema, compiled once. */
  of(schema: JsonObject): Type {
    let type = this.#inline.get(schema);
    if (type === undefined) {
      type = this.#compile(schema);
      this.#inline.set(schema, type);
    }
    return type;
  }

  /** The type of a schema of `components`: a model, or an Enum class. */
  named(name: string): Type {
    let type = this.#named.get(name);
    if (type === undefined) {
      const schema = (this.#components[name] ?? {}) as JsonObject;
      type =
        "enum" in schema
          ? { kind: "enum", name: className(name), values: schema["enum"] as JsonValue[] }
          : this.#model(schema, className(name));
      this.#named.set(name, type);
    }
    return type;
  }

  #compile(schema: JsonObject): Type {
    const ref = schema["$ref"];
    if (typeof ref === "string") return this.named(ref.slice(ref.lastIndexOf("/") + 1));
    if (Array.isArray(schema["anyOf"])) return this.#union(schema["anyOf"] as JsonObject[]);
    if ("const" in schema) return { kind: "literal", values: [schema["const"] as JsonValue] };
    if (Array.isArray(schema["enum"])) return { kind: "literal", values: schema["enum"] };
    switch (schema["type"]) {
      case "integer":
        return { kind: "int", bounds: numberBounds(schema, this.#facts.wholeLimit) };
      case "number":
        return { kind: "float", bounds: numberBounds(schema, (limit) => limit) };
      case "boolean":
        return { kind: "bool" };
      case "null":
        return { kind: "none" };
      case "string":
        return "contentMediaType" in schema ? { kind: "file" } : this.#string(schema);
      case "array":
        return {
          kind: "list",
          items: this.of((schema["items"] ?? {}) as JsonObject),
          ...lengthRange(schema, "minItems", "maxItems"),
        };
      case "object":
        return "properties" in schema
          ? this.#model(schema, String(schema["title"] ?? "Model"))
          : this.#dict(schema);
      default:
        return ANY;
    }
  }

  /**
   * The type of an `anyOf`. With null it is an Optional: null is no branch of its own, and a single other branch is no
   * union.
   */
  #union(branches: readonly JsonObject[]): Type {
    const others = branches.filter((branch) => branch["type"] !== "null").map((branch) => this.of(branch));
    const [only] = others;
    const inner: Type = others.length === 1 && only !== undefined ? only : { kind: "union", choices: others };
    return others.length === branches.length ? inner : { kind: "nullable", inner };
  }

  #dict(schema: JsonObject): Type {
    const values = schema["additionalProperties"];
    const free = values === true || values === undefined;
    const names = schema["propertyNames"];
    return {
      kind: "dict",
      keys: names !== undefined ? this.#string(names as JsonObject) : free ? ANY : TEXT,
      values: free ? ANY : this.of(values as JsonObject),
      ...lengthRange(schema, "minProperties", "maxProperties"),
    };
  }

  #string(schema: JsonObject): StringType {
    const pattern = schema["pattern"];
    return {
      kind: "str",
      ...lengthRange(schema, "minLength", "maxLength"),
      ...(typeof pattern === "string" ? { pattern } : {}),
      strip: this.#facts.strips(schema),
    };
  }

  #model(schema: JsonObject, name: string): ModelType {
    const rule = this.#rules.get(name);
    const required = (schema["required"] ?? []) as readonly JsonValue[];
    const extra = schema["additionalProperties"];
    const fields = Object.entries((schema["properties"] ?? {}) as JsonObject).map(([field, declared]) => ({
      name: field,
      keys: rule?.aliases?.[field] ?? [field],
      type: this.of(declared as JsonObject),
      required: required.includes(field),
      fallback: (declared as JsonObject)["default"],
    }));
    return {
      kind: "model",
      name,
      fields,
      extra: extra === true ? "allow" : extra === false ? "forbid" : "ignore",
      rule,
    };
  }
}

/**
 * The name of the class that a schema was printed from: the last part of `api__schemas__x__Model`, and `ModelType` of
 * `ModelType-Input`.
 */
export function className(schema: string): string {
  return (schema.split("__").at(-1) ?? schema).replace(/-(?:In|Out)put$/, "");
}

function lengthRange(schema: JsonObject, min: string, max: string): { min?: number; max?: number } {
  return {
    ...(typeof schema[min] === "number" ? { min: schema[min] } : {}),
    ...(typeof schema[max] === "number" ? { max: schema[max] } : {}),
  };
}

function numberBounds<N extends bigint | number>(schema: JsonObject, exact: (limit: number) => N): Bounds<N> {
  const bound = (keyword: string): N | undefined => {
    const limit = schema[keyword];
    return typeof limit === "number" ? exact(limit) : undefined;
  };
  const [le, lt, ge, gt] = ["maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"].map(bound);
  return {
    ...(le !== undefined ? { le } : {}),
    ...(lt !== undefined ? { lt } : {}),
    ...(ge !== undefined ? { ge } : {}),
    ...(gt !== undefined ? { gt } : {}),
  };
}
