import type { Answer } from "../../../exchange/index.ts";
import { isObject } from "../../../util/index.ts";
import type { Json } from "../base/index.ts";
import { pythonSpelling } from "./python-spelling.ts";
import { vllmError, vllmInvalid } from "./refusal.ts";

/** A body as FastAPI reads it, or its refusal. */
export function fastApiBody(bytes: Uint8Array): { readonly body: Json } | { readonly refusal: Answer } {
  const text = Buffer.from(bytes).toString("utf8");
  if (text === "") return { refusal: missingField([], null) };
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return { body: value };
    const type = "'type': 'model_attributes_type', 'loc': ('body',)";
    const message = "'msg': 'Input should be a valid dictionary or object to extract fields from'";
    return { refusal: vllmInvalid(`{${type}, ${message}, 'input': ${pythonSpelling(value)}}`) };
  } catch {
    const location = text.trimEnd() === "{" ? 1 : 0;
    const error = location === 1 ? "Expecting property name enclosed in double quotes" : "Expecting value";
    const what = `{'type': 'json_invalid', 'loc': ('body', ${location}), 'msg': 'JSON decode error', 'input': {}`;
    return { refusal: vllmInvalid(`${what}, 'ctx': {'error': '${error}'}}`) };
  }
}

/** Refuses a body without a required member. */
function missingField(path: readonly string[], input: unknown): Answer {
  const location =
    path.length === 0 ? "('body',)" : `('body', ${path.map((step) => `'${step}'`).join(", ")})`;
  return vllmInvalid(
    `{'type': 'missing', 'loc': ${location}, 'msg': 'Field required', 'input': ${pythonSpelling(input)}}`,
  );
}

/** Refuses what a validator of the whole body refuses. */
function wrongValue(text: string, body: Json): Answer {
  const what = `{'type': 'value_error', 'loc': ('body',), 'msg': 'Value error, ${text}'`;
  return vllmInvalid(`${what}, 'input': ${pythonSpelling(body)}, 'ctx': {'error': ValueError('${text}')}}`);
}

/** Types that pydantic demands of members, with its words for them. */
const TYPES: readonly (readonly [
  name: string,
  fits: (value: unknown) => boolean,
  type: string,
  msg: string,
])[] = [
  ["max_tokens", Number.isInteger, "int_parsing", "Input should be a valid integer"],
  ["n", Number.isInteger, "int_parsing", "Input should be a valid integer"],
  ["temperature", isNumber, "float_parsing", "Input should be a valid number"],
  ["top_p", isNumber, "float_parsing", "Input should be a valid number"],
];

function isNumber(value: unknown): boolean {
  return typeof value === "number";
}

/** Refuses a request for text as vLLM does; `undefined` for one that it takes. */
export function textRefusal(kind: "chat" | "completion", body: Json): Answer | undefined {
  const required = kind === "chat" ? "messages" : "prompt";
  if (body["stream_options"] !== undefined && body["stream_options"] !== null && body["stream"] !== true) {
    return wrongValue("Stream options can only be defined when `stream=True`.", body);
  }
  if (kind === "chat" && (body["top_logprobs"] ?? 0) !== 0 && body["logprobs"] !== true) {
    return wrongValue("when using `top_logprobs`, `logprobs` must be set to true.", body);
  }
  if (body[required] === undefined) return missingField([required], body);
  if (kind === "chat" && !Array.isArray(body[required])) {
    const what = "'type': 'list_type', 'loc': ('body', 'messages'), 'msg': 'Input should be a valid list'";
    return vllmInvalid(`{${what}, 'input': ${pythonSpelling(body[required])}}`);
  }
  const given = TYPES.find(([name, fits]) => (body[name] ?? undefined) !== undefined && !fits(body[name]));
  if (given !== undefined) {
    const [name, , type, msg] = given;
    const detail = typeof body[name] === "string" ? ", unable to parse string as " : "";
    const unit = type === "int_parsing" ? "an integer" : "a number";
    const text = detail === "" ? msg : `${msg}${detail}${unit}`;
    return vllmInvalid(
      `{'type': '${type}', 'loc': ('body', '${name}'), 'msg': '${text}', 'input': ${pythonSpelling(body[name])}}`,
    );
  }
  const sampling = samplingProblem(body);
  return sampling === undefined ? undefined : vllmError(400, sampling);
}

/** Text of the refusal of sampling parameters that are out of range. */
function samplingProblem(body: Json): string | undefined {
  const number = (name: string): number | undefined => {
    const value = body[name];
    return typeof value === "number" ? value : undefined;
  };
  const [temperature, topP, limit, n] = [
    number("temperature"),
    number("top_p"),
    number("max_tokens") ?? number("max_completion_tokens"),
    number("n"),
  ];
  if (n !== undefined && n < 1) return `n must be at least 1, got ${n}.`;
  if (temperature !== undefined && temperature < 0) {
    return `temperature must be non-negative, got ${pythonSpelling(temperature)}.`;
  }
  if (topP !== undefined && (topP <= 0 || topP > 1))
    return `top_p must be in (0, 1], got ${pythonSpelling(topP)}.`;
  if (limit !== undefined && limit < 1) return `max_tokens must be at least 1, got ${limit}.`;
  return n !== undefined && n > 1 && temperature === 0
    ? `n must be 1 when using greedy sampling, got ${n}.`
    : undefined;
}
