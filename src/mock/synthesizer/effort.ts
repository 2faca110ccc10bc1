import { isObject } from "../../util/index.ts";
import { type Json, positive } from "./base/index.ts";

/** Size (bytes) of a body whose schemas are small enough to be followed at once. */
const SMALL_BODY = 16 * 1024;
/** Number of texts that are embedded or ranked at once. */
const FEW_TEXTS = 64;
/** Number of choices that are made at once. */
const FEW_CHOICES = 8;

/** Estimates whether an answer takes so long that others would wait for it: some 50 ms or more. */
export function takesLong(operation: string, body: Json, bytes: number): boolean {
  switch (operation) {
    case "embeddings.create":
      return Array.isArray(body["input"]) && body["input"].length > FEW_TEXTS;
    case "rerank":
      return Array.isArray(body["documents"]) && body["documents"].length > FEW_TEXTS;
    default:
      return (positive(body["n"]) ?? 1) > FEW_CHOICES || hasLongSchema(body, bytes);
  }
}

/** True if a chat asks for the form of a large schema, or of one with patterns, whose search has no bound. */
function hasLongSchema(body: Json, bytes: number): boolean {
  const {
    response_format: format,
    guided_json: json,
    guided_regex: regex,
    guided_choice: choice,
    tools,
  } = body;
  const schemas = [isObject(format) ? format["json_schema"] : undefined, json, choice, tools].filter(
    isObjectOrList,
  );
  if (typeof regex === "string") return true;
  return (
    schemas.length > 0 &&
    (bytes > SMALL_BODY || schemas.some((schema) => /"pattern/.test(JSON.stringify(schema))))
  );
}

function isObjectOrList(value: unknown): boolean {
  return Array.isArray(value) || isObject(value);
}
