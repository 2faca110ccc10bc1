import type { Node } from "jsonc-parser";
import { jsonc } from "./jsonc.ts";
import { parsePointer } from "./pointer.ts";

/** The location of a value in a JSON file. */
export interface JsonLocation {
  readonly file: string;
  /** JSON pointer into the file. */
  readonly pointer: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
}

/** The lines of a text, so that a thousand locations cost one pass over it. */
export class LineTable {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let lf = text.indexOf("\n"); lf !== -1; lf = text.indexOf("\n", lf + 1)) this.#starts.push(lf + 1);
  }

  /** Counted from 1, in characters. */
  at(offset: number): { line: number; column: number } {
    const line = countUpTo(this.#starts, offset);
    return { line, column: offset - (this.#starts[line - 1] ?? 0) + 1 };
  }
}

/** Locations in the text of a JSON file. The text is parsed once, when the first location is looked up. */
export class JsonLocations {
  readonly #file: string;
  readonly #text: string;
  #parsed: { readonly root: Node | undefined; readonly lines: LineTable } | undefined;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  /** Location of a JSON pointer; that of the nearest parent if there is no such value. */
  of(pointer: string): JsonLocation {
    this.#parsed ??= { root: parseTree(this.#text), lines: new LineTable(this.#text) };
    let node = this.#parsed.root;
    for (const segment of parsePointer(pointer)) {
      const child = node && childOf(node, segment);
      if (child === undefined) break;
      node = child;
    }
    return { file: this.#file, ...this.#parsed.lines.at(node?.offset ?? 0), pointer };
  }
}

/** Number of elements of an ascending list that are not above a limit. */
export function countUpTo(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function parseTree(text: string): Node | undefined {
  return jsonc().parseTree(text);
}

function childOf(node: Node, segment: string): Node | undefined {
  if (node.type === "array") return node.children?.[Number(segment)];
  return node.children?.find((property) => property.children?.[0]?.value === segment)?.children?.[1];
}
