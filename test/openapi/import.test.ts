import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/openapi/document/document.ts";
import { OpenApiError } from "../../src/openapi/import/import-error.ts";
import { PINNED_VERSIONS, pinnedDocument } from "../../src/openapi/document/versions.ts";
import { compareOpenApi, importOpenApi, nearestVersion } from "../../src/openapi/import/import.ts";

const pinned = (version: string): string => readFileSync(`spec/openapi-${version}.json`, "utf8");
const parse = (text: string): JsonObject => JSON.parse(text) as JsonObject;
const at = (value: unknown, ...keys: string[]): JsonObject =>
  keys.reduce<unknown>((parent, key) => (parent as JsonObject)[key], value) as JsonObject;

/** A small document as a server might send it: prose everywhere, components unsorted, two of them unused. */
const RAW = `{
  "openapi": "3.1.0",
  "info": { "title": "Gate", "summary": "s", "description": "d", "version": "1.2.3", "contact": {}, "termsOfService": "t" },
  "servers": [{ "url": "/api" }], "tags": [{ "name": "a", "description": "d" }], "externalDocs": { "url": "u" },
  "paths": {
    "/z/{id}": { "summary": "s", "get": { "tags": ["a"], "summary": "s", "description": "d", "operationId": "z",
      "parameters": [{ "name": "id", "in": "path", "description": "d", "example": 1, "examples": {},
        "schema": { "type": "number", "title": "Id", "minimum": 0.0, "maximum": 9e-06 } }],
      "responses": { "422": { "description": "Validation Error" }, "200": { "description": "Successful Response",
        "content": { "application/json": { "example": {}, "examples": {}, "schema": { "$ref": "#/components/schemas/Item" } } },
        "headers": { "x-a": { "description": "d", "schema": { "title": "A" } } } }, "default": { "description": "d" } } } },
    "/a": { "post": { "operationId": "a", "security": [{ "Key": [] }], "responses": { "204": { "description": "d" } },
      "requestBody": { "description": "d", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Pet" } } } } } }
  },
  "components": {
    "securitySchemes": { "Other": { "type": "http", "scheme": "basic" }, "Key": { "type": "http", "scheme": "bearer", "description": "d" } },
    "schemas": {
      "Unused": { "$ref": "#/components/schemas/OnlyByUnused" }, "OnlyByUnused": {},
      "Pet": { "oneOf": [{ "$ref": "#/components/schemas/Item" }], "discriminator": { "propertyName": "k", "mapping": { "cat": "Cat" } } },
      "Item": { "title": "Item", "description": "d", "examples": [1], "type": "object", "required": ["title", "description"],
        "properties": {
          "title": { "type": "string", "title": "Title", "description": "d" },
          "description": { "anyOf": [{ "type": "string", "title": "t" }, { "type": "null" }] },
          "examples": { "type": "array", "items": { "description": "d", "type": "string" } },
          "$ref": { "type": "string", "title": "t" },
          "kind": { "const": { "title": "kept" }, "default": { "description": "kept" }, "x-note": { "title": "kept" } } },
        "additionalProperties": { "title": "t" } },
      "Cat": { "title": "Cat", "type": "object" }
    }
  }
}`;

const TIDY = {
  openapi: "3.1.0",
  info: { title: "Gate", version: "1.2.3" },
  paths: {
    "/z/{id}": {
      get: {
        tags: ["a"],
        operationId: "z",
        parameters: [{ name: "id", in: "path", schema: { type: "number", minimum: 0, maximum: 9e-6 } }],
        responses: {
          "422": { description: "Unprocessable Entity" },
          "200": {
            description: "OK",
            content: { "application/json": { schema: { $ref: "#/components/schemas/Item" } } },
            headers: { "x-a": { schema: {} } },
          },
          default: { description: "" },
        },
      },
    },
    "/a": {
      post: {
        operationId: "a",
        security: [{ Key: [] }],
        responses: { "204": { description: "No Content" } },
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Pet" } } } },
      },
    },
  },
  components: {
    schemas: {
      Cat: { type: "object" },
      Item: {
        type: "object",
        required: ["title", "description"],
        properties: {
          title: { type: "string" },
          description: { anyOf: [{ type: "string" }, { type: "null" }] },
          examples: { type: "array", items: { type: "string" } },
          $ref: { type: "string" },
          kind: {
            const: { title: "kept" },
            default: { description: "kept" },
            "x-note": { title: "kept" },
          },
        },
        additionalProperties: {},
      },
      Pet: {
        oneOf: [{ $ref: "#/components/schemas/Item" }],
        discriminator: { propertyName: "k", mapping: { cat: "Cat" } },
      },
    },
    securitySchemes: { Key: { type: "http", scheme: "bearer" } },
  },
};

describe("importOpenApi", () => {
  it.each(PINNED_VERSIONS)("gives the pinned document of OGL %s byte for byte", (version) => {
    const imported = importOpenApi("x", pinned(version));
    expect(imported.text).toBe(pinned(version));
    expect(imported).toMatchObject({ version, nearest: version, dropped: 0, components: { unused: [] } });
    expect(imported.differences).toMatchObject({ added: [], removed: [], changed: [] });
  });

  it("leaves out prose and what is not used, and never a property, a default or an extension", () => {
    const { text, components, paths, operations, version, title } = importOpenApi("x", RAW);
    expect(parse(text)).toEqual(TIDY);
    expect({ version, title, paths, operations }).toEqual({
      version: "1.2.3",
      title: "Gate",
      paths: 2,
      operations: 2,
    });
    expect(components).toEqual({
      kept: 4,
      unused: ["securitySchemes/Other", "schemas/Unused", "schemas/OnlyByUnused"],
    });
  });

  it("sorts components, and leaves paths, members and the spelling of numbers as they came", () => {
    const { text } = importOpenApi("x", RAW);
    const locations = ['"/z/{id}"', '"/a"', '"Cat"', '"Item"', '"Pet"', '"securitySchemes"'].map((key) =>
      text.indexOf(`${key}: {`),
    );
    expect(locations).toEqual(locations.toSorted((a, b) => a - b));
    expect(locations).not.toContain(-1);
    expect(text.indexOf('"422"')).toBeLessThan(text.indexOf('"200"')); // an object of JavaScript would turn them
    expect(text).toContain('"minimum": 0.0,\n');
    expect(text).toContain('"maximum": 9e-06\n');
    expect(text.endsWith("\n }\n}\n")).toBe(true);
  });

  it("gives the same bytes when its own output is imported", () => {
    const { text } = importOpenApi("x", RAW);
    expect(importOpenApi("y", text).text).toBe(text);
    expect(importOpenApi("y", JSON.stringify(parse(pinned("0.4.1")))).dropped).toBe(0);
  });

  it("says how the operations differ from the nearest pinned version", () => {
    const document = parse(pinned("0.4.5"));
    at(document, "info")["version"] = "0.9.0";
    const paths = at(document, "paths");
    paths["/v2/new"] = { get: at(paths, "/health", "get") };
    delete paths["/metrics"];
    at(document, "components", "schemas", "RerankResult", "properties")["extra"] = {};
    at(paths, "/v1/models", "get")["deprecated"] = true;
    const { differences, nearest } = importOpenApi("x", JSON.stringify(document));
    expect(nearest).toBe("0.4.5");
    expect(differences).toEqual({
      added: ["GET /v2/new"],
      removed: ["GET /metrics"],
      changed: [
        { operation: "GET /v1/models", components: [] },
        { operation: "POST /v1/rerank", components: ["schemas/RerankResult"] },
      ],
      same: 61,
    });
  });

  const change = (edit: (document: JsonObject) => void): string => {
    const document = parse(RAW);
    edit(document);
    return JSON.stringify(document);
  };

  it.each<[string, string, string, RegExp]>([
    ["a page", "<!doctype html><title>x</title>", "not-json", /HTML[^]*fix: .*openapi\.json/],
    ["a cut document", RAW.slice(0, 500), "not-json", /is not JSON: /],
    ["a list", "[]", "not-openapi", /not an object/],
    ["other JSON", "{}", "not-openapi", /no member `openapi`/],
    ["Swagger", '{"swagger":"2.0"}', "openapi-version", /at \/swagger: .*Swagger 2/],
    ["OpenAPI 3.0", '{"openapi":"3.0.2"}', "openapi-version", /at \/openapi: is OpenAPI 3\.0\.2, not 3\.1/],
    ["a version that only looks so", '{"openapi":"3.10"}', "openapi-version", /3\.10, not 3\.1/],
    [
      "no version of the server",
      change((d) => delete at(d, "info")["version"]),
      "incomplete",
      /\/info\/version/,
    ],
    ["no paths", change((d) => delete d["paths"]), "incomplete", /at \/paths: has no operation/],
    ["empty paths", change((d) => (d["paths"] = { "/a": {} })), "incomplete", /has no operation/],
    ["a key twice", RAW.replace('"/a": {', '"/z/{id}": {'), "duplicate-key", /^x:12: .*twice/],
    ["a deep one", `${"[".repeat(300)}${"]".repeat(300)}`, "too-deep", /deeper than 200/],
    [
      "a missing schema",
      RAW.replace("schemas/Item", "schemas/Itme"),
      "dangling-reference",
      /at \/paths\/~1z~1\{id\}\/get\/responses\/200\/content\/application~1json\/schema\/\$ref: refers to #\/components\/schemas\/Itme/,
    ],
    [
      "a missing security scheme",
      RAW.replace('{ "Key": [] }', '{ "Kye": [] }'),
      "dangling-reference",
      /\/paths\/~1a\/post\/security: /,
    ],
    [
      "another file",
      RAW.replace("#/components/schemas/Item", "item.json"),
      "external-reference",
      /item\.json, outside/,
    ],
  ])("refuses %s", (_, text, code, message) => {
    let error: unknown;
    try {
      importOpenApi("x", text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(OpenApiError);
    expect((error as OpenApiError).code).toBe(code);
    expect((error as OpenApiError).message).toMatch(message);
    expect((error as OpenApiError).message).toContain("\n  fix: ");
  });
});

describe("compareOpenApi", () => {
  const compare = (live: string): unknown[] =>
    compareOpenApi({ source: "a", text: importOpenApi("a", RAW).text }, { source: "b", text: live });

  it("sees no difference in prose, unused components, spelling or the order of members", () => {
    expect(compare(RAW)).toEqual([]);
    expect(compare(RAW.replace("0.0", "0"))).toEqual([]);
    expect(compare(RAW.replaceAll('"s"', '"other"'))).toEqual([]);
  });

  it("names each pointer that differs, and what is there", () => {
    const live = RAW.replace('"1.2.3"', '"1.2.4"')
      .replace('"type": "number"', '"type": "integer", "format": "int32"')
      .replace('"security": [{ "Key": [] }], ', "")
      .replace('["title", "description"]', '["title"]');
    expect(compare(live)).toEqual([
      { pointer: "/info/version", kind: "changed", before: '"1.2.3"', after: '"1.2.4"' },
      {
        pointer: "/paths/~1z~1{id}/get/parameters/0/schema/type",
        kind: "changed",
        before: '"number"',
        after: '"integer"',
      },
      { pointer: "/paths/~1z~1{id}/get/parameters/0/schema/format", kind: "added", after: '"int32"' },
      { pointer: "/paths/~1a/post/security", kind: "removed", before: '[{"Key":[]}]' },
      { pointer: "/components/schemas/Item/required/1", kind: "removed", before: '"description"' },
      {
        pointer: "/components/securitySchemes",
        kind: "removed",
        before: '{"Key":{"type":"http","scheme":"bearer"}}',
      },
    ]);
  });

  it("sees that paths are matched in another order", () => {
    const document = parse(RAW);
    document["paths"] = Object.fromEntries(Object.entries(at(document, "paths")).toReversed());
    expect(compare(JSON.stringify(document))).toEqual([
      { pointer: "/paths", kind: "order", before: '"/z/{id}"', after: '"/a"' },
    ]);
  });
});

describe("nearestVersion", () => {
  it.each([
    ["0.4.5", "0.4.5"],
    ["0.4.1", "0.4.1"],
    ["0.4.4", "0.4.1"],
    ["0.4.10", "0.4.5"],
    ["0.10.0", "0.4.5"],
    ["1.0.0rc1", "0.4.5"],
    ["0.3.9", "0.4.1"],
    ["dev", "0.4.1"],
  ])("of %s is %s", (version, nearest) => {
    expect(nearestVersion(version)).toBe(nearest);
  });

  it.each(PINNED_VERSIONS)(
    "of a server of OGL %s that says no number is that of its operations and schemas",
    (version) => {
      const document = pinnedDocument(version);
      expect(nearestVersion("latest", document)).toBe(version);
      const { "/v1/ocr": _, ...paths } = document.paths;
      expect(nearestVersion("main", { ...document, paths })).toBe(version);
    },
  );

  it("of another server that says no number is the oldest", () => {
    const other = { paths: { "/v1/models": { get: {} }, "/v1/runs": { get: {}, post: {} } }, components: {} };
    expect(nearestVersion("latest", other)).toBe(PINNED_VERSIONS[0]);
  });
});
