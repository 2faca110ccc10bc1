import { isObject } from "../util/index.ts";

/** A longer line is cut: many readers refuse such a line. */
const MAX_LINE = 64 * 1024;

/** Events that are remembered to be judged later. */
const MAX_RECENT = 100;

/** Time (ms) within which a client leaves at an event, be the machine busy. */
const RECENT_MS = 1000;

/** Characters at which some readers end a line, or which some JSON parsers refuse. */
// eslint-disable-next-line no-control-regex
const ODD_CHARACTERS = /[\u0000\u000b\u000c\u001c-\u001e\u0085\u2028\u2029\ufeff\ufffd]/;

/** Characters of an event that are remembered. A larger event is judged when it comes. */
const MAX_REMEMBERED = 8 * 1024;

/** An event, or what was found of it. */
type Block = { readonly at: number } & ({ readonly lines: readonly string[] } | { readonly odd: boolean });

/**
 * Watches a stream of server-sent events as it passes: whether its last event, `[DONE]`, has come in whatever spelling, and
 * whether an event came at which clients break. It keeps little of the stream.
 */
export class EventWatch {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #pending = "";
  #afterCr = false;
  #lines: string[] = [];
  readonly #recent: Block[] = [];
  #done = false;
  #lastAt = 0;

  push(bytes: Uint8Array, at: number): void {
    let text = this.#decoder.decode(bytes, { stream: true });
    if (text === "") return;
    this.#lastAt = at;
    if (this.#afterCr && text.startsWith("\n")) text = text.slice(1);
    this.#afterCr = text.endsWith("\r");
    const lines = text.split(/\r\n|[\r\n]/);
    lines[0] = this.#pending + (lines[0] ?? "");
    this.#pending = (lines.pop() ?? "").slice(0, MAX_LINE + 1);
    for (const line of lines) this.#take(line, at);
    // Some readers do not wait for the end of the line.
    this.#done ||= isDone(this.#pending);
  }

  /** True from the `[DONE]` event on. */
  get done(): boolean {
    return this.#done;
  }

  /**
   * True if the client may have left because of an event that it had: one of the last second, or the last one, is no plain
   * event of JSON without an error.
   */
  breaks(): boolean {
    const lines = [...this.#lines, ...(this.#pending === "" ? [] : [this.#pending])];
    const last = lines.length > 0 ? { at: this.#lastAt, lines } : this.#recent.at(-1);
    const events = this.#recent.filter(({ at }) => at >= this.#lastAt - RECENT_MS);
    return [...events, ...(last === undefined ? [] : [last])].some(isOddBlock);
  }

  #take(line: string, at: number): void {
    this.#done ||= isDone(line);
    if (line !== "") {
      if (this.#lines.length < MAX_RECENT) this.#lines.push(line);
      return;
    }
    if (this.#lines.length === 0) return;
    this.#recent.push(blockOf(at, this.#lines));
    this.#lines = [];
    while (this.#recent.length > MAX_RECENT || (this.#recent[0]?.at ?? at) < at - RECENT_MS)
      this.#recent.shift();
  }
}

function blockOf(at: number, lines: readonly string[]): Block {
  const size = lines.reduce((sum, { length }) => sum + length, 0);
  return size > MAX_REMEMBERED ? { at, odd: isOdd(lines) } : { at, lines };
}

function isOddBlock(block: Block): boolean {
  return "odd" in block ? block.odd : isOdd(block.lines);
}

function isDone(line: string): boolean {
  return line.length < 40 && /^\ufeff?data: ?\s*\[DONE\]\s*$/.test(line);
}

/** True for an event that is not one plain line of JSON without an error. */
function isOdd(lines: readonly string[]): boolean {
  if (lines.some((line) => line.length > MAX_LINE || ODD_CHARACTERS.test(line))) return true;
  const fields = lines.map((line) => /^([^:]*):? ?(.*)$/s.exec(line) ?? ["", "", ""]);
  if (fields.some(([, name, value]) => name === "event" && value === "error")) return true;
  const data = fields.flatMap(([, name, value = ""]) => (name === "data" ? [value] : []));
  const [only = ""] = data;
  return data.length !== 1 || fields.some(([, name]) => name === "") || !isPlain(only);
}

function isPlain(data: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return false;
  }
  if (!isObject(value)) return false;
  const { error, choices, type } = value as { error?: unknown; choices?: unknown; type?: unknown };
  const hasChoices = choices === undefined || (Array.isArray(choices) && choices.length > 0);
  return (error === undefined || error === null) && type !== "error" && hasChoices;
}
