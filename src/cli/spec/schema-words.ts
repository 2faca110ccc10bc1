import type { JsonObject, JsonValue } from "../../openapi/index.ts";

/** Describes a schema in a few words: `string | null`, `array of Model`, `integer >= 0`. */
export function schemaWords(schema: JsonObject): string {
  return [typeWords(schema), ...limits(schema)].join(" ");
}

/** Lists the members of an object schema: name (with `*` if required), type, default. */
export function memberRows(schema: JsonObject): [name: string, words: string][] {
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  return Object.entries(object(schema["properties"])).map(([name, member]) => {
    const words = schemaWords(object(member));
    const notes = [
      ...("default" in object(member) ? [`default ${JSON.stringify(object(member)["default"])}`] : []),
      ...(object(member)["deprecated"] === true ? ["deprecated"] : []),
    ];
    return [
      `${name}${required.includes(name) ? "*" : ""}`,
      notes.length === 0 ? words : `${words} (${notes.join(", ")})`,
    ];
  });
}

function typeWords(schema: JsonObject): string {
  const { $ref, const: constant, enum: choices } = schema;
  if (typeof $ref === "string") return shortName($ref.slice($ref.lastIndexOf("/") + 1));
  if (constant !== undefined) return JSON.stringify(constant);
  if (Array.isArray(choices)) return choices.map((choice) => JSON.stringify(choice)).join(" | ");
  const branches = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(branches)) return unionWords(branches);
  if (Array.isArray(schema["allOf"]))
    return schema["allOf"].map((part) => schemaWords(object(part))).join(" & ");
  const type = schema["type"];
  if (Array.isArray(type)) return type.join(" | ");
  if (type === "array") return `array of ${inBrackets(schemaWords(object(schema["items"])))}`;
  if (type === "object") return objectWords(schema);
  return typeof type === "string" ? type : "anything";
}

/** Describes a union: each branch once, nested unions flattened, `null` last. */
function unionWords(branches: readonly JsonValue[]): string {
  const words = [...new Set(branches.flatMap((branch) => alternativeTexts(object(branch))))];
  return words.toSorted((a, b) => Number(a === "null") - Number(b === "null")).join(" | ");
}

function alternativeTexts(schema: JsonObject): string[] {
  const branches = schema["anyOf"] ?? schema["oneOf"];
  return Array.isArray(branches)
    ? branches.flatMap((branch) => alternativeTexts(object(branch)))
    : [schemaWords(schema)];
}

function inBrackets(words: string): string {
  return / [|&] /.test(words) ? `(${words})` : words;
}

function objectWords(schema: JsonObject): string {
  const names = memberRows(schema).map(([name]) => name);
  if (names.length > 0) return `{ ${names.join(", ")} }`;
  const { additionalProperties: values } = schema;
  return values !== null && typeof values === "object"
    ? `map of ${inBrackets(schemaWords(object(values)))}`
    : "object";
}

const BOUNDS = { minimum: ">=", exclusiveMinimum: ">", maximum: "<=", exclusiveMaximum: "<" } as const;

function limits(schema: JsonObject): string[] {
  const of = (key: string): string | undefined => (key in schema ? String(schema[key]) : undefined);
  const range = (low: string, high: string, what: string): string[] => {
    const [min, max] = [of(low), of(high)];
    if (min === undefined && max === undefined) return [];
    if (max === undefined) return min === "0" ? [] : [`(${min} or more ${what})`];
    return [`(${min === undefined || min === "0" ? "up to " : `${min} to `}${max} ${what})`];
  };
  const bounds = Object.entries(BOUNDS).flatMap(([key, sign]) =>
    key in schema ? [`${sign} ${of(key)}`] : [],
  );
  return [
    ...bounds,
    ...range("minLength", "maxLength", "characters"),
    ...range("minItems", "maxItems", "items"),
    ...range("minProperties", "maxProperties", "members"),
    ...(typeof schema["pattern"] === "string" ? [`matching ${schema["pattern"]}`] : []),
    ...(typeof schema["format"] === "string" ? [`(${schema["format"]})`] : []),
    ...(typeof schema["contentMediaType"] === "string" ? [`(${schema["contentMediaType"]})`] : []),
  ];
}

/** Shortens the name of a schema: Pydantic prefixes the module to a class name used twice, `api__schemas__usage__Usage`. */
export function shortName(name: string): string {
  const parts = name.split("__");
  return parts.length < 3 ? name : parts.slice(-2).join(".");
}

function object(value: JsonValue | undefined): JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
}
