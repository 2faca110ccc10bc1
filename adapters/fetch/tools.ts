/** Which tool call a piece belongs to, where the server's `index` does not say it. */
import { isObject } from "./errors.ts";
import type { Chunk } from "./stream.ts";

/** Calls of one choice: their ids, at the indexes that are given out. */
type Ids = (string | undefined)[];

/**
 * Some servers give all calls the index 0, others give none. A piece with an id that is new begins another call; one
 * without an id goes on with the last call that had its index.
 */
export class ToolIndexes {
  readonly #choices = new Map<unknown, { readonly ids: Ids; readonly current: Map<unknown, number> }>();

  /** The chunk, with an index of its own for each call. */
  fix(chunk: Chunk): Chunk {
    const { choices } = chunk;
    if (!Array.isArray(choices)) return chunk;
    return { ...chunk, choices: choices.map((choice: unknown) => this.#choice(choice)) };
  }

  #choice(choice: unknown): unknown {
    if (!isObject(choice) || !isObject(choice["delta"])) return choice;
    const { index, delta } = choice;
    if (!isObject(delta) || !Array.isArray(delta["tool_calls"])) return choice;
    const pieces = delta["tool_calls"].map((piece: unknown) =>
      isObject(piece) ? { ...piece, index: this.#place(index, piece) } : piece,
    );
    return { ...choice, delta: { ...delta, tool_calls: pieces } };
  }

  #place(choice: unknown, { index, id }: Readonly<Record<string, unknown>>): number {
    const { ids, current } = this.#choices.get(choice) ?? { ids: [], current: new Map<unknown, number>() };
    this.#choices.set(choice, { ids, current });
    const at = current.get(index);
    const given = typeof id === "string" && id !== "" ? id : undefined;
    if (at !== undefined && (given === undefined || ids[at] === given)) return at;
    const known = given === undefined ? -1 : ids.indexOf(given);
    const place = known >= 0 ? known : ids.push(given) - 1;
    current.set(index, place);
    return place;
  }
}
