import { isDict, readPythonJson, reprFloat, reprString } from "../asgi/index.ts";
import { countGpt2 } from "../util/index.ts";

/** Length above which a word is counted in parts: byte pair encoding takes time in the square of a word's length. */
const MAX_WORD = 1024;
const LONG_WORD = new RegExp(`\\S{${MAX_WORD}}|\\s{${MAX_WORD}}`, "gu");

/**
 * Counts the tokens of a text in the vocabulary of GPT-2, which OGL uses for every model (observed on 0.4.1: chat-unicode,
 * limit-tpm20-3). The vocabulary is loaded on first use.
 *
 * @returns `undefined` if the text names a special token: tiktoken refuses these, and OGL then counts nothing
 */
export function countTokens(text: string): number | undefined {
  if (text.includes("<|endoftext|>")) return undefined;
  if (text.length <= MAX_WORD) return countGpt2(text);
  let rest = 0;
  let sum = 0;
  for (const { index, 0: part } of text.matchAll(LONG_WORD)) {
    sum += countGpt2(text.slice(rest, index)) + countGpt2(part);
    rest = index + part.length;
  }
  return sum + countGpt2(text.slice(rest));
}

/** Counts the tokens of a delta as OGL does: by itself, without the blanks around its texts. */
export function countDelta(content: string, reasoning: string): number {
  return countText(`${content.trim()}\n${reasoning.trim()}`.trim());
}

/**
 * Counts the completion tokens of an answer that is no stream. OGL counts the first choice as often as there are choices
 * (observed on 0.4.1: chat-n2, chat-up-reasoning).
 *
 * @param texts content and reasoning of the first choice
 */
export function countCompletion(texts: readonly string[], choices: number): number {
  const one = texts
    .filter((text) => text !== "")
    .map((text) => `${text.trim()}\n`)
    .join("");
  return countText(one.repeat(choices).trim());
}

function countText(text: string): number {
  return text === "" ? 0 : (countTokens(text) ?? 0);
}

const RERANK = "rerank_v1_rerank_post";
const OCR = "ocr_v1_ocr_post";
const SEARCH = "search_v1_search_post";

/**
 * Counts the prompt tokens of a request as OGL does before it validates the body (read in OGL's source; observed on 0.4.1: a
 * message of parts counts 0, a string to embed counts its characters).
 *
 * @param sent the bytes of the body, from which numbers are read that JavaScript prints otherwise than Python
 * @returns 0 for a body of another form than OGL expects
 */
export function promptTokens(operation: string, body: unknown, sent?: Uint8Array): number {
  if (typeof body !== "object" || body === null) return 0;
  const { messages, input, prompt } = body as Record<string, unknown>;
  switch (operation) {
    case "chat.create":
    case "chat.stream":
      return countChat(messages);
    case "embeddings.create":
    case RERANK:
      return countAll(
        typeof input === "string" ? [...input] : Array.isArray(input) ? pythonItems(input, sent) : [],
      );
    case OCR:
    case SEARCH:
      return countAll(
        prompt === undefined ? [] : [typeof prompt === "string" ? prompt : pythonRepr(prompt, String)],
      );
    default:
      return 0;
  }
}

function countChat(messages: unknown): number {
  if (!Array.isArray(messages)) return 0;
  const texts: string[] = [];
  for (const message of messages as unknown[]) {
    if (typeof message !== "object" || message === null || Array.isArray(message)) return 0;
    const { content } = message as { content?: unknown };
    if (typeof content === "string") texts.push(content);
    else if (isTruthy(content)) return 0; // only text can be encoded: the whole count fails
  }
  return countAll(texts);
}

/** Tests a content for truth as Python does: OGL skips an empty list, an empty object, 0 and `false` like no content. */
function isTruthy(content: unknown): boolean {
  if (Array.isArray(content)) return content.length > 0;
  if (typeof content === "object" && content !== null) return Object.keys(content).length > 0;
  return Boolean(content);
}

/** Numbers that Python's `str` shows otherwise than JavaScript's: floats, exponents, and integers of many digits. */
const ODD_NUMBER = /\d[.eE]|\d{16}/;

/** Prints the items of a list to embed as Python's `str` does; a list of token ids is `[1, 2]`. */
function pythonItems(input: readonly unknown[], sent: Uint8Array | undefined): string[] {
  const isOdd =
    sent !== undefined && input.some(holdsNumber) && ODD_NUMBER.test(Buffer.from(sent).toString("latin1"));
  const decoded = isOdd ? readPythonJson(sent) : undefined;
  const read =
    decoded !== undefined && "value" in decoded && isDict(decoded.value)
      ? decoded.value.get("input")
      : undefined;
  // What Python read has its integers as bigint; without a second reading all numbers are integers.
  const [items, printFloat] = Array.isArray(read) ? [read, reprFloat] : [input, String];
  return items.map((item) => (typeof item === "string" ? item : pythonRepr(item, printFloat)));
}

function holdsNumber(item: unknown): boolean {
  return typeof item === "number" || (Array.isArray(item) && item.some(holdsNumber));
}

/** Prints a value of JSON as Python's `repr` does. */
export function reprJson(value: unknown): string {
  return pythonRepr(value, (number) => (Number.isInteger(number) ? String(number) : reprFloat(number)));
}

/** Prints a value as Python's `repr` does. @param printFloat prints numbers of JavaScript's type */
function pythonRepr(value: unknown, printFloat: (value: number) => string): string {
  if (typeof value === "string") return reprString(value);
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map((item) => pythonRepr(item, printFloat)).join(", ")}]`;
  if (typeof value === "number") return printFloat(value);
  if (typeof value === "bigint") return String(value);
  const entries: Iterable<[string, unknown]> = value instanceof Map ? value : Object.entries(value as object);
  return `{${[...entries].map(([key, item]) => `${reprString(key)}: ${pythonRepr(item, printFloat)}`).join(", ")}}`;
}

function countAll(texts: readonly string[]): number {
  let tokens = 0;
  for (const text of texts) {
    const counted = countTokens(text);
    if (counted === undefined) return 0;
    tokens += counted;
  }
  return tokens;
}
