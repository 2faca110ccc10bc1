import { type Interaction, matchRequestOf } from "../../cassette/index.ts";
import { oglVersion, specOf } from "../../openapi/index.ts";
import { isObject } from "../../util/index.ts";

/** Length of the part of a prompt that is used in a name, in characters. */
const SNIPPET = 40;

/** The short name of an interaction's operation, or the method and path if the OpenAPI has none. */
export function operationOf(interaction: Pick<Interaction, "request">, ogl: string): string {
  const { method, path, json } = matchRequestOf(interaction.request);
  return specOf(oglVersion(ogl)).operationOf(method, path, json)?.operation.id ?? `${method} ${path}`;
}

/** The name of the cassette for an operation in a folder: `chat-create` for `chat.create`, `other` for unknown operations. */
export function cassetteNameOf(operation: string): string {
  return /^[\w.-]+$/.test(operation) ? operation.replaceAll(".", "-") : "other";
}

/**
 * Makes the name of an interaction: operation, model, the beginning of the prompt, and the status of an error. It is made
 * from the sanitized interaction, so it reveals nothing more.
 *
 * @param prompts false omits the prompt
 */
export function makeName(interaction: Interaction, ogl: string, prompts: boolean): string {
  const { json, path } = matchRequestOf(interaction.request);
  const operation = operationOf(interaction, ogl);
  const body = isObject(json) ? json : {};
  const model = typeof body["model"] === "string" ? body["model"] : "";
  const subject = operation === "models.get" ? path.replace(/^\/v1\/models\//, "") : model;
  const { status } = interaction.response;
  return [
    operation,
    subject,
    prompts ? snippetOf(body) : "",
    status === undefined ? "-> no answer" : status >= 300 ? `-> ${status}` : "",
  ]
    .filter((part) => part !== "")
    .join(" ");
}

function snippetOf(body: Readonly<Record<string, unknown>>): string {
  const { messages, input, query } = body as { messages?: unknown; input?: unknown; query?: unknown };
  if (Array.isArray(messages)) {
    const last: unknown = messages.at(-1);
    const turn = messages.length > 2 ? ` (${messages.length} messages)` : "";
    if (!isObject(last)) return turn.trim();
    const text = last["role"] === "tool" ? "tool result" : promptText(last["content"]);
    return `${last["role"] === "tool" ? text : quotedTitle(text)}${turn}`;
  }
  return quotedTitle(promptText(query) || promptText(input));
}

function promptText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  for (const part of content as unknown[]) {
    if (typeof part === "string") return part;
    if (isObject(part) && typeof part["text"] === "string") return part["text"];
  }
  return "";
}

function quotedTitle(text: string): string {
  const line = [...text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim()];
  if (line.length === 0) return "";
  return `"${line.length > SNIPPET ? `${line.slice(0, SNIPPET).join("").trimEnd()}…` : line.join("")}"`;
}
