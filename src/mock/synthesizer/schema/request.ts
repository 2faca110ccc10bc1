import { Random, isObject } from "../../../util/index.ts";
import { type Json, type Message, digestOf } from "../base/index.ts";
import type { Hints } from "./hints.ts";
import { namedNumber, namedString } from "./named.ts";

/** Schema that the answer must match. */
export interface RequestedSchema {
  /** JSON Schema; `undefined`: any object. */
  readonly schema: unknown;
  /** Description for the journal. */
  readonly name: string;
  /** A string value is sent as plain text, not as JSON. */
  readonly bare: boolean;
}

/** Schema that a chat requests by `response_format`, or by the vLLM fields that OGL passes on. */
export function requestedSchema(body: Json): RequestedSchema | undefined {
  const { response_format: format } = body;
  const { type, json_schema: given } = isObject(format) ? format : {};
  if (type === "json_schema" && isObject(given)) {
    const { name, schema } = given;
    if (isObject(schema) || typeof schema === "boolean")
      return { schema, name: `JSON by the schema ${JSON.stringify(name ?? "")}`, bare: false };
  }
  if (type === "json_object") return { schema: undefined, name: "a JSON object", bare: false };
  const { guided_json: json, guided_choice: choice, guided_regex: regex } = body;
  if (isObject(json)) return { schema: json, name: "JSON by guided_json", bare: false };
  if (Array.isArray(choice) && choice.length > 0)
    return { schema: { enum: choice as unknown[] }, name: "one of guided_choice", bare: true };
  if (typeof regex === "string")
    return {
      schema: { type: "string", pattern: `^(?:${regex})$` },
      name: "text by guided_regex",
      bare: true,
    };
  return undefined;
}

const MAX_KEYS = 16;

/** Makes an object with the keys that the messages name in quotes or backticks; without such keys, a general one. */
export function jsonObject(messages: readonly Message[], hints: Hints, seed: string): Json {
  const random = new Random(digestOf(seed, "object"));
  const text = messages.map((message) => message.text).join("\n");
  const keys = [
    ...text.matchAll(/(["'`])([A-Za-z_][\w-]{0,40})\1(?=\s*[:,)}\].;]|\s+(?:and|et|or|ou)\b|\s*$)/gmu),
  ]
    .map((match) => match[2] as string)
    .slice(0, MAX_KEYS);
  if (keys.length === 0)
    return { topic: hints.topic, answer: hints.sentence, keywords: hints.keywords.slice(0, 5) };
  return Object.fromEntries(
    [...new Set(keys)].map((key) => [
      key,
      namedString(key, hints, random) ?? namedNumber(key, hints, random) ?? hints.sentence,
    ]),
  );
}
