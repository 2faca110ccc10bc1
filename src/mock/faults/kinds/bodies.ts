/** Formats in which OpenAI-like servers and proxies send an error. */
export const ERROR_FORMATS = [
  "detail",
  "detail-list",
  "detail-object",
  "openai",
  "openai-int",
  "string",
  "flat",
  "text",
  "html",
  "empty",
] as const;
export type ErrorFormat = (typeof ERROR_FORMATS)[number];

/** Formats that are JSON. */
export const JSON_FORMATS = ERROR_FORMATS.filter(
  (format) => format !== "text" && format !== "html" && format !== "empty",
) as readonly Exclude<ErrorFormat, "text" | "html" | "empty">[];

export interface ErrorWords {
  readonly status: number;
  readonly message: string;
}

/**
 * Makes an error's JSON value: OGL's `detail` as a string, as the list of a 422, and around an upstream's object; the
 * OpenAI envelope, also with an integer `code`; the message alone; vLLM's flat object.
 */
export function errorValue(format: (typeof JSON_FORMATS)[number], { status, message }: ErrorWords): unknown {
  const type = errorType(status);
  switch (format) {
    case "detail":
      return { detail: message };
    case "detail-list":
      return { detail: [{ type: "missing", loc: ["body", "messages"], msg: message, input: {} }] };
    case "detail-object":
      return { detail: { error: { message, type, code: codeOf(status) } } };
    case "openai":
      return { error: { message, type, param: null, code: codeOf(status) } };
    case "openai-int":
      return { error: { message, type, param: null, code: status } };
    case "string":
      return { error: message };
    case "flat":
      return { object: "error", message, type, param: null, code: status };
  }
}

/** Makes an error's body and content type; `size` (bytes) is the minimum size of an HTML page. */
export function errorBody(
  format: ErrorFormat,
  words: ErrorWords,
  size: number,
): { readonly bytes: Buffer; readonly type: string | undefined } {
  switch (format) {
    case "empty":
      return { bytes: Buffer.alloc(0), type: undefined };
    case "text":
      return { bytes: Buffer.from(words.message), type: "text/plain; charset=utf-8" };
    case "html":
      return { bytes: page(words, size), type: "text/html" };
    default:
      return { bytes: Buffer.from(JSON.stringify(errorValue(format, words))), type: "application/json" };
  }
}

/** Makes a proxy's error page, padded with a comment up to `size` bytes. */
function page({ status, message }: ErrorWords, size: number): Buffer {
  const title = `${status} ${message}`;
  const lines = [
    `<html>`,
    `<head><title>${title}</title></head>`,
    `<body><center><h1>${title}</h1></center></body>`,
    `</html>`,
  ];
  const short = Buffer.from(lines.map((line) => `${line}\r\n`).join(""));
  const missing = size - short.length - "<!---->".length;
  return missing <= 0 ? short : Buffer.concat([short, Buffer.from(`<!--${"x".repeat(missing)}-->`)]);
}

function errorType(status: number): string {
  if (status === 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}

function codeOf(status: number): string {
  if (status === 429) return "rate_limit_exceeded";
  return status >= 500 ? "server_error" : "invalid_request";
}
