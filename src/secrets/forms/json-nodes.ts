import type { Node } from "jsonc-parser";
import { isBareSecret } from "./fields.ts";

/**
 * The node of a number in a list. Numbers that can't be secrets share one node: an answer of embeddings has a million of them, and a
 * node takes ten times the memory of a number.
 */
export function itemNode(value: number, source: string, offset: number): Node {
  if (!isBareSecret(source)) return BYTES[value] ?? A_NUMBER;
  return { type: "number", value, offset, length: source.length };
}

/** The node of a member, which begins with its name. */
export function memberNode(name: Node, value: Node, end: number): Node {
  return { type: "property", offset: name.offset, length: end - name.offset, children: [name, value] };
}

const numberNode = (value: number): Node =>
  Object.freeze({ type: "number", offset: 0, length: 0, value } as const);
/** Nodes of the numbers that may be bytes of a text, and of all others. */
const BYTES: readonly Node[] = Array.from({ length: 256 }, (_, value) => numberNode(value));
const A_NUMBER = numberNode(-1);
