import { reasonPhrase } from "../../http/index.ts";
import { type SourceJson, SourceLiteral, type SourceObject } from "../../util/index.ts";

/** Content of a member: an object of one kind, a list of such objects, or a map of them by free names. */
type Member = PartKind | { readonly list: PartKind } | { readonly map: PartKind };

interface PartRules {
  /** Members that are left out: prose, and what is a fact of one instance only. */
  readonly drop: readonly string[];
  readonly members: Readonly<Record<string, Member>>;
}

export type PartKind =
  | "document"
  | "info"
  | "pathItem"
  | "operation"
  | "callback"
  | "parameter"
  | "requestBody"
  | "response"
  | "media"
  | "encoding"
  | "link"
  | "securityScheme"
  | "schema";

const DOCS = ["description", "summary", "externalDocs"] as const;
const OPERATIONS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"] as const;

/** Keywords of JSON Schema whose value is one schema. */
const ONE_SCHEMA = [
  "items",
  "additionalProperties",
  "propertyNames",
  "contains",
  "not",
  "if",
  "then",
  "else",
  "unevaluatedItems",
  "unevaluatedProperties",
  "contentSchema",
];

/**
 * The parts of OpenAPI 3.1 that hold prose or schemas. Where a member is not named here its value is data (`default`,
 * `enum`, `x-…`) and kept as it stands; a map's keys are names, so that a property called `title` is not taken for prose.
 */
const PARTS: Readonly<Record<PartKind, PartRules>> = {
  document: {
    drop: ["externalDocs", "servers", "tags"],
    members: { info: "info", paths: { map: "pathItem" }, webhooks: { map: "pathItem" } },
  },
  info: { drop: ["description", "summary", "contact", "termsOfService"], members: {} },
  pathItem: {
    drop: ["description", "summary", "servers"],
    members: {
      parameters: { list: "parameter" },
      ...each(OPERATIONS, "operation"),
    },
  },
  operation: {
    drop: [...DOCS, "servers"],
    members: {
      parameters: { list: "parameter" },
      requestBody: "requestBody",
      responses: { map: "response" },
      callbacks: { map: "callback" },
    },
  },
  callback: { drop: [], members: { "*": "pathItem" } },
  parameter: {
    drop: ["description", "summary", "example", "examples"],
    members: { schema: "schema", content: { map: "media" } },
  },
  requestBody: { drop: ["description", "summary"], members: { content: { map: "media" } } },
  response: {
    drop: ["summary"], // its description is required: the status's own phrase stands in for the prose

    members: { headers: { map: "parameter" }, content: { map: "media" }, links: { map: "link" } },
  },
  media: {
    drop: ["example", "examples"],
    members: { schema: "schema", itemSchema: "schema", encoding: { map: "encoding" } },
  },
  encoding: { drop: [], members: { headers: { map: "parameter" } } },
  link: { drop: ["description", "summary", "server"], members: {} },
  securityScheme: { drop: ["description", "summary"], members: {} },
  schema: {
    drop: ["description", "title", "example", "examples", "externalDocs", "$comment"],
    members: {
      ...each(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"], {
        map: "schema",
      }),
      ...each(["allOf", "anyOf", "oneOf", "prefixItems"], { list: "schema" }),
      ...each(ONE_SCHEMA, "schema"),
    },
  },
};

function each(names: readonly string[], member: Member): Record<string, Member> {
  return Object.fromEntries(names.map((name) => [name, member]));
}

/** Findings of a walk through a document. */
export interface Walk {
  /** `$ref`s and the values of discriminators, with where they stand. */
  readonly refs: { readonly pointer: readonly string[]; readonly ref: string }[];
  /** Members left out. */
  dropped: number;
}

/** A copy of an object of an OpenAPI document without its prose. */
export function withoutProse(
  value: SourceJson,
  kind: PartKind,
  pointer: readonly string[],
  walk: Walk,
): SourceJson {
  if (!(value instanceof Map)) return value; // a schema may be `true` or `false`
  const { drop, members } = PARTS[kind];
  const copy: SourceObject = new Map();
  for (const [key, child] of value) {
    const at = [...pointer, key];
    if (drop.includes(key)) walk.dropped++;
    else if (key === "$ref") {
      const ref = stringOf(child);
      if (ref !== undefined) walk.refs.push({ pointer: at, ref });
      copy.set(key, child);
    } else {
      if (key === "discriminator" && kind === "schema") addMapping(child, at, walk);
      const member = members[key] ?? members["*"];
      copy.set(key, member === undefined ? child : ofMember(child, member, at, walk));
    }
  }
  if (kind === "response" && !copy.has("$ref"))
    copy.set("description", new SourceLiteral(JSON.stringify(reasonPhrase(Number(pointer.at(-1))) ?? "")));
  return copy;
}

function ofMember(value: SourceJson, member: Member, at: readonly string[], walk: Walk): SourceJson {
  if (typeof member === "string") return withoutProse(value, member, at, walk);
  if ("list" in member)
    return Array.isArray(value)
      ? value.map((item, i) => withoutProse(item, member.list, [...at, String(i)], walk))
      : value;
  if (!(value instanceof Map)) return value;
  return new Map(
    [...value].map(([name, item]) => [name, withoutProse(item, member.map, [...at, name], walk)]),
  );
}

function addMapping(discriminator: SourceJson, at: readonly string[], walk: Walk): void {
  const mapping = discriminator instanceof Map ? discriminator.get("mapping") : undefined;
  if (!(mapping instanceof Map)) return;
  for (const [name, target] of mapping) {
    const ref = stringOf(target);
    // A bare name is that of a schema.
    if (ref !== undefined)
      walk.refs.push({
        pointer: [...at, "mapping", name],
        ref: /[#/]/.test(ref) ? ref : `#/components/schemas/${ref}`,
      });
  }
}

/** The string that a literal holds; `undefined` for any other value. */
export function stringOf(value: SourceJson | undefined): string | undefined {
  const plain = value instanceof SourceLiteral ? value.value : undefined;
  return typeof plain === "string" ? plain : undefined;
}
