import type { Has } from "./mutants.ts";

export interface ServerEvent {
  readonly type: string;
  readonly data: string;
}

/** A reader of server-sent events by the book, but for the one behaviour that a mutant has. */
export class SseReader {
  readonly #has: Has;
  readonly #event: (event: ServerEvent) => void;
  readonly #lineEnd: RegExp;
  readonly #decoder: InstanceType<typeof TextDecoder>;
  #text = "";
  #first = true;
  #type = "";
  #data: string[] | undefined;
  #id: string | undefined;
  /** The lines of the block that has begun, to tell of what was never ended. */
  #block: string[] = [];

  constructor(has: Has, charset: string, event: (event: ServerEvent) => void) {
    this.#has = has;
    this.#event = event;
    this.#lineEnd = has("unicode-lines")
      ? /\r\n|[\n\r\u2028\u2029\u0085]/
      : has("split-on-lf")
        ? /\n/
        : has("no-bare-cr")
          ? /\r?\n/
          : /\r\n|\n|\r/;
    this.#decoder = new TextDecoder(charset, { ignoreBOM: true });
  }

  push(bytes: Uint8Array): void {
    const has = this.#has;
    this.#text += has("decode-per-packet")
      ? new TextDecoder().decode(bytes)
      : this.#decoder.decode(bytes, { stream: true });
    if (has("line-limit") && this.#text.length > 65_536) throw new SyntaxError("line too long");
    if (this.#first && this.#text !== "") {
      this.#first = false;
      if (this.#text.startsWith("\ufeff") && !has("bom-kept")) this.#text = this.#text.slice(1);
    }
    let dispatched = 0;
    for (;;) {
      const match = this.#lineEnd.exec(this.#text);
      // A CR at the edge of a packet may be half of a CRLF.
      const half = match?.[0] === "\r" && match.index === this.#text.length - 1 && !has("half-line-end");
      if (match === null || half) break;
      const line = this.#text.slice(0, match.index);
      this.#text = this.#text.slice(match.index + match[0].length);
      if (this.#line(line) && ++dispatched === 1 && has("one-event-a-packet")) this.#text = "";
    }
    if (has("packet-is-whole")) this.#text = "";
  }

  /** Ends the stream and gives what was begun and not ended, `""` if nothing was. */
  end(): string {
    if (this.#text.startsWith("\n")) this.#text = this.#text.slice(1);
    if (this.#text === "\r") {
      this.#text = "";
      this.#line("");
    }
    return [...this.#block, this.#text]
      .filter((line) => !line.startsWith(":") && line.trim() !== "")
      .join("\n");
  }

  /** True if the line dispatched an event. */
  #line(line: string): boolean {
    if (line === "") return this.#blank();
    this.#block.push(line);
    if (line.startsWith(":")) {
      if (this.#has("comments-are-errors")) throw new SyntaxError(`unexpected line ${line}`);
      return false;
    }
    const colon = line.indexOf(":");
    const name = colon === -1 ? line : line.slice(0, colon);
    let value = colon === -1 ? "" : line.slice(colon + 1);
    if (this.#has("data-needs-space") && name === "data" && !value.startsWith(" ")) return false;
    if (value.startsWith(" ")) value = value.slice(1);
    switch (name) {
      case "data":
        if (this.#has("last-data-line-wins")) this.#data = [value];
        else (this.#data ??= []).push(value);
        break;
      case "event":
        this.#type = value;
        break;
      case "id":
        this.#id = value;
        break;
      case "retry":
        break;
      default:
        if (this.#has("unknown-fields-are-errors")) throw new SyntaxError(`unknown field ${name}`);
    }
    return false;
  }

  #blank(): boolean {
    const data = this.#data;
    const type = this.#type;
    const block = this.#block;
    this.#data = undefined;
    this.#type = "";
    this.#block = [];
    // What is no field at all belongs to no event: OGL's unframed JSON looks like this.
    if (data === undefined && block.some((line) => line.startsWith("{"))) {
      this.#block = block;
      return false;
    }
    const empty = data === undefined;
    const spurious =
      (this.#has("blank-dispatches-with-id") && this.#id !== undefined) ||
      (this.#has("blank-dispatches") && type !== "");
    if (empty && !spurious) return false;
    this.#event({ type: empty ? "" : type, data: data?.join("\n") ?? "" });
    return true;
  }
}
