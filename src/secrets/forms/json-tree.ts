import type { Node, NodeType } from "jsonc-parser";
import { jsonc } from "../../util/index.ts";
import { itemNode } from "./json-nodes.ts";
import { strictTree } from "./strict-json.ts";

/** The tree of a JSON text with the offsets of its values; `undefined` if the text is not JSON. */
export function treeOfJson(text: string): Node | undefined {
  return strictTree(text) ?? tolerantTree(text);
}

/** The tree as the parser of the `jsonc-parser` package makes it, which knows more blanks than JSON does. */
function tolerantTree(text: string): Node | undefined {
  const root: OpenNode = { type: "array", offset: -1, length: -1, children: [] };
  /** The containers that are open, and the member whose value is expected. */
  const open: OpenNode[] = [root];
  let sound = true;
  const add = (node: Node): void => void open.at(-1)?.children?.push(node);
  const begin = (type: NodeType, offset: number): void => {
    const node: OpenNode = { type, offset, length: -1, children: [] };
    add(node);
    open.push(node);
  };
  const endMember = (end: number): void => {
    const last = open.at(-1);
    if (last?.type === "property") close(end);
  };
  const close = (end: number): void => {
    const last = open.pop();
    if (last !== undefined) last.length = end - last.offset;
  };
  const endContainer = (offset: number, length: number): void => {
    endMember(offset + length);
    close(offset + length);
    endMember(offset + length);
  };
  jsonc().visit(
    text,
    {
      onObjectBegin: (offset) => begin("object", offset),
      onObjectProperty: (value, offset, length) => {
        begin("property", offset);
        add({ type: "string", value, offset, length });
      },
      onObjectEnd: endContainer,
      onArrayBegin: (offset) => begin("array", offset),
      onArrayEnd: endContainer,
      onLiteralValue: (value: unknown, offset, length) => {
        const inList = open.at(-1)?.type === "array";
        if (typeof value === "number" && inList)
          add(itemNode(value, text.slice(offset, offset + length), offset));
        else add({ type: typeOf(value), offset, length, value });
        endMember(offset + length);
      },
      onError: () => {
        sound = false;
      },
    },
    { disallowComments: true },
  );
  return sound ? root.children?.[0] : undefined;
}

/** A node whose end is not known yet. */
type OpenNode = { -readonly [Key in keyof Node]: Node[Key] };

function typeOf(value: unknown): NodeType {
  if (value === null) return "null";
  const type = typeof value;
  return type === "string" || type === "number" || type === "boolean" ? type : "null";
}
