import type { Answer } from "../../../exchange/index.ts";
import { isObject } from "../../../util/index.ts";
import type { Json } from "../base/index.ts";
import { ollamaError } from "./refusal.ts";

/** A body as Ollama reads it, or its refusal. Ollama ignores the content type (observed: basic-no-content-type). */
export function ollamaBody(
  bytes: Uint8Array,
  type: string,
): { readonly body: Json } | { readonly refusal: Answer } {
  if (bytes.length === 0) return { refusal: ollamaError(400, "missing request body") };
  const text = Buffer.from(bytes).toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { refusal: ollamaError(400, goSyntaxError(text)) };
  }
  if (value === null) return { body: {} };
  if (!isObject(value)) {
    const kind = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
    return { refusal: ollamaError(400, `json: cannot unmarshal ${kind} into Go value of type api.${type}`) };
  }
  return { body: value };
}

/** Text of Go's error for a body that is no JSON. */
export function goSyntaxError(text: string): string {
  const first = text.trimStart()[0] ?? "";
  return first === "{" || first === "[" || first === ""
    ? "unexpected EOF"
    : `invalid character '${first}' looking for beginning of value`;
}
