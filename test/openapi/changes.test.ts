/** Every kind of change of an OpenAPI, made in OGL's own document at many places: what is found, whom it touches, whether it breaks. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { specChanges } from "../../src/openapi/changes/changes.ts";
import type { JsonObject, JsonValue } from "../../src/openapi/document/document.ts";

const PINNED = JSON.parse(readFileSync("spec/openapi-0.4.5.json", "utf8")) as JsonObject;
const VERBS = new Set(["get", "post", "put", "patch", "delete"]);

const at = (value: unknown, ...keys: string[]): JsonObject =>
  keys.reduce<unknown>((parent, key) => (parent as JsonObject | undefined)?.[key], value) as JsonObject;
const schemas = (document: JsonObject): JsonObject => at(document, "components", "schemas");
const each = (value: JsonObject): [string, JsonObject][] => Object.entries(value) as [string, JsonObject][];

interface Users {
  readonly request: Set<string>;
  readonly response: Set<string>;
}

/** The operations that use each component, by direction; found by nothing but its references. */
const users = new Map<string, Users>();
for (const [path, item] of each(at(PINNED, "paths")))
  for (const [verb, operation] of each(item).filter(([name]) => VERBS.has(name)))
    for (const [direction, part] of [
      ["request", [operation["requestBody"] ?? null, operation["parameters"] ?? null]],
      ["response", operation["responses"] ?? null],
    ] as const)
      for (const name of referred(part as JsonValue)) {
        const known = users.get(name) ?? { request: new Set(), response: new Set() };
        known[direction].add(`${verb.toUpperCase()} ${path}`);
        users.set(name, known);
      }

function referred(value: JsonValue, seen = new Set<string>()): Set<string> {
  if (value === null || typeof value !== "object") return seen;
  for (const [key, item] of Object.entries(value)) {
    if (key !== "$ref" || typeof item !== "string") referred(item, seen);
    else if (!seen.has(item.slice(item.lastIndexOf("/") + 1))) {
      const name = item.slice(item.lastIndexOf("/") + 1);
      referred(schemas(PINNED)[name] ?? null, seen.add(name));
    }
  }
  return seen;
}

/** A change of a component: what makes it at a place, and in which directions it breaks. */
interface Mutation {
  readonly name: string;
  readonly kind: string;
  readonly breaks: readonly ("request" | "response")[];
  /** Changes the component if it has a place for it. @returns whether it has */
  apply(schema: JsonObject): boolean;
}

const members = (schema: JsonObject): [string, JsonObject][] =>
  each((schema["properties"] ?? {}) as JsonObject);
const required = (schema: JsonObject): string[] => (schema["required"] ?? []) as string[];
const BOTH = ["request", "response"] as const;

/** Makes a change at the last member that fits. */
function atMember(
  fits: (member: JsonObject, name: string, schema: JsonObject) => boolean,
  change: (member: JsonObject, name: string, schema: JsonObject) => void,
): Mutation["apply"] {
  return (schema) => {
    const found = members(schema).findLast(([name, member]) => fits(member, name, schema));
    if (found !== undefined) change(found[1], found[0], schema);
    return found !== undefined;
  };
}

const isText = ({ type, enum: values, maxLength }: JsonObject): boolean =>
  type === "string" && values === undefined && maxLength === undefined;

const MUTATIONS: readonly Mutation[] = [
  {
    name: "an optional member is added",
    kind: "member-added",
    breaks: [],
    apply: (schema) => {
      if (schema["properties"] !== undefined) at(schema, "properties")["x_new"] = { type: "string" };
      return schema["properties"] !== undefined;
    },
  },
  {
    name: "a required member is added",
    kind: "member-added",
    breaks: ["request"],
    apply: (schema) => {
      if (schema["properties"] !== undefined) {
        at(schema, "properties")["x_new"] = { type: "string" };
        schema["required"] = [...required(schema), "x_new"];
      }
      return schema["properties"] !== undefined;
    },
  },
  {
    name: "a member is removed",
    kind: "member-removed",
    breaks: BOTH,
    apply: atMember(
      () => true,
      (_, name, schema) => {
        delete at(schema, "properties")[name];
        schema["required"] = required(schema).filter((other) => other !== name);
      },
    ),
  },
  {
    name: "a member is required from now on",
    kind: "required",
    breaks: ["request"],
    apply: atMember(
      (_, name, schema) => !required(schema).includes(name),
      (_, name, schema) => (schema["required"] = [...required(schema), name]),
    ),
  },
  {
    name: "a member is no longer required",
    kind: "required",
    breaks: ["response"],
    apply: atMember(
      (_, name, schema) => required(schema).includes(name),
      (_, name, schema) => (schema["required"] = required(schema).filter((other) => other !== name)),
    ),
  },
  {
    name: "a member has another type",
    kind: "type",
    breaks: BOTH,
    apply: atMember(isText, (member) => (member["type"] = "boolean")),
  },
  {
    name: "a member may be null",
    kind: "type",
    breaks: ["response"],
    apply: atMember(isText, (member) => (member["type"] = ["string", "null"])),
  },
  {
    name: "a member may no longer be null",
    kind: "type",
    breaks: ["request"],
    apply: atMember(
      ({ anyOf }) => Array.isArray(anyOf) && anyOf.some((one) => at(one, "type") === ("null" as never)),
      (member) => (member["anyOf"] = (member["anyOf"] as JsonObject[]).filter(({ type }) => type !== "null")),
    ),
  },
  {
    name: "a text is limited",
    kind: "bound",
    breaks: ["request"],
    apply: atMember(isText, (member) => (member["maxLength"] = 3)),
  },
  {
    name: "a limit is lifted",
    kind: "bound",
    breaks: ["response"],
    apply: atMember(
      ({ maxLength }) => maxLength !== undefined,
      (member) => delete member["maxLength"],
    ),
  },
  {
    name: "a pattern is added",
    kind: "constraint",
    breaks: ["request"],
    apply: atMember(isText, (member) => (member["pattern"] = "^a")),
  },
  {
    name: "a default is another",
    kind: "default",
    breaks: ["request"],
    apply: atMember(
      (member) => member["default"] === 10 || member["default"] === false,
      (member) => (member["default"] = member["default"] === 10 ? 11 : true),
    ),
  },
  {
    name: "an enum is narrowed",
    kind: "enum",
    breaks: ["request"],
    apply: (schema) => narrowed(schema, (values) => values.slice(1)),
  },
  {
    name: "an enum is widened",
    kind: "enum",
    breaks: ["response"],
    apply: (schema) => narrowed(schema, (values) => [...values, "x_new"]),
  },
  {
    name: "other members are refused",
    kind: "constraint",
    breaks: ["request"],
    apply: (schema) => {
      const fits = schema["properties"] !== undefined && schema["additionalProperties"] === undefined;
      if (fits) schema["additionalProperties"] = false;
      return fits;
    },
  },
];

function narrowed(schema: JsonObject, change: (values: JsonValue[]) => JsonValue[]): boolean {
  const values = schema["enum"];
  if (!Array.isArray(values) || values.length < 2) return false;
  schema["enum"] = change(values);
  return true;
}

/** Most places of one mutation: the document is large. */
const PLACES = 2;

/** Places of a mutation: components of every kind of use first. */
function places(mutation: Mutation): string[] {
  const fitting = [...users.keys()].filter((name) =>
    mutation.apply(structuredClone(schemas(PINNED)[name] as JsonObject)),
  );
  const use = (name: string): string =>
    [...(users.get(name)?.request ?? [])].length > 0 ? "request" : "response";
  const byUse = [...Map.groupBy(fitting, use).values()];
  return byUse.flatMap((names) => names.slice(0, PLACES / 2));
}

describe("a change of a component", () => {
  it.each(MUTATIONS.map((mutation) => [mutation.name, mutation]))("%s", (_, mutation) => {
    const found = places(mutation);
    expect(found.length).toBeGreaterThan(0);
    for (const name of found) {
      const changed = structuredClone(PINNED);
      mutation.apply(schemas(changed)[name] as JsonObject);
      const changes = specChanges(PINNED, changed);
      const expected = BOTH.flatMap((part) => {
        const operations = users.get(name)?.[part] ?? new Set<string>();
        const breaking = mutation.breaks.includes(part);
        return operations.size === 0
          ? []
          : [{ kind: mutation.kind, part, breaking, operations: [...operations] }];
      });
      const got = changes.map(({ kind, part, breaking, operations }) => ({
        kind,
        part,
        breaking,
        operations,
      }));
      expect({ name, got: got.toSorted(byPart) }).toEqual({ name, got: expected });
      for (const change of changes) expect(change.pointer).toContain(`/components/schemas/${name}`);
    }
  });
});

const byPart = (a: { part: string }, b: { part: string }): number => a.part.localeCompare(b.part);

const CHAT = ["paths", "/v1/chat/completions", "post"] as const;
const MODEL = ["paths", "/v1/models/{model}", "get"] as const;

const OPERATION_CHANGES: readonly [
  name: string,
  kind: string,
  breaking: boolean,
  change: (document: JsonObject) => void,
][] = [
  ["an operation is removed", "operation-removed", true, (d) => delete at(d, "paths")["/v1/rerank"]],
  [
    "an operation is added",
    "operation-added",
    false,
    (d) => (at(d, "paths")["/v1/new"] = { get: { operationId: "new", responses: { "200": {} } } }),
  ],
  [
    "a path parameter has another name",
    "operation-renamed",
    false,
    (d) => {
      const { [MODEL[1]]: item, ...others } = at(d, "paths");
      const parameters = at(item, "get")["parameters"] as JsonObject[];
      for (const parameter of parameters) parameter["name"] = "model_id";
      d["paths"] = { ...others, "/v1/models/{model_id}": item as JsonObject };
    },
  ],
  ["an operationId is another", "operation-renamed", false, (d) => (at(d, ...CHAT)["operationId"] = "chat")],
  ["an operation is deprecated", "deprecated", false, (d) => (at(d, ...CHAT)["deprecated"] = true)],
  [
    "a key is needed",
    "security",
    true,
    (d) => (at(d, "paths", "/health", "get")["security"] = [{ HTTPBearer: [] }]),
  ],
  ["no key is needed", "security", false, (d) => delete at(d, ...CHAT)["security"]],
  [
    "an optional parameter is added",
    "parameter-added",
    false,
    (d) => (at(d, "paths", "/health", "get")["parameters"] = [{ name: "q", in: "query", schema: {} }]),
  ],
  [
    "a required parameter is added",
    "parameter-added",
    true,
    (d) =>
      (at(d, "paths", "/health", "get")["parameters"] = [
        { name: "q", in: "query", required: true, schema: {} },
      ]),
  ],
  [
    "a parameter is removed",
    "parameter-removed",
    true,
    (d) => (at(d, "paths", "/v1/me/keys", "get")["parameters"] as JsonValue[]).pop(),
  ],
  [
    "a body is no longer required",
    "required",
    false,
    (d) => (at(d, ...CHAT, "requestBody")["required"] = false),
  ],
  ["a body is removed", "body-removed", true, (d) => delete at(d, ...CHAT)["requestBody"]],
  [
    "a required body is added",
    "body-added",
    true,
    (d) => (at(d, ...MODEL)["requestBody"] = { required: true, content: {} }),
  ],
  ["a success is removed", "status-removed", true, (d) => delete at(d, ...MODEL, "responses")["200"]],
  ["an error is removed", "status-removed", false, (d) => delete at(d, ...MODEL, "responses")["422"]],
  ["a status is added", "status-added", false, (d) => (at(d, ...MODEL, "responses")["418"] = {})],
  [
    "an answer has another media type",
    "media-type-removed",
    true,
    (d) => delete at(d, ...MODEL, "responses", "200", "content")["application/json"],
  ],
  [
    "a request may have another media type",
    "media-type-added",
    false,
    (d) => (at(d, ...CHAT, "requestBody", "content")["application/yaml"] = {}),
  ],
];

describe("a change of an operation", () => {
  it.each(OPERATION_CHANGES)("%s", (_, kind, breaking, change) => {
    const changed = structuredClone(PINNED);
    change(changed);
    const changes = specChanges(PINNED, changed);
    expect(changes.map((one) => [one.kind, one.breaking])).toEqual([[kind, breaking]]);
    expect(changes[0]?.operations).toHaveLength(1);
  });

  it("the order of paths that fit one request counts, that of others does not", () => {
    const [one, other] = [{ get: { operationId: "a" } }, { get: { operationId: "b" } }];
    const document = (paths: JsonObject): JsonObject => ({ paths });
    const before = document({ "/a/{id}": one, "/a/list": other, "/b": one });
    expect(specChanges(before, document({ "/b": one, "/a/{id}": one, "/a/list": other }))).toEqual([]);
    const swapped = specChanges(before, document({ "/a/list": other, "/a/{id}": one, "/b": one }));
    expect(swapped.map(({ kind, operations }) => [kind, operations])).toEqual([
      ["path-order", ["GET /a/{id}"]],
    ]);
  });
});

describe("documents that are the same for clients", () => {
  const shuffled = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([key, item]) => [key, shuffled(item)]),
    );
  };

  it("has no change in itself, nor with its members in another order", () => {
    expect(specChanges(PINNED, PINNED)).toEqual([]);
    const other = { ...PINNED, components: shuffled(PINNED["components"] as JsonValue) };
    expect(specChanges(PINNED, other)).toEqual([]);
  });

  it("has no change if components have other names, or stand where they are used", () => {
    const renamed = JSON.parse(
      JSON.stringify(PINNED).replaceAll(
        /"(#\/components\/schemas\/)?(Model|Usage|ChatCompletion)"/g,
        '"$1$2_renamed"',
      ),
    ) as JsonObject;
    expect(specChanges(PINNED, renamed)).toEqual([]);
    const inlined = structuredClone(PINNED);
    at(inlined, ...MODEL, "responses", "200", "content", "application/json")["schema"] = schemas(PINNED)[
      "Model"
    ] as JsonObject;
    expect(specChanges(PINNED, inlined)).toEqual([]);
  });
});

describe("schemas in several spellings", () => {
  const api = (schema: JsonValue, more: JsonObject = {}): JsonObject => ({
    paths: { "/x": { post: { requestBody: { content: { "application/json": { schema } } } } } },
    components: { schemas: more },
  });
  const kinds = (before: JsonValue, after: JsonValue): [string, boolean][] =>
    specChanges(api(before), api(after)).map(({ kind, breaking }) => [kind, breaking]);

  it.each<[JsonValue, JsonValue]>([
    [{ type: ["string", "null"] }, { anyOf: [{ type: "null" }, { type: "string" }] }],
    [{ const: 1 }, { type: "integer", enum: [1] }],
    [
      { allOf: [{ type: "object", properties: { a: true } }, { required: ["a"] }] },
      { type: "object", properties: { a: true }, required: ["a"] },
    ],
    [true, {}],
    [{ properties: {} }, { type: "object", additionalProperties: true }],
    [{ items: { type: "string" } }, { type: "array", items: { type: "string" }, uniqueItems: false }],
  ])("%j is %j", (before, after) => {
    expect(kinds(before, after)).toEqual([]);
    expect(kinds(after, before)).toEqual([]);
  });

  it.each<[JsonValue, JsonValue, string, boolean]>([
    [{ type: "integer" }, { type: "number" }, "type", false],
    [{ type: "number" }, { type: "integer" }, "type", true],
    [{ type: "string" }, true, "type", false],
    [true, { type: "string" }, "type", true],
    [{ type: "string" }, false, "type", true],
    [
      { type: "array", items: { type: "string" } },
      { type: "array", items: { type: "integer" } },
      "type",
      true,
    ],
    [{ type: "object", additionalProperties: { type: "string" } }, { type: "object" }, "type", false],
    [{ type: "integer", minimum: 1 }, { type: "integer", minimum: 2 }, "bound", true],
    [{ type: "integer", maximum: 1 }, { type: "integer", maximum: 2 }, "bound", false],
    [{ type: "string", format: "a" }, { type: "string", format: "b" }, "constraint", true],
    [{ type: "string" }, { type: "string", enum: ["a"] }, "enum", true],
  ])("%j to %j", (before, after, kind, breaking) => {
    expect(kinds(before, after)).toEqual([[kind, breaking]]);
  });

  it("pairs the branches of a union by what tells them apart", () => {
    const branch = (kind: string, member: JsonObject): JsonObject => ({
      type: "object",
      properties: { kind: { const: kind }, member },
    });
    const before = { anyOf: [branch("a", { type: "string" }), branch("b", { type: "integer" })] };
    const after = { oneOf: [branch("b", { type: "integer", minimum: 3 }), branch("a", { type: "string" })] };
    expect(kinds(before, after)).toEqual([["bound", true]]);
    expect(kinds(before, { anyOf: [before.anyOf[0] as JsonObject] })).toEqual([["type", true]]);
  });

  it("ends at schemas that refer to themselves", () => {
    const tree = (value: JsonObject): JsonObject => ({
      Tree: {
        type: "object",
        properties: { value, children: { type: "array", items: { $ref: "#/components/schemas/Tree" } } },
      },
      Loop: { $ref: "#/components/schemas/Loop" },
    });
    const [root, loop] = [{ $ref: "#/components/schemas/Tree" }, { $ref: "#/components/schemas/Loop" }];
    const changes = specChanges(api(root, tree({ type: "string" })), api(root, tree({ type: "integer" })));
    expect(changes.map(({ location, text }) => `${location}: ${text}`)).toEqual([
      "Tree.value: type changed from string to integer",
    ]);
    expect(specChanges(api(loop, tree({})), api(loop, tree({})))).toEqual([]);
  });
});
