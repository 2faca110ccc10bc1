import { isObject } from "../../../util/index.ts";
import type { Json } from "../base/index.ts";
import type { OpenAiProblem } from "./refusal.ts";

const HINT =
  "(HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)";

/** A body as OpenAI reads it, or its refusal. */
export function bodyOrProblem(bytes: Uint8Array): { readonly body: Json } | OpenAiProblem {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    if (isObject(value)) return { body: value };
  } catch {
    // The same refusal as for JSON that is no object.
  }
  return { status: 400, message: `We could not parse the JSON body of your request. ${HINT}` };
}

/** A member's type, and its range. */
interface Rule {
  readonly is: "integer" | "decimal" | "boolean" | "array";
  readonly min?: number;
  readonly max?: number;
}

const CHAT_RULES: Readonly<Record<string, Rule>> = {
  messages: { is: "array" },
  max_tokens: { is: "integer", min: 1 },
  max_completion_tokens: { is: "integer", min: 1 },
  n: { is: "integer", min: 1, max: 128 },
  temperature: { is: "decimal", min: 0, max: 2 },
  top_p: { is: "decimal", min: 0, max: 1 },
  frequency_penalty: { is: "decimal", min: -2, max: 2 },
  presence_penalty: { is: "decimal", min: -2, max: 2 },
  top_logprobs: { is: "integer", min: 0, max: 20 },
  stream: { is: "boolean" },
  logprobs: { is: "boolean" },
  tools: { is: "array" },
};

const COMPLETION_RULES: Readonly<Record<string, Rule>> = {
  max_tokens: { is: "integer", min: 0 },
  n: { is: "integer", min: 1, max: 128 },
  temperature: { is: "decimal", min: 0, max: 2 },
  top_p: { is: "decimal", min: 0, max: 1 },
  stream: { is: "boolean" },
};

/** Refuses a request for text as OpenAI does; `undefined` for one that it takes. */
export function textProblem(kind: "chat" | "completion", body: Json): OpenAiProblem | undefined {
  const required = kind === "chat" ? "messages" : "prompt";
  const modelless = modelProblem(body);
  if (modelless !== undefined) return modelless;
  if (body[required] === undefined) return missingMember(required);
  if (body[required] === null) {
    const is = kind === "chat" ? "an array of objects" : "a string or an array";
    const message = `Invalid type for '${required}': expected ${is}, but got null instead.`;
    return invalid(required, message, "invalid_type");
  }
  const rules = kind === "chat" ? CHAT_RULES : COMPLETION_RULES;
  const wrong = Object.entries(rules)
    .map(([name, rule]) => ruleProblem(name, rule, body[name]))
    .find((problem) => problem !== undefined);
  if (wrong !== undefined) return wrong;
  const { messages } = body;
  if (Array.isArray(messages) && messages.length === 0) {
    const got = "Expected an array with minimum length 1, but got an empty array instead.";
    return invalid("messages", `Invalid 'messages': empty array. ${got}`, "empty_array");
  }
  if (body["stream_options"] !== undefined && body["stream_options"] !== null && body["stream"] !== true) {
    return invalid(
      "stream_options",
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    );
  }
  return kind === "chat" && (body["top_logprobs"] ?? 0) !== 0 && body["logprobs"] !== true
    ? invalid("top_logprobs", "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.")
    : undefined;
}

/** Refuses a request that names no model. */
export function modelProblem({ model }: Json): OpenAiProblem | undefined {
  return typeof model === "string" && model !== ""
    ? undefined
    : { status: 400, message: "you must provide a model parameter" };
}

/** Refuses a request without a required member. */
export function missingMember(param: string): OpenAiProblem {
  return invalid(param, `Missing required parameter: '${param}'.`, "missing_required_parameter");
}

function invalid(param: string, message: string, code?: string): OpenAiProblem {
  return { status: 400, message, param, ...(code === undefined ? {} : { code }) };
}

function ruleProblem(name: string, { is, min, max }: Rule, value: unknown): OpenAiProblem | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isOfType(is, value)) {
    const message = `Invalid type for '${name}': expected ${article(is)}, but got ${given(value)} instead.`;
    return invalid(name, message, "invalid_type");
  }
  if (typeof value !== "number") return undefined;
  if (min !== undefined && value < min) {
    const message = `Invalid '${name}': ${is} below minimum value. Expected a value >= ${min}, but got ${value} instead.`;
    return invalid(name, message, `${is}_below_min_value`);
  }
  if (max !== undefined && value > max) {
    const message = `Invalid '${name}': ${is} above maximum value. Expected a value <= ${max}, but got ${value} instead.`;
    return invalid(name, message, `${is}_above_max_value`);
  }
  return undefined;
}

function isOfType(is: Rule["is"], value: unknown): boolean {
  if (is === "array") return Array.isArray(value);
  if (is === "boolean") return typeof value === "boolean";
  return is === "integer" ? Number.isInteger(value) : typeof value === "number";
}

function article(is: Rule["is"]): string {
  if (is === "array") return "an array of objects";
  return is === "integer" ? "an integer" : `a ${is}`;
}

function given(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "number") return Number.isInteger(value) ? "an integer" : "a decimal";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
