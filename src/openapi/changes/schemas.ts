import { canonicalJson } from "../../util/index.ts";
import type { JsonObject, JsonValue } from "../document/index.ts";
import { type Alternative, schemaList, schemaObject, schemaAlternatives } from "./alternatives.ts";
import { type Direction, type Effect, type FoundChange, type Location, below, isBreaking } from "./model.ts";
import { type PairedAlternatives, pairAlternatives } from "./pairs.ts";

/** Comparison of the schemas of one operation and direction. */
export interface SchemaComparison {
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly direction: Direction;
  /** Pairs of components that were compared already: schemas refer to themselves. */
  readonly seen: Set<string>;
  readonly found: (change: FoundChange) => void;
}

/** A schema's value in each document; `undefined` allows everything. */
export type SchemaPair = readonly [before: JsonValue | undefined, after: JsonValue | undefined];

/** Compares two schemas. @param at location of the newer one */
export function compareSchemas(comparison: SchemaComparison, [was, is]: SchemaPair, at: Location): void {
  const before = schemaAlternatives(comparison.before, was, at);
  const after = schemaAlternatives(comparison.after, is, at);
  const paired = pairAlternatives(before, after);
  reportTypes(comparison, paired, [before, after], at);
  for (const [one, other] of paired.pairs) comparePair(comparison, one, other);
  compareDefaults(comparison, [schemaObject(was)["default"], schemaObject(is)["default"]], at);
}

function comparePair(comparison: SchemaComparison, before: Alternative, after: Alternative): void {
  const { name } = before;
  if (name !== undefined || after.name !== undefined) {
    const key = `${comparison.direction} ${before.at.pointer} ${after.at.pointer}`;
    if (comparison.seen.has(key)) return;
    comparison.seen.add(key);
  }
  const { at } = after;
  const schemas = [before.schema, after.schema] as const;
  compareEnums(comparison, schemas, at);
  compareBounds(comparison, schemas, at);
  compareConstraints(comparison, schemas, at);
  if (after.type === "array" && schemas.some((schema) => "items" in schema))
    compareSchemas(comparison, [before.schema["items"], after.schema["items"]], below(at, ["items"], "[]"));
  if (after.type === "object") compareMembers(comparison, schemas, at);
}

function addChange(
  { direction, found }: SchemaComparison,
  at: Location,
  change: Pick<FoundChange, "kind" | "text" | "before" | "after">,
  effect: Effect,
): void {
  found({
    ...change,
    breaking: isBreaking(direction, effect),
    part: direction,
    pointer: at.pointer,
    location: at.words,
  });
}

function reportTypes(
  comparison: SchemaComparison,
  { removed, added }: PairedAlternatives,
  [before, after]: readonly [readonly Alternative[], readonly Alternative[]],
  at: Location,
): void {
  if (removed.length === 0 && added.length === 0) return;
  const [was, is] = [namedTypes(before), namedTypes(after)];
  const text =
    was === is
      ? `one of its forms (${was}) changed`
      : `type changed from ${was || "nothing"} to ${is || "nothing"}`;
  addChange(
    comparison,
    at,
    { kind: "type", text, before: was, after: is },
    typeEffect(removed, added, after),
  );
}

function typeEffect(
  removed: readonly Alternative[],
  added: readonly Alternative[],
  after: readonly Alternative[],
): Effect {
  const covers = (wide: readonly Alternative[], narrow: readonly Alternative[]): boolean =>
    narrow.every(({ type }) =>
      wide.some((one) => one.type === "any" || (one.type === "number" && type === "integer")),
    );
  if (added.length === 0) return "narrower";
  if (removed.length === 0 || covers(after, removed)) return "wider";
  return covers(removed, added) ? "narrower" : "different";
}

function namedTypes(alternatives: readonly Alternative[]): string {
  return [...new Set(alternatives.map(({ type, name }) => (type === "object" ? (name ?? type) : type)))].join(
    " | ",
  );
}

function compareDefaults(comparison: SchemaComparison, [before, after]: SchemaPair, at: Location): void {
  if (before === undefined && after === undefined) return;
  if (before !== undefined && after !== undefined && canonicalJson(before) === canonicalJson(after)) return;
  const replaced = before !== undefined && after !== undefined && comparison.direction === "request";
  const text = `default changed from ${shortJson(before)} to ${shortJson(after)}`;
  addChange(
    comparison,
    at,
    { kind: "default", text, ...sides(before, after) },
    replaced ? "different" : "none",
  );
}

type Schemas = readonly [before: JsonObject, after: JsonObject];

function compareEnums(comparison: SchemaComparison, [before, after]: Schemas, at: Location): void {
  const [was, is] = [enumValues(before), enumValues(after)];
  if (was === undefined && is === undefined) return;
  const say = (text: string, effect: Effect): void =>
    addChange(comparison, at, { kind: "enum", text, ...sides(was && [...was], is && [...is]) }, effect);
  if (was === undefined) say(`only ${joinedJson(is ?? [])} from now on`, "narrower");
  else if (is === undefined) say(`any value from now on, not only ${joinedJson(was)}`, "wider");
  else {
    const removed = was.filter((value) => !is.some((other) => canonicalJson(other) === canonicalJson(value)));
    const added = is.filter((value) => !was.some((other) => canonicalJson(other) === canonicalJson(value)));
    if (removed.length > 0) say(`no longer ${joinedJson(removed)}`, "narrower");
    if (added.length > 0) say(`also ${joinedJson(added)}`, "wider");
  }
}

function enumValues({ enum: values, const: constant }: JsonObject): readonly JsonValue[] | undefined {
  if (constant !== undefined) return [constant];
  return Array.isArray(values) ? values : undefined;
}

/** Keywords with a number, and the sign by which a higher one allows less. */
const BOUNDS: Readonly<Record<string, 1 | -1>> = {
  minimum: 1,
  exclusiveMinimum: 1,
  minLength: 1,
  minItems: 1,
  minProperties: 1,
  maximum: -1,
  exclusiveMaximum: -1,
  maxLength: -1,
  maxItems: -1,
  maxProperties: -1,
};

function compareBounds(comparison: SchemaComparison, [before, after]: Schemas, at: Location): void {
  for (const [keyword, sign] of Object.entries(BOUNDS)) {
    const [was, is] = [before[keyword], after[keyword]];
    if (was === is) continue;
    const text = `${keyword} changed from ${shortJson(was)} to ${shortJson(is)}`;
    const narrower = was === undefined || (is !== undefined && (Number(is) - Number(was)) * sign > 0);
    addChange(comparison, at, { kind: "bound", text, ...sides(was, is) }, narrower ? "narrower" : "wider");
  }
}

/** Other keywords that allow fewer values than none; of two different ones nothing is known. */
const CONSTRAINTS = [
  "pattern",
  "format",
  "multipleOf",
  "uniqueItems",
  "contentMediaType",
  "contentEncoding",
  "prefixItems",
  "contains",
  "propertyNames",
  "patternProperties",
  "dependentRequired",
  "dependentSchemas",
  "not",
  "if",
  "then",
  "else",
];

function compareConstraints(comparison: SchemaComparison, [before, after]: Schemas, at: Location): void {
  for (const keyword of CONSTRAINTS) {
    const [was, is] = [before[keyword], after[keyword]].map((value) => (value === false ? undefined : value));
    if (was === is || (was !== undefined && is !== undefined && canonicalJson(was) === canonicalJson(is)))
      continue;
    const effect = was === undefined ? "narrower" : is === undefined ? "wider" : "different";
    const text = `${keyword} changed from ${shortJson(was)} to ${shortJson(is)}`;
    addChange(comparison, at, { kind: "constraint", text, ...sides(was, is) }, effect);
  }
}

function compareMembers(comparison: SchemaComparison, [before, after]: Schemas, at: Location): void {
  const [was, is] = [schemaObject(before["properties"]), schemaObject(after["properties"])];
  const [needed, needs] = [new Set(schemaList(before["required"])), new Set(schemaList(after["required"]))];
  for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const location = below(at, ["properties", name], `.${name}`);
    if (!(name in is)) reportRemoved(comparison, was[name], location);
    else if (!(name in was)) reportAdded(comparison, is[name], needs.has(name), location);
    else {
      compareRequired(comparison, needed.has(name), needs.has(name), location);
      compareSchemas(comparison, [was[name], is[name]], location);
    }
  }
  compareOthers(comparison, [before["additionalProperties"], after["additionalProperties"]], at);
}

function reportRemoved(comparison: SchemaComparison, was: JsonValue | undefined, at: Location): void {
  addChange(
    comparison,
    at,
    { kind: "member-removed", text: "member removed", ...sides(was, undefined) },
    "different",
  );
}

function reportAdded(
  comparison: SchemaComparison,
  is: JsonValue | undefined,
  required: boolean,
  at: Location,
): void {
  const text = `${required ? "required" : "optional"} member added`;
  const effect = required && comparison.direction === "request" ? "narrower" : "none";
  addChange(comparison, at, { kind: "member-added", text, ...sides(undefined, is) }, effect);
}

/** Compares whether a member or a body is required. */
export function compareRequired(comparison: SchemaComparison, was: boolean, is: boolean, at: Location): void {
  if (was === is) return;
  const text = is ? "required from now on" : "no longer required";
  addChange(comparison, at, { kind: "required", text, before: was, after: is }, is ? "narrower" : "wider");
}

/** Compares what else an object may hold; an absent keyword allows everything. */
function compareOthers(comparison: SchemaComparison, [before, after]: SchemaPair, at: Location): void {
  const [was, is] = [before ?? true, after ?? true];
  const location = below(at, ["additionalProperties"], ".*");
  if (was !== false && is !== false) return compareSchemas(comparison, [was, is], location);
  if (was === is) return;
  const text = is === false ? "other members are no longer allowed" : "other members are allowed";
  addChange(
    comparison,
    location,
    { kind: "constraint", text, ...sides(was, is) },
    is === false ? "narrower" : "wider",
  );
}

function sides(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
): Pick<FoundChange, "before" | "after"> {
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

/** Longest JSON text of a value in a sentence; a table has no room for more. */
const MAX_SHOWN = 80;

function shortJson(value: JsonValue | undefined): string {
  if (value === undefined) return "none";
  const text = JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function joinedJson(values: readonly JsonValue[]): string {
  return values.map(shortJson).join(", ");
}
