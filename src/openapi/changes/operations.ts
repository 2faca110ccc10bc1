import { canonicalJson } from "../../util/index.ts";
import type { JsonObject, JsonValue } from "../document/index.ts";
import { schemaList, schemaObject, referredPart } from "./alternatives.ts";
import { type Direction, type FoundChange, type Location, below } from "./model.ts";
import { type SchemaComparison, compareRequired, compareSchemas } from "./schemas.ts";

/** An operation of a document, with its location. */
export interface DocumentOperation {
  readonly document: JsonObject;
  /** `POST /v1/chat/completions`. */
  readonly name: string;
  readonly path: string;
  readonly definition: JsonObject;
  /** Parameters of the path and of the operation; the operation's win. */
  readonly parameters: readonly LocatedParameter[];
  readonly at: Location;
}

interface LocatedParameter {
  readonly name: string;
  readonly in: string;
  readonly parameter: JsonObject;
  readonly at: Location;
}

type Found = (change: FoundChange) => void;
type OperationPair = readonly [before: DocumentOperation, after: DocumentOperation];

/** Makes an operation of a document's path item. */
export function documentOperation(document: JsonObject, path: string, verb: string): DocumentOperation {
  const item = schemaObject(schemaObject(document["paths"])[path]);
  const definition = schemaObject(item[verb]);
  const name = `${verb.toUpperCase()} ${path}`;
  const at = below({ pointer: "", words: "" }, ["paths", path, verb], "");
  const parameters = new Map<string, LocatedParameter>();
  for (const [owner, steps] of [
    [item, ["paths", path]],
    [definition, ["paths", path, verb]],
  ] as const)
    for (const [i, value] of schemaList(owner["parameters"]).entries()) {
      const parameter = referredPart(document, value);
      const [own, where] = [String(parameter["name"]), String(parameter["in"])];
      const location = below(
        { pointer: "", words: "" },
        [...steps, "parameters", String(i)],
        `${where} ${own}`,
      );
      parameters.set(`${where} ${own}`, { name: own, in: where, parameter, at: location });
    }
  return { document, name, path, definition, parameters: [...parameters.values()], at };
}

/** Compares an operation with its newer form. */
export function compareOperations([before, after]: OperationPair, found: Found): void {
  const comparison = (direction: Direction): SchemaComparison => ({
    before: before.document,
    after: after.document,
    direction,
    seen: new Set(),
    found,
  });
  compareHeads([before, after], found);
  compareParameters([before, after], comparison("request"));
  compareBodies([before, after], comparison("request"));
  compareResponses([before, after], comparison("response"));
}

function compareHeads([before, after]: OperationPair, found: Found): void {
  const whole = { part: "operation", pointer: after.at.pointer, location: "operation" } as const;
  const [was, is] = [before.definition, after.definition];
  if (before.path !== after.path)
    found({
      ...whole,
      kind: "operation-renamed",
      breaking: false,
      text: `path parameters renamed: ${before.path} to ${after.path}`,
    });
  else if (was["operationId"] !== is["operationId"])
    found({
      ...whole,
      kind: "operation-renamed",
      breaking: false,
      text: `operationId changed from ${String(was["operationId"])} to ${String(is["operationId"])}`,
    });
  if (is["deprecated"] === true && was["deprecated"] !== true)
    found({ ...whole, kind: "deprecated", breaking: false, text: "deprecated from now on" });
  const [had, has] = [securitySchemes(before), securitySchemes(after)];
  if (canonicalJson(had) !== canonicalJson(has)) {
    const text =
      had.length === 0
        ? "needs a key from now on"
        : has.length === 0
          ? "needs no key from now on"
          : "other credentials from now on";
    found({ ...whole, kind: "security", breaking: has.length > 0, text, before: had, after: has });
  }
}

/** The security schemes of an operation, by what they are rather than by their names. */
function securitySchemes({ document, definition }: DocumentOperation): JsonValue[] {
  const schemes = schemaObject(schemaObject(document["components"])["securitySchemes"]);
  return schemaList(definition["security"] ?? document["security"]).map((requirement) =>
    Object.entries(schemaObject(requirement)).map(([name, scopes]) => [
      referredPart(document, schemes[name]),
      scopes,
    ]),
  );
}

function compareParameters([before, after]: OperationPair, comparison: SchemaComparison): void {
  const say = (
    { name, in: where, at }: LocatedParameter,
    change: Pick<FoundChange, "kind" | "text" | "breaking">,
  ): void =>
    comparison.found({
      ...change,
      part: "request",
      pointer: at.pointer,
      location: `${where} parameter ${name}`,
    });
  const pairs = pairedParameters(before, after);
  for (const [was, is] of pairs) {
    if (was !== undefined && is !== undefined) {
      const at = { pointer: is.at.pointer, words: `${is.in} parameter ${is.name}` };
      compareRequired(comparison, was.parameter["required"] === true, is.parameter["required"] === true, at);
      compareSchemas(
        comparison,
        [was.parameter["schema"], is.parameter["schema"]],
        below(at, ["schema"], ""),
      );
    } else if (is !== undefined) {
      const required = is.parameter["required"] === true;
      const text = `${required ? "required" : "optional"} parameter added`;
      say(is, { kind: "parameter-added", text, breaking: required });
    } else if (was !== undefined)
      say(was, { kind: "parameter-removed", text: "parameter removed", breaking: true });
  }
}

type ParameterPair = readonly [LocatedParameter | undefined, LocatedParameter | undefined];

/** Parameters by name; those of the path by their position, since their names are no part of a request. */
function pairedParameters(before: DocumentOperation, after: DocumentOperation): ParameterPair[] {
  const keyed = ({ parameters, path }: DocumentOperation): Map<string, LocatedParameter> =>
    new Map(
      parameters.map((one) => [
        one.in === "path"
          ? `path ${path.indexOf(`{${one.name}}`) === -1 ? one.name : pathIndex(path, one.name)}`
          : `${one.in} ${one.name.toLowerCase()}`,
        one,
      ]),
    );
  const [was, is] = [keyed(before), keyed(after)];
  return [...new Set([...was.keys(), ...is.keys()])].map((key) => [was.get(key), is.get(key)]);
}

function pathIndex(path: string, name: string): number {
  return [...path.matchAll(/\{([^}]+)\}/g)].findIndex(([, found]) => found === name);
}

function compareBodies([before, after]: OperationPair, comparison: SchemaComparison): void {
  const was = referredPart(before.document, before.definition["requestBody"]);
  const is = referredPart(after.document, after.definition["requestBody"]);
  const [had, has] = [Object.keys(was).length > 0, Object.keys(is).length > 0];
  if (!had && !has) return;
  const at = below({ ...after.at, words: "request body" }, ["requestBody"], "");
  const say = (change: Pick<FoundChange, "kind" | "text" | "breaking">): void =>
    comparison.found({ ...change, part: "request", pointer: at.pointer, location: at.words });
  if (!had)
    say({
      kind: "body-added",
      text: `${is["required"] === true ? "required" : "optional"} body added`,
      breaking: is["required"] === true,
    });
  else if (!has) say({ kind: "body-removed", text: "body removed", breaking: true });
  else {
    compareRequired(comparison, was["required"] === true, is["required"] === true, at);
    compareContents(comparison, [was["content"], is["content"]], at);
  }
}

function compareResponses([before, after]: OperationPair, comparison: SchemaComparison): void {
  const [was, is] = [
    schemaObject(before.definition["responses"]),
    schemaObject(after.definition["responses"]),
  ];
  for (const status of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const at = below({ ...after.at, words: `response ${status}` }, ["responses", status], "");
    const whole = { part: "response", pointer: at.pointer, location: at.words } as const;
    if (!(status in is))
      // Nobody relies on an error; a success under another status is another answer.
      comparison.found({
        ...whole,
        kind: "status-removed",
        text: "status removed",
        breaking: status.startsWith("2"),
      });
    else if (!(status in was))
      comparison.found({ ...whole, kind: "status-added", text: "status added", breaking: false });
    else {
      const [one, other] = [
        referredPart(before.document, was[status]),
        referredPart(after.document, is[status]),
      ];
      compareContents(comparison, [one["content"], other["content"]], at);
    }
  }
}

function compareContents(
  comparison: SchemaComparison,
  [before, after]: readonly [JsonValue | undefined, JsonValue | undefined],
  at: Location,
): void {
  const [was, is] = [schemaObject(before), schemaObject(after)];
  for (const type of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const location = below(at, ["content", type], "");
    const whole = { part: comparison.direction, pointer: location.pointer, location: at.words } as const;
    if (!(type in is))
      comparison.found({ ...whole, kind: "media-type-removed", text: `${type} removed`, breaking: true });
    else if (!(type in was))
      comparison.found({ ...whole, kind: "media-type-added", text: `${type} added`, breaking: false });
    else
      for (const keyword of ["schema", "itemSchema"]) {
        const pair = [schemaObject(was[type])[keyword], schemaObject(is[type])[keyword]] as const;
        if (pair.some((schema) => schema !== undefined))
          compareSchemas(comparison, pair, below(location, [keyword], ""));
      }
  }
}
