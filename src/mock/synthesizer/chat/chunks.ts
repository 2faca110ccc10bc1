import { countDelta, generationOf } from "../../../ogl/index.ts";
import { printSpaced } from "../../../util/index.ts";
import { type SynthesisRequest, CREATED } from "../base/index.ts";
import type { Delta } from "./deltas.ts";

/** Characters at which OGL cuts a line in two (observed on 0.4.1: stream-up-u2028). */
const LINE_ENDS = /[\u0085\u2028\u2029]/u;

/** Chunks of a stream as OGL relays them, with OGL's count of tokens. */
export class Chunks {
  readonly writes: Uint8Array[] = [];
  readonly times: number[] = [];
  tokens = 0;
  readonly #request: SynthesisRequest;
  readonly #id: string;
  /** True if OGL prints the upstream's chunks anew. */
  readonly #reprints: boolean;
  /** Beginning of each compact chunk, up to its choices. */
  readonly #start: string;
  /** True if the beginning is cut. */
  readonly #isCut: boolean;

  /** @param id of the answer */
  constructor(request: SynthesisRequest, id: string) {
    this.#request = request;
    this.#id = id;
    this.#reprints = generationOf(request.ogl).reprintsAnswers;
    this.#start = JSON.stringify(this.#object([], {}, id)).slice(0, -"]}".length);
    this.#isCut = LINE_ENDS.test(this.#start);
  }

  /** Adds a chunk of one choice. @param usage of the upstream so far */
  add(index: number, delta: Delta, usage: object | undefined, time: number): void {
    const more = usage === undefined ? "" : `,"usage":${JSON.stringify(usage)}`;
    const rest = `${printChoice(index, delta)}]${more}}`;
    if (this.#writeParts(rest, time)) return;
    const { content = "", reasoning_content: reasoning = "" } = delta.delta;
    if (content !== "" || reasoning !== "") this.tokens += countDelta(content, reasoning);
    if (this.#reprints)
      this.#write(
        printSpaced(this.#object([choiceDelta(index, delta)], usage === undefined ? {} : { usage })),
        time,
      );
    else this.#write(this.#start + rest, time);
  }

  /** Adds a chunk of the upstream's usage alone. */
  addUsage(usage: object, time: number): void {
    const rest = `],"usage":${JSON.stringify(usage)}}`;
    if (this.#writeParts(rest, time)) return;
    this.#write(this.#reprints ? printSpaced(this.#object([], { usage })) : this.#start + rest, time);
  }

  /**
   * Adds OGL's own chunk, a copy of the last one with OGL's usage and before it the chunks that were found, and `[DONE]`.
   *
   * @param id of that chunk, if it is another
   */
  end(usage: object, id: string = this.#id, time: number): void {
    const { search } = this.#request;
    const last = printSpaced(this.#object([], {}, id));
    const sources = search?.found === undefined ? "" : `, "search_results": ${search.found.spaced}`;
    this.#write(`${last.slice(0, -1)}${sources}, "usage": ${printSpaced(usage)}}`, time);
    this.#write("[DONE]", time);
  }

  #object(choices: readonly object[], more: object, id: string = this.#id): object {
    const { model } = this.#request;
    return {
      id,
      object: "chat.completion.chunk",
      created: CREATED,
      model: this.#reprints ? model.id : (model.provider_name ?? model.id),
      choices,
      ...more,
    };
  }

  /** Writes the parts of a chunk that OGL cuts, without counting its tokens. @returns whether it is one */
  #writeParts(rest: string, time: number): boolean {
    if (!this.#isCut && !LINE_ENDS.test(rest)) return false;
    for (const part of `data: ${this.#start}${rest}`.split(LINE_ENDS)) this.#writeLine(part, time);
    return true;
  }

  #write(data: string, time: number): void {
    this.#writeLine(`data: ${data}`, time);
  }

  #writeLine(line: string, time: number): void {
    this.writes.push(Buffer.from(`${line}\n\n`));
    this.times.push(time);
  }
}

function choiceDelta(index: number, { delta, logprobs, finish, stopReason }: Delta): object {
  return {
    index,
    delta,
    logprobs,
    finish_reason: finish,
    ...(stopReason === undefined ? {} : { stop_reason: stopReason }),
    token_ids: null,
  };
}

/** Prints a choice compactly; most have content alone. */
function printChoice(index: number, delta: Delta): string {
  return delta.isContent === true && delta.logprobs === null
    ? `{"index":${index},"delta":{"content":${JSON.stringify(delta.delta.content)}},"logprobs":null,"finish_reason":null,"token_ids":null}`
    : JSON.stringify(choiceDelta(index, delta));
}
