/**
 * Requests made from the schemas of an OpenAPI, right and wrong, from a seed. It shares nothing with what judges them but
 * the OpenAPI itself.
 */
import type { JsonObject } from "../../../src/openapi/document/document.ts";
import { Random as SeededRandom } from "../../support/random.ts";

/** JSON to be printed, with what JSON.stringify has no way to say: odd lexemes, repeated keys, an order of keys. */
export type Tree = string | boolean | null | Raw | readonly Tree[] | Members;

/** A piece of text that stands as it is. */
export interface Raw {
  readonly raw: string;
}

export interface Members {
  readonly members: readonly (readonly [string, Tree])[];
}

export const raw = (text: string): Raw => ({ raw: text });
export const object = (...members: readonly (readonly [string, Tree])[]): Members => ({ members });
export const isMembers = (tree: Tree): tree is Members =>
  typeof tree === "object" && tree !== null && "members" in tree;
const isRaw = (tree: Tree): tree is Raw => typeof tree === "object" && tree !== null && "raw" in tree;

export function print(tree: Tree, space = ""): string {
  if (tree === null || typeof tree === "boolean" || typeof tree === "string") return JSON.stringify(tree);
  if (isRaw(tree)) return tree.raw;
  const comma = `,${space}`;
  if (isMembers(tree))
    return `{${tree.members.map(([key, value]) => `${JSON.stringify(key)}:${space}${print(value, space)}`).join(comma)}}`;
  return `[${tree.map((item) => print(item, space)).join(comma)}]`;
}

/** Numbers that are the same on every machine. */
export class Random extends SeededRandom {
  /** A number from 0 up to `count`, without it: the remainder, as the counts of earlier runs have it. */
  override below(count: number): number {
    return (this.next() * 2 ** 32) % count;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}

export type Path = readonly (string | number)[];

/** A place in a tree and the schema of what stands there. */
export interface Location {
  readonly path: Path;
  readonly schema: JsonObject;
}

/** Makes values that a schema and OGL's own validators accept. */
export class Maker {
  readonly #components: JsonObject;
  readonly #random: Random;
  /** Whether a number may come as a string and the like, as lax mode takes it. */
  readonly #lax: boolean;
  readonly locations: Location[] = [];

  constructor(components: JsonObject, random: Random, lax: boolean) {
    this.#components = components["schemas"] as JsonObject;
    this.#random = random;
    this.#lax = lax;
  }

  resolve(schema: JsonObject): JsonObject {
    const ref = schema["$ref"];
    return typeof ref === "string"
      ? (this.#components[ref.slice(ref.lastIndexOf("/") + 1)] as JsonObject)
      : schema;
  }

  value(declared: JsonObject, path: Path): Tree {
    const schema = this.resolve(declared);
    this.locations.push({ path, schema: declared });
    const random = this.#random;
    if (Array.isArray(schema["anyOf"])) {
      const branches = schema["anyOf"] as JsonObject[];
      const from = this.locations.length;
      const made = this.value(random.pick(branches), path);
      // What stands in a branch of a union is right for that branch only: it is no place of its own.
      const isUnion = branches.filter((branch) => branch["type"] !== "null").length > 1;
      this.locations.splice(from, isUnion ? this.locations.length : 1);
      return made;
    }
    if ("const" in schema) return schema["const"] as Tree;
    if (Array.isArray(schema["enum"])) return random.pick(schema["enum"] as Tree[]);
    switch (schema["type"]) {
      case "integer":
        return this.#integer(schema);
      case "number":
        return this.#number(schema);
      case "boolean":
        return this.#lax && random.chance(30)
          ? random.pick<Tree>([raw("1"), raw("0.0"), "yes", "F"])
          : random.chance(50);
      case "null":
        return null;
      case "string":
        return random.pick(["a", "some text", "é€😀", "x y", "qwen3-coder"]);
      case "array":
        return this.#array(schema, path);
      case "object":
        return "properties" in schema ? this.#model(schema, path) : this.#dict(schema, path);
      default:
        return random.pick<Tree>([null, "any", raw("5"), object(["role", "user"], ["content", "hé"]), []]);
    }
  }

  #integer(schema: JsonObject): Tree {
    const low = Math.ceil(Number(schema["minimum"] ?? Number(schema["exclusiveMinimum"] ?? -3) + 1));
    const high = Number(schema["maximum"] ?? low + 50);
    const value = String(low + this.#random.below(Math.min(high - low + 1, 1000)));
    return this.#lax && this.#random.chance(30)
      ? this.#random.pick<Tree>([value, raw(`${value}.0`), ` ${value}.00`])
      : raw(value);
  }

  #number(schema: JsonObject): Tree {
    const low = Number(schema["minimum"] ?? -2);
    const value =
      schema["maximum"] === 1
        ? "0.5"
        : `${low + this.#random.below(9)}${this.#random.pick(["", ".25", "e1"])}`;
    const shown = schema["maximum"] === 1e16 ? "17.5" : value.startsWith("-") && low >= 0 ? "1" : value;
    return this.#lax && this.#random.chance(30) ? shown : raw(shown);
  }

  #array(schema: JsonObject, path: Path): Tree {
    const min = Number(schema["minItems"] ?? 0);
    const length = min + this.#random.below(3);
    return Array.from({ length: Math.max(length, 1) }, (_, i) =>
      this.value((schema["items"] ?? {}) as JsonObject, [...path, i]),
    );
  }

  #dict(schema: JsonObject, path: Path): Tree {
    const values = schema["additionalProperties"];
    if (values === true) return object(["type", "function"], ["function", object(["name", "f"])]);
    return object(
      ...["k1", "50256"].map((key) => [key, this.value(values as JsonObject, [...path, key])] as const),
    );
  }

  #model(schema: JsonObject, path: Path): Tree {
    const required = (schema["required"] ?? []) as string[];
    const members: [string, Tree][] = [];
    for (const [name, declared] of Object.entries(schema["properties"] as JsonObject)) {
      const always = required.includes(name) || ALWAYS.has(name);
      if (!always && (NEVER.has(name) || !this.#random.chance(45))) continue;
      const at = [...path, name];
      const fixed = FIXED[name];
      if (fixed !== undefined) this.locations.push({ path: at, schema: declared as JsonObject });
      members.push([name, fixed ?? this.value(declared as JsonObject, at)]);
    }
    if (schema["additionalProperties"] === true && this.#random.chance(30))
      members.push([this.#random.pick(["foo", "1", "_sa_x", "max_tokens"]), raw("5")]);
    return object(...members);
  }
}

/** Fields that OGL checks further; made so that it has nothing to say against them. */
const FIXED: Readonly<Record<string, Tree>> = {
  expires: raw("4102444800"),
  score_threshold: raw("0.0"),
  search: false,
  limits: [],
  url: "https://example.org",
  query: "q",
};
const ALWAYS = new Set(["url", "query"]);
const NEVER = new Set(["qos_metric", "search_args"]);

/** Puts another tree at a place; `undefined` takes the member away. */
export function replaceAt(tree: Tree, path: Path, by: Tree | undefined): Tree {
  const [head, ...rest] = path;
  if (head === undefined) return by ?? null;
  if (Array.isArray(tree)) {
    const list = tree as readonly Tree[];
    return list.flatMap((item, i) => {
      if (i !== head) return [item];
      return rest.length === 0 && by === undefined ? [] : [replaceAt(item, rest, by)];
    });
  }
  if (!isMembers(tree)) return tree;
  return object(
    ...tree.members.flatMap(([key, value]): (readonly [string, Tree])[] => {
      if (key !== head) return [[key, value]];
      return rest.length === 0 && by === undefined ? [] : [[key, replaceAt(value, rest, by)]];
    }),
  );
}
