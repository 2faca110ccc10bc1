import { createParser } from "eventsource-parser";

/**
 * A lossless tokenizer of server-sent events over bytes (WHATWG HTML, section 9.2.6 "Interpreting an event stream").
 * Every byte of the input belongs to exactly one token, so `encodeSse(decodeSse(bytes))` gives the same bytes.
 */
export type SseTokenKind = "bom" | "comment" | "field" | "blank" | "tail";

export interface SseToken {
  /** `tail` is what follows the last line end: an SSE reader drops it. */
  readonly kind: SseTokenKind;
  /** Offset of the first byte in the stream. */
  readonly start: number;
  readonly bytes: Uint8Array;
  /** For `field`: the bytes before the colon and, without the one optional space, those after it; decoded as UTF-8. */
  readonly name?: string;
  readonly value?: string;
}

/** An event as a reader of the stream dispatches it, with the bytes it was made from. */
export interface SseEvent {
  /** Offset of the first byte of the event's block; comments before its first field belong to it. */
  readonly start: number;
  readonly end: number;
  readonly event: string | undefined;
  readonly id: string | undefined;
  readonly data: string;
}

const LF = 10;
const CR = 13;
const COLON = 58;
const SPACE = 32;
const BOM = [0xef, 0xbb, 0xbf] as const;
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads a stream read by read; the tokens do not depend on the boundaries of the reads. */
export class SseTokenizer {
  /** The beginning of a line, as its reads: a long line must not be copied with each of them. */
  #pending: Uint8Array[] = [];
  #offset = 0;
  #first = true;

  /** Takes the next bytes of the stream and gives the tokens that they complete. */
  push(bytes: Uint8Array): SseToken[] {
    if (bytes.length === 0) return [];
    // Nothing is certain yet while a BOM may be coming, or after a CR that may be half of a CRLF.
    const undecided = this.#first || this.#pending.at(-1)?.at(-1) === CR;
    this.#pending.push(bytes);
    if (!undecided && bytes.indexOf(LF) === -1 && bytes.indexOf(CR) === -1) return [];
    return this.#take(false);
  }

  /** Ends the stream and gives what is left. */
  end(): SseToken[] {
    return this.#take(true);
  }

  #take(last: boolean): SseToken[] {
    const tokens: SseToken[] = [];
    const [only] = this.#pending;
    const bytes = this.#pending.length === 1 && only !== undefined ? only : Buffer.concat(this.#pending);
    let from = 0;
    if (this.#first) {
      const bom = startsWithBom(bytes);
      if (bom === "maybe" && !last) {
        this.#pending = [bytes];
        return tokens;
      }
      this.#first = false;
      if (bom === true) {
        tokens.push({ kind: "bom", start: this.#offset, bytes: bytes.subarray(0, 3) });
        from = 3;
      }
    }
    for (let i = from; i < bytes.length; i++) {
      const byte = bytes[i];
      if (byte !== LF && byte !== CR) continue;
      let end = i + 1;
      if (byte === CR) {
        if (end < bytes.length) {
          if (bytes[end] === LF) end++;
        } else if (!last) break; // an LF may follow in the next read and belongs to this line end
      }
      tokens.push(lineToken(bytes.subarray(from, end), i - from, this.#offset + from));
      from = end;
      i = end - 1;
    }
    if (last && from < bytes.length) {
      tokens.push({ kind: "tail", start: this.#offset + from, bytes: bytes.subarray(from) });
      from = bytes.length;
    }
    this.#offset += from;
    this.#pending = from < bytes.length ? [bytes.subarray(from)] : [];
    return tokens;
  }
}

/** All tokens of a whole stream. */
export function decodeSse(bytes: Uint8Array): SseToken[] {
  const tokenizer = new SseTokenizer();
  return [...tokenizer.push(bytes), ...tokenizer.end()];
}

/** The bytes that the tokens were made from. */
export function encodeSse(tokens: readonly SseToken[]): Uint8Array {
  return Buffer.concat(tokens.map((token) => token.bytes));
}

/**
 * Events that a conforming reader dispatches, as eventsource-parser sees them: a block without a `data` field and an
 * unfinished block give no event. The parser gets whole lines of decoded text, so each byte is looked at once.
 */
export function sseEvents(tokens: readonly SseToken[]): SseEvent[] {
  const events: SseEvent[] = [];
  let start: number | undefined;
  let end = 0;
  const parser = createParser({
    onEvent: ({ event, id, data }) => events.push({ start: start ?? end, end, event, id, data }),
  });
  // The parser removes a BOM from the first text it gets; the tokenizer has done so, and a second BOM is data.
  parser.feed("\n");
  for (const token of tokens) {
    if (token.kind !== "bom") start ??= token.start;
    if (token.kind === "field") parser.feed(`${token.name}: ${token.value}\n`);
    else if (token.kind === "blank") {
      end = token.start + token.bytes.length;
      parser.feed("\n");
      start = undefined;
    }
  }
  return events;
}

function lineToken(bytes: Uint8Array, length: number, start: number): SseToken {
  if (length === 0) return { kind: "blank", start, bytes };
  const colon = bytes.subarray(0, length).indexOf(COLON);
  if (colon === 0) return { kind: "comment", start, bytes };
  const nameEnd = colon === -1 ? length : colon;
  let valueStart = colon === -1 ? length : colon + 1;
  if (bytes[valueStart] === SPACE && valueStart < length) valueStart++;
  return {
    kind: "field",
    start,
    bytes,
    name: utf8.decode(bytes.subarray(0, nameEnd)),
    value: utf8.decode(bytes.subarray(valueStart, length)),
  };
}

function startsWithBom(bytes: Uint8Array): boolean | "maybe" {
  for (let i = 0; i < BOM.length; i++) {
    if (i >= bytes.length) return "maybe";
    if (bytes[i] !== BOM[i]) return false;
  }
  return true;
}
