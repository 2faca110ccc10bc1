import { isObject } from "../../../util/index.ts";
import type { Json } from "../base/index.ts";

/** A refusal of a body: its status and its text. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

const TYPES: Readonly<Record<string, string>> = {
  max_tokens: "number",
  temperature: "number",
  top_p: "number",
  seed: "number",
  stream: "boolean",
};

/** A body as the server reads it, or its refusal: what is no JSON is an error of the server (observed: llamacpp-server-bad-json). */
export function llamacppBody(bytes: Uint8Array): { readonly body: Json } | Refusal {
  const text = Buffer.from(bytes).toString("utf8");
  try {
    const value: unknown = JSON.parse(text);
    return { body: isObject(value) ? value : {} };
  } catch {
    return { status: 500, message: `[json.exception.parse_error.101] parse error ${syntax(text)}` };
  }
}

/** Location and kind of a syntax error, for the two that a client is likely to send. */
function syntax(text: string): string {
  if (text === "") {
    return "at line 1, column 1: attempting to parse an empty input; check that your input string or stream contains the expected JSON";
  }
  if (text === "{") {
    return "at line 1, column 2: syntax error while parsing object key - unexpected end of input; expected string literal";
  }
  return `at line 1, column ${text.length + 1}: syntax error while parsing value - unexpected end of input`;
}

/** Refuses a chat as the server does; `undefined` for one that it takes. */
export function chatRefusal(body: Json): Refusal | undefined {
  const { messages, tools, tool_choice: choice, response_format: format } = body;
  const bad = (message: string): Refusal => ({ status: 400, message });
  if (messages === undefined) return bad("'messages' is required");
  if (!Array.isArray(messages)) return bad("Expected 'messages' to be an array");
  if (tools !== undefined && !Array.isArray(tools)) {
    const given = JSON.stringify(tools);
    return {
      status: 500,
      message: `Failed to parse tools: Expected 'tools' to be an array, got ${given}; tools = ${given}`,
    };
  }
  const type = isObject(format) ? format["type"] : undefined;
  if (typeof type === "string" && !["text", "json_object", "json_schema"].includes(type)) {
    return bad(`response_format type must be one of "text" or "json_object", but got: ${type}`);
  }
  if (typeof choice === "string" && !["auto", "none", "required"].includes(choice)) {
    return bad(`Invalid tool_choice: ${choice}`);
  }
  return messages.map(messageRefusal).find(isRefusal) ?? sampling(body);
}

function isRefusal(refusal: Refusal | undefined): refusal is Refusal {
  return refusal !== undefined;
}

function messageRefusal(message: unknown): Refusal | undefined {
  if (!isObject(message)) return undefined;
  const { role, content } = message;
  const parts: readonly unknown[] = Array.isArray(content) ? content : [];
  if (content === undefined && role !== "assistant") {
    return { status: 400, message: "All non-assistant messages must contain 'content'" };
  }
  if (parts.some((part) => isObject(part) && part["type"] === "image_url")) {
    const hint = "hint: if this is unexpected, you may need to provide the mmproj";
    return { status: 500, message: `image input is not supported - ${hint}` };
  }
  return role === undefined
    ? {
        status: 500,
        message: `Failed to parse messages: Missing 'role' in message: ${JSON.stringify(message)}`,
      }
    : undefined;
}

/** Refuses members of the wrong type, with the words of the server's JSON library. */
export function sampling(body: Json): Refusal | undefined {
  const [name, type] =
    Object.entries(TYPES).find(
      ([member, wanted]) => (body[member] ?? undefined) !== undefined && typeof body[member] !== wanted,
    ) ?? [];
  if (name !== undefined) {
    const given = Array.isArray(body[name]) ? "array" : typeof body[name];
    const message = `Field '${name}': [json.exception.type_error.302] type must be ${type}, but is ${given}`;
    return { status: 400, message };
  }
  if ((body["top_logprobs"] ?? 0) !== 0 && body["logprobs"] !== true) {
    return { status: 400, message: "top_logprobs requires logprobs to be set to true" };
  }
  return undefined;
}
